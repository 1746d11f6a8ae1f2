package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// options are k3s's flags as far as the stand-in knows them.
type options struct {
	disableAgent bool
	rootless     bool

	dataDir             string
	tokenFile           string
	agentTokenFile      string
	writeKubeconfig     string
	writeKubeconfigMode string

	httpsListenPort  int
	supervisorPort   int
	apiServerPort    int
	apiServerAddress string
	bindAddress      string
	advertiseAddress string
	advertisePort    int
	nodeName         string
	nodeIP           string
	tlsSANs          list
	clusterCIDR      string
	serviceCIDR      string
	clusterDNS       string
	clusterDomain    string
	nodePortRange    string

	disable           list
	disableScheduler  bool
	flannelBackend    string
	egressMode        string
	secretsEncryption bool
	debug             bool
	verbosity         int

	apiServerArgs         repeated
	controllerManagerArgs repeated
	schedulerArgs         repeated
}

var (
	packagedComponents = []string{
		"coredns", "servicelb", "traefik", "local-storage", "metrics-server", "runtimes", "ccm",
	}
	flannelBackends = []string{"none", "vxlan", "host-gw", "wireguard-native"}
	egressModes     = []string{"agent", "cluster", "pod", "disabled"}
)

// list is a flag that may be repeated and may hold several values at once.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(value string) error {
	for _, item := range strings.Split(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			*l = append(*l, item)
		}
	}
	return nil
}

// repeated is a flag that may be repeated; a comma in it belongs to the value.
type repeated []string

func (r *repeated) String() string { return strings.Join(*r, " ") }

func (r *repeated) Set(value string) error {
	*r = append(*r, value)
	return nil
}

func parseOptions(args []string) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("k3s server", flag.ContinueOnError)
	flags.SetOutput(io.Discard)

	flags.BoolVar(&o.disableAgent, "disable-agent", false, "")
	flags.BoolVar(&o.rootless, "rootless", false, "")
	for _, name := range []string{"data-dir", "d"} {
		flags.StringVar(&o.dataDir, name, "", "")
	}
	flags.StringVar(&o.tokenFile, "token-file", "", "")
	flags.StringVar(&o.agentTokenFile, "agent-token-file", "", "")
	for _, name := range []string{"write-kubeconfig", "o"} {
		flags.StringVar(&o.writeKubeconfig, name, "", "")
	}
	flags.StringVar(&o.writeKubeconfigMode, "write-kubeconfig-mode", "0600", "")
	flags.IntVar(&o.httpsListenPort, "https-listen-port", 6443, "")
	// Hidden in k3s: RKE2 has the supervisor at a port of its own.
	flags.IntVar(&o.supervisorPort, "supervisor-port", 0, "")
	flags.IntVar(&o.apiServerPort, "apiserver-port", 0, "")
	flags.StringVar(&o.apiServerAddress, "apiserver-bind-address", "", "")
	flags.StringVar(&o.bindAddress, "bind-address", "0.0.0.0", "")
	flags.StringVar(&o.advertiseAddress, "advertise-address", "", "")
	flags.IntVar(&o.advertisePort, "advertise-port", 0, "")
	flags.StringVar(&o.nodeName, "node-name", "", "")
	flags.StringVar(&o.nodeIP, "node-ip", "", "")
	flags.Var(&o.tlsSANs, "tls-san", "")
	flags.StringVar(&o.clusterCIDR, "cluster-cidr", "10.42.0.0/16", "")
	flags.StringVar(&o.serviceCIDR, "service-cidr", "10.43.0.0/16", "")
	flags.StringVar(&o.clusterDNS, "cluster-dns", "", "")
	flags.StringVar(&o.clusterDomain, "cluster-domain", "cluster.local", "")
	flags.StringVar(&o.nodePortRange, "service-node-port-range", "30000-32767", "")
	flags.Var(&o.disable, "disable", "")
	flags.BoolVar(&o.disableScheduler, "disable-scheduler", false, "")
	flags.StringVar(&o.flannelBackend, "flannel-backend", "vxlan", "")
	flags.StringVar(&o.egressMode, "egress-selector-mode", "agent", "")
	flags.BoolVar(&o.secretsEncryption, "secrets-encryption", false, "")
	flags.BoolVar(&o.debug, "debug", false, "")
	flags.IntVar(&o.verbosity, "v", 0, "")
	flags.Var(&o.apiServerArgs, "kube-apiserver-arg", "")
	flags.Var(&o.controllerManagerArgs, "kube-controller-manager-arg", "")
	flags.Var(&o.schedulerArgs, "kube-scheduler-arg", "")
	// Known, and without effect: there is nothing here that they turn off.
	for _, name := range []string{
		"disable-cloud-controller", "disable-network-policy", "disable-helm-controller", "disable-kube-proxy",
	} {
		flags.Bool(name, false, "")
	}

	// etcd is what it has in any case.
	flags.Func("datastore-endpoint", "", func(value string) error {
		if !strings.HasPrefix(value, "sqlite://") {
			return fmt.Errorf("no database of the stand-in's: %q", value)
		}
		return nil
	})

	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return o, errors.Join(o.complete(), o.validate())
}

func (o *options) complete() error {
	if o.dataDir == "" {
		o.dataDir = "/var/lib/rancher/k3s"
		if o.rootless {
			o.dataDir = filepath.Join(os.Getenv("HOME"), ".rancher", "k3s")
		}
	}
	if o.writeKubeconfig == "" {
		o.writeKubeconfig = "/etc/rancher/k3s/k3s.yaml"
		if o.rootless {
			o.writeKubeconfig = filepath.Join(os.Getenv("HOME"), ".kube", "k3s.yaml")
		}
	}
	if o.advertiseAddress == "" {
		o.advertiseAddress = o.nodeIP
	}
	if o.advertiseAddress == "" {
		address, err := ownAddress()
		if err != nil {
			return err
		}
		o.advertiseAddress = address
	}
	o.completePorts()
	if o.debug && o.verbosity == 0 {
		o.verbosity = 2
	}
	if o.clusterDNS == "" {
		address, err := addressInRange(o.serviceCIDR, 10)
		if err != nil {
			return err
		}
		o.clusterDNS = address.String()
	}
	return nil
}

// completePorts: k3s has one port for all, behind which the API server is on the
// loopback interface; apart from the supervisor it stays there, unless told
// otherwise.
func (o *options) completePorts() {
	switch {
	case !o.supervisorApart():
		o.apiServerPort, o.apiServerAddress = o.httpsListenPort, o.bindAddress
	case o.apiServerPort == 0:
		o.apiServerPort = o.httpsListenPort + 1
	}
	if o.apiServerAddress == "" {
		o.apiServerAddress = "127.0.0.1"
	}
}

func (o *options) supervisorApart() bool {
	return o.supervisorPort != 0 && o.supervisorPort != o.httpsListenPort
}

func (o *options) validate() error {
	if o.supervisorApart() && o.supervisorPort == o.apiServerPort {
		return fmt.Errorf("listen tcp %s:%d: bind: address already in use", o.bindAddress, o.supervisorPort)
	}
	if !o.disableAgent {
		return fmt.Errorf("the stand-in for k3s is a control plane only: --disable-agent is needed")
	}
	if o.advertisePort != 0 && o.advertisePort != o.httpsListenPort {
		return fmt.Errorf("the stand-in for k3s cannot advertise a port that it does not listen on: "+
			"--advertise-port=%d, --https-listen-port=%d", o.advertisePort, o.httpsListenPort)
	}
	for _, component := range o.disable {
		if !slices.Contains(packagedComponents, component) {
			return fmt.Errorf("--disable=%s: not one of %s", component, strings.Join(packagedComponents, ", "))
		}
	}
	if !slices.Contains(flannelBackends, o.flannelBackend) {
		return fmt.Errorf("--flannel-backend=%s: not one of %s", o.flannelBackend, strings.Join(flannelBackends, ", "))
	}
	if !slices.Contains(egressModes, o.egressMode) {
		return fmt.Errorf("--egress-selector-mode=%s: not one of %s", o.egressMode, strings.Join(egressModes, ", "))
	}
	if _, err := o.kubeconfigMode(); err != nil {
		return err
	}
	return nil
}

func (o *options) kubeconfigMode() (os.FileMode, error) {
	mode, err := strconv.ParseUint(o.writeKubeconfigMode, 8, 32)
	if err != nil {
		return 0, fmt.Errorf("--write-kubeconfig-mode=%s: not an octal mode", o.writeKubeconfigMode)
	}
	return os.FileMode(mode), nil
}

func (o *options) deploys(component string) bool {
	return !slices.Contains(o.disable, component)
}

// ownAddress is the pod's: the first address that is not the loopback's.
func ownAddress() (string, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return "", err
	}
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.IsGlobalUnicast() && network.IP.To4() != nil {
			return network.IP.String(), nil
		}
	}
	return "", fmt.Errorf("no IPv4 address to advertise")
}

// addressInRange is the n-th address of a range.
func addressInRange(cidr string, n byte) (net.IP, error) {
	_, network, err := net.ParseCIDR(cidr)
	if err != nil {
		return nil, err
	}
	address := network.IP.To4()
	if address == nil {
		return nil, fmt.Errorf("%s: the stand-in for k3s knows IPv4 only", cidr)
	}
	address[3] += n
	return address, nil
}
