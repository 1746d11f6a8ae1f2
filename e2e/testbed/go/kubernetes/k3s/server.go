package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	logsapi "k8s.io/component-base/logs/api/v1"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	scheduleroptions "k8s.io/kubernetes/cmd/kube-scheduler/app/options"
)

var etcdAddress = url.URL{Scheme: "http", Host: "127.0.0.1:2379"}

const (
	startTimeout    = 5 * time.Minute
	shutdownTimeout = 1500 * time.Millisecond
)

// server is one running control plane.
type server struct {
	*options
	layout
	// failed receives the error of a component that ended.
	failed chan error
}

// serve runs a control plane until a signal or the end of a component.
func serve(o *options) error {
	s := &server{options: o, layout: layout{o.dataDir}, failed: make(chan error, 8)}
	if err := s.prepare(); err != nil {
		return err
	}
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)

	if err := s.startEtcd(); err != nil {
		return fmt.Errorf("datastore: %w", err)
	}
	// Three components configure the one logger of this process: the first wins.
	logsapi.ReapplyHandling = logsapi.ReapplyHandlingIgnoreUnchanged
	apiServerEnded := s.startAPIServer()
	go s.startRest()

	select {
	case err := <-s.failed:
		return err
	case <-stop:
		say("info", "Shutting down")
		// The API server has the signal too. The datastore needs no farewell.
		select {
		case <-apiServerEnded:
		case <-time.After(shutdownTimeout):
		}
		return nil
	}
}

// prepare does all that needs no running component: files.
func (s *server) prepare() error {
	if !s.rootless {
		if err := requireWritable("/etc/rancher/k3s"); err != nil {
			return fmt.Errorf("%w (k3s needs /etc/rancher to be writable without --rootless)", err)
		}
	}
	cas, err := s.prepareAuthorities()
	if err != nil {
		return err
	}
	if err := s.settleToken(s.options, cas.server.pem); err != nil {
		return err
	}
	if err := s.keepBootstrap(); err != nil {
		return err
	}
	if err := errors.Join(
		cas.server.issueServer(s.tls("serving-kube-apiserver"), s.options),
		cas.client.issueClient(s.tls("client-admin"), "system:admin", "system:masters"),
		cas.client.issueClient(s.tls("client-controller"), "system:kube-controller-manager"),
		cas.client.issueClient(s.tls("client-scheduler"), "system:kube-scheduler"),
		cas.client.issueClient(s.tls("client-kube-apiserver"), "system:apiserver", "system:masters"),
		cas.requestHeader.issueClient(s.tls("client-auth-proxy"), "system:auth-proxy"),
	); err != nil {
		return err
	}
	for _, name := range []string{"admin", "controller", "scheduler"} {
		if err := s.writeKubeconfig(s.cred(name+".kubeconfig"), "client-"+name, 0o600); err != nil {
			return err
		}
	}
	mode, err := s.kubeconfigMode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.options.writeKubeconfig), 0o700); err != nil {
		return err
	}
	return s.writeKubeconfig(s.options.writeKubeconfig, "client-admin", mode)
}

func requireWritable(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	probe, err := os.CreateTemp(folder, ".writable")
	if err != nil {
		return err
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (s *server) writeKubeconfig(path, client string, mode os.FileMode) error {
	var data [3]string
	for i, file := range []string{s.tls("server-ca.crt"), s.tls(client + ".crt"), s.tls(client + ".key")} {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		data[i] = base64.StdEncoding.EncodeToString(content)
	}
	kubeconfig := fmt.Sprintf(`apiVersion: v1
kind: Config
clusters:
- name: default
  cluster:
    server: https://127.0.0.1:%d
    certificate-authority-data: %s
users:
- name: default
  user:
    client-certificate-data: %s
    client-key-data: %s
contexts:
- name: default
  context:
    cluster: default
    user: default
current-context: default
`, s.httpsListenPort, data[0], data[1], data[2])
	if err := os.WriteFile(path, []byte(kubeconfig), mode); err != nil {
		return err
	}
	return os.Chmod(path, mode)
}

func (s *server) startEtcd() error {
	config := embed.NewConfig()
	config.Dir = s.layout.server("db", "etcd")
	config.LogLevel = "error"
	config.LogOutputs = []string{"stderr"}
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{etcdAddress}, []url.URL{etcdAddress}
	config.ListenPeerUrls = nil
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	select {
	case <-etcd.Server.ReadyNotify():
		return nil
	case err := <-etcd.Err():
		return err
	case <-time.After(startTimeout):
		return fmt.Errorf("not ready after %s", startTimeout)
	}
}

func (s *server) startAPIServer() <-chan struct{} {
	issuer := "https://kubernetes.default.svc." + s.clusterDomain
	defaults := map[string]string{
		"advertise-address":                s.advertiseAddress,
		"allow-privileged":                 "true",
		"anonymous-auth":                   "false",
		"api-audiences":                    issuer + ",k3s",
		"authorization-mode":               "Node,RBAC",
		"bind-address":                     s.bindAddress,
		"cert-dir":                         s.tls("temporary-certs"),
		"client-ca-file":                   s.tls("client-ca.crt"),
		"enable-admission-plugins":         "NodeRestriction",
		"etcd-servers":                     etcdAddress.String(),
		"kubelet-certificate-authority":    s.tls("server-ca.crt"),
		"kubelet-client-certificate":       s.tls("client-kube-apiserver.crt"),
		"kubelet-client-key":               s.tls("client-kube-apiserver.key"),
		"profiling":                        "false",
		"proxy-client-cert-file":           s.tls("client-auth-proxy.crt"),
		"proxy-client-key-file":            s.tls("client-auth-proxy.key"),
		"requestheader-allowed-names":      "system:auth-proxy",
		"requestheader-client-ca-file":     s.tls("request-header-ca.crt"),
		"requestheader-group-headers":      "X-Remote-Group",
		"requestheader-username-headers":   "X-Remote-User",
		"secure-port":                      strconv.Itoa(s.httpsListenPort),
		"service-account-issuer":           issuer,
		"service-account-key-file":         s.tls("service.key"),
		"service-account-signing-key-file": s.tls("service.key"),
		"service-cluster-ip-range":         s.serviceCIDR,
		"service-node-port-range":          s.nodePortRange,
		"tls-cert-file":                    s.tls("serving-kube-apiserver.crt"),
		"tls-private-key-file":             s.tls("serving-kube-apiserver.key"),

		"requestheader-extra-headers-prefix": "X-Remote-Extra-",
	}
	for _, given := range s.apiServerArgs {
		if strings.HasPrefix(given, "authentication-config=") {
			delete(defaults, "anonymous-auth") // that file says who may be anonymous
		}
	}
	if s.secretsEncryption {
		path, err := s.ensureEncryptionConfig()
		if err != nil {
			s.failed <- err
		}
		defaults["encryption-provider-config"] = path
	}
	return s.startCommand("apiserver", apiserver.NewAPIServerCommand(), s.arguments(defaults, s.apiServerArgs))
}

// startRest starts what needs an API server.
func (s *server) startRest() {
	client, err := s.awaitAPIServer()
	if err != nil {
		s.failed <- err
		return
	}
	s.startControllerManager()
	if !s.disableScheduler {
		s.startScheduler()
	}
	if s.deploys("coredns") {
		s.deployCoreDNS(client)
	}
	say("info", "k3s is up and running (the stand-in)")
}

func (s *server) awaitAPIServer() (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", s.cred("admin.kubeconfig"))
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if _, err = client.RESTClient().Get().AbsPath("/readyz").DoRaw(context.Background()); err == nil {
			return client, nil
		}
	}
	return nil, fmt.Errorf("the API server is not ready after %s: %w", startTimeout, err)
}

func (s *server) startControllerManager() {
	defaults := map[string]string{
		"allocate-node-cidrs":              "true",
		"authentication-kubeconfig":        s.cred("controller.kubeconfig"),
		"authorization-kubeconfig":         s.cred("controller.kubeconfig"),
		"bind-address":                     "127.0.0.1",
		"cluster-cidr":                     s.clusterCIDR,
		"controllers":                      "*,tokencleaner",
		"kubeconfig":                       s.cred("controller.kubeconfig"),
		"leader-elect":                     "false",
		"profiling":                        "false",
		"root-ca-file":                     s.tls("server-ca.crt"),
		"service-account-private-key-file": s.tls("service.key"),
		"service-cluster-ip-range":         s.serviceCIDR,
		"terminated-pod-gc-threshold":      "1000",
		"use-service-account-credentials":  "true",
	}
	for signer, ca := range map[string]string{
		"kube-apiserver-client": "client-ca", "kubelet-client": "client-ca",
		"kubelet-serving": "server-ca", "legacy-unknown": "server-ca",
	} {
		defaults["cluster-signing-"+signer+"-cert-file"] = s.tls(ca + ".crt")
		defaults["cluster-signing-"+signer+"-key-file"] = s.tls(ca + ".key")
	}
	s.startCommand("controller-manager", controllermanager.NewControllerManagerCommand(),
		s.arguments(defaults, s.controllerManagerArgs))
}

// startScheduler goes around the scheduler's command: that one wants to be the
// only one in its process to handle signals.
func (s *server) startScheduler() {
	kubeconfig := s.cred("scheduler.kubeconfig")
	arguments := s.arguments(map[string]string{
		"authentication-kubeconfig": kubeconfig,
		"authorization-kubeconfig":  kubeconfig,
		"bind-address":              "127.0.0.1",
		"kubeconfig":                kubeconfig,
		"leader-elect":              "false",
		"profiling":                 "false",
	}, s.schedulerArgs)
	go func() {
		s.failed <- fmt.Errorf("scheduler exited: %w", orEnded(runScheduler(arguments)))
	}()
}

func runScheduler(arguments []string) error {
	options := scheduleroptions.NewOptions()
	flags := pflag.NewFlagSet("kube-scheduler", pflag.ContinueOnError)
	for _, set := range options.Flags.FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if err := options.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	config, instance, err := scheduler.Setup(context.Background(), options)
	if err != nil {
		return err
	}
	return scheduler.Run(context.Background(), config, instance)
}

// startCommand runs a component; the channel closes when it has ended.
func (s *server) startCommand(name string, command *cobra.Command, arguments []string) <-chan struct{} {
	say("info", "Running "+name+" "+strings.Join(arguments, " "))
	ended := make(chan struct{})
	command.SetArgs(arguments)
	command.SilenceErrors = true
	go func() {
		err := command.Execute()
		close(ended)
		s.failed <- fmt.Errorf("%s exited: %w", name, orEnded(err))
	}()
	return ended
}

func orEnded(err error) error {
	if err == nil {
		return errors.New("ended by itself")
	}
	return err
}

// arguments are a component's flags: k3s's defaults, replaced by what was given.
func (s *server) arguments(defaults map[string]string, given []string) []string {
	values := map[string][]string{}
	for name, value := range defaults {
		values[name] = []string{value}
	}
	values["v"] = []string{strconv.Itoa(s.verbosity)}
	replaced := map[string]bool{}
	for _, argument := range given {
		name, value, ok := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		if !ok {
			value = "true"
		}
		if !replaced[name] {
			replaced[name] = true
			values[name] = nil
		}
		values[name] = append(values[name], value)
	}
	var arguments []string
	for name, all := range values {
		for _, value := range all {
			arguments = append(arguments, "--"+name+"="+value)
		}
	}
	slices.Sort(arguments)
	return arguments
}

func (s *server) ensureEncryptionConfig() (string, error) {
	path := s.cred("encryption-config.yaml")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(`apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aescbc: {keys: [{name: aescbckey, secret: `+base64.StdEncoding.EncodeToString(key)+`}]}
  - identity: {}
`), 0o600)
}
