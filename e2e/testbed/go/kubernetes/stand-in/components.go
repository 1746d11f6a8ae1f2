package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	scheduleroptions "k8s.io/kubernetes/cmd/kube-scheduler/app/options"
)

func (s *server) startAPIServer() <-chan struct{} {
	issuer := "https://kubernetes.default.svc." + s.clusterDomain
	defaults := map[string]string{
		"advertise-address":                s.advertiseAddress,
		"allow-privileged":                 "true",
		"anonymous-auth":                   "false",
		"api-audiences":                    issuer + ",k3s",
		"authorization-mode":               "Node,RBAC",
		"bind-address":                     s.apiServerAddress,
		"cert-dir":                         s.tls("temporary-certs"),
		"client-ca-file":                   s.tls("client-ca.crt"),
		"enable-admission-plugins":         "NodeRestriction",
		"enable-bootstrap-token-auth":      "true",
		"etcd-servers":                     etcdAddress.String(),
		"kubelet-certificate-authority":    s.tls("server-ca.crt"),
		"kubelet-client-certificate":       s.tls("client-kube-apiserver.crt"),
		"kubelet-client-key":               s.tls("client-kube-apiserver.key"),
		"kubelet-preferred-address-types":  "InternalIP,ExternalIP,Hostname",
		"profiling":                        "false",
		"proxy-client-cert-file":           s.tls("client-auth-proxy.crt"),
		"proxy-client-key-file":            s.tls("client-auth-proxy.key"),
		"requestheader-allowed-names":      "system:auth-proxy",
		"requestheader-client-ca-file":     s.tls("request-header-ca.crt"),
		"requestheader-group-headers":      "X-Remote-Group",
		"requestheader-username-headers":   "X-Remote-User",
		"secure-port":                      strconv.Itoa(s.apiServerPort),
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
	return s.start("apiserver", s.arguments(defaults, s.apiServerArgs), s.runAPIServer)
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
	s.start("controller-manager", s.arguments(defaults, s.controllerManagerArgs), func(arguments []string) error {
		command := controllermanager.NewControllerManagerCommand()
		command.SetArgs(arguments)
		command.SilenceErrors = true
		return command.Execute()
	})
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

// start runs a component; the channel closes when it has ended.
func (s *server) start(name string, arguments []string, run func([]string) error) <-chan struct{} {
	say("info", "Running "+name+" "+strings.Join(arguments, " "))
	ended := make(chan struct{})
	go func() {
		err := run(arguments)
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
