package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	logsapi "k8s.io/component-base/logs/api/v1"
	"k8s.io/klog/v2"
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
	authorities *authorities
	// failed receives the error of a component that ended.
	failed chan error
}

// serve runs a control plane until a signal or the end of a component.
func serve(o *options) error {
	s := &server{options: o, layout: layout{o.dataDir}, failed: make(chan error, 8)}
	if err := s.prepare(); err != nil {
		return err
	}
	// A component that meets an API server which has ended already ends the process: with a signal, that is no failure.
	var stopping atomic.Bool
	klog.OsExit = func(status int) {
		if stopping.Load() {
			status = 0
		}
		os.Exit(status)
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
		if len(stop) == 0 {
			return err
		}
		return nil
	case <-stop:
		stopping.Store(true)
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
	s.authorities = cas
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
`, s.apiServerPort, data[0], data[1], data[2])
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
