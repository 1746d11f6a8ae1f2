// Command agent stands in for `k3s agent` where no k3s binary can be had: it gets
// certificates where k3s's agent does, and runs containerd and, as processes of
// this binary, upstream's kubelet and kube-proxy. A flag that it does not know
// ends it, so that a wrong flag cannot pass a test.
//
// What k3s's agent has and this has not: the tunnel, a load balancer before several
// servers, embedded containerd, network policies, a configuration file, environment
// variables. The API server has to reach port 10250 of the node.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var components = map[string]func() *cobra.Command{
	"kubelet":    kubelet.NewKubeletCommand,
	"kube-proxy": proxy.NewProxyCommand,
}

func main() {
	if len(os.Args) > 1 {
		if newCommand, known := components[os.Args[1]]; known {
			os.Args = os.Args[1:]
			os.Exit(cli.Run(newCommand()))
		}
	}
	if err := run(os.Args[1:]); err != nil {
		say("fatal", err.Error())
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 || args[0] != "agent" {
		return fmt.Errorf("the stand-in for k3s's agent has no other command than agent")
	}
	o, err := parseOptions(args[1:])
	if err != nil {
		return err
	}
	say("info", "Starting the stand-in for k3s's agent: upstream's kubelet behind k3s's command line. THIS IS NOT K3S.")
	node, err := join(o)
	if err != nil {
		return err
	}
	if err := node.write(); err != nil {
		return err
	}
	ended := make(chan error, 4)
	if err := node.start(ended); err != nil {
		return err
	}
	go node.connect(ended)

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case err := <-ended:
		return err
	case <-stop:
		return nil
	}
}

// start runs what makes the node; what ends of it ends all.
func (n *node) start(ended chan<- error) error {
	if err := n.runs(ended, "containerd", "--config", n.file("etc", "containerd.toml")); err != nil {
		return err
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		if _, err := os.Stat(socket); err == nil {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("containerd does not listen at %s", socket)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := n.runs(ended, self, n.kubeletArguments()...); err != nil {
		return err
	}
	return n.runs(ended, self, "kube-proxy", "--config", n.file("etc", "kube-proxy.yaml"))
}

func (n *node) runs(ended chan<- error, name string, args ...string) error {
	command := exec.Command(name, args...)
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	say("info", "Running "+command.String())
	if err := command.Start(); err != nil {
		return err
	}
	go func() { ended <- fmt.Errorf("%s ended: %v", name, command.Wait()) }()
	return nil
}

// say writes a line as k3s writes them.
func say(level, message string) {
	fmt.Fprintf(os.Stderr, "time=%q level=%s msg=%q\n", time.Now().UTC().Format(time.RFC3339), level, message)
}
