// Command stand-in stands in for k3s where no k3s binary can be had: an unmodified
// upstream Kubernetes control plane in one process, behind the part of k3s's
// command line and file layout that a control plane without an agent uses. A
// flag that it does not know ends it, so that a wrong flag cannot pass a test.
//
// What k3s has and this has not: what the supervisor serves to an agent beyond
// certificates and the little that its own one needs (such as the tunnel), packaged components other than
// CoreDNS, Addon and HelmChart resources, a configuration file, environment
// variables. Plain kubelets join it as they join k3s: with a bootstrap token.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"k8s.io/component-base/version"
)

// agent stands in for k3s's agent.
const agent = "/bin/k3s-agent"

func main() {
	if err := run(os.Args[1:]); err != nil {
		say("fatal", err.Error())
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("a command is needed: k3s server, k3s --version")
	}
	switch args[0] {
	case "--version", "-version", "-v":
		fmt.Printf("k3s version %s (a stand-in: upstream Kubernetes, not k3s)\ngo version %s\n",
			version.Get().GitVersion, runtime.Version())
		return nil
	case "server":
		options, err := parseOptions(args[1:])
		if err != nil {
			return err
		}
		if os.Getpid() == initProcess {
			return serveBelow()
		}
		say("info", "Starting the stand-in for k3s: upstream Kubernetes "+version.Get().GitVersion+
			" behind k3s's command line. THIS IS NOT K3S.")
		return serve(options)
	case "agent":
		// Another binary: a server would carry the kubelet in its memory.
		return fmt.Errorf("%s: %w", agent, syscall.Exec(agent, append([]string{agent}, args...), os.Environ()))
	default:
		return fmt.Errorf("the stand-in for k3s has no command %q", args[0])
	}
}

// say writes a line as k3s writes them.
func say(level, message string) {
	fmt.Fprintf(os.Stderr, "time=%q level=%s msg=%q\n", time.Now().UTC().Format(time.RFC3339), level, message)
}
