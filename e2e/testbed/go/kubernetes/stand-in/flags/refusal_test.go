// Package flags tests the command line of the stand-in for k3s: what is wrong in
// it must not pass, or a wrong flag of the operator would pass with it.
package flags

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const timeout = time.Minute

// fatal is how k3s ends: the last line that it writes.
var fatal = regexp.MustCompile(`^time="[^"]+" level=fatal msg="(.*)"$`)

// control is a command line without mistakes.
var control = []string{"server", "--disable-agent", "--rootless", "--advertise-address=127.0.0.1"}

func TestRefusesBeforeItStarts(t *testing.T) {
	for name, test := range map[string]struct {
		args    []string
		message string
	}{
		"unknown flag":            {with("--no-such-flag"), `flag provided but not defined: -no-such-flag`},
		"unknown flag with value": {with("--no-such-flag=1"), `flag provided but not defined: -no-such-flag`},
		"misspelt flag":           {with("--disable-helm-controler"), `flag provided but not defined: -disable-helm-controler`},
		"flag in capitals":        {with("--Disable=coredns"), `flag provided but not defined: -Disable`},
		"flag of the agent":       {with("--server=https://127.0.0.1:6443"), `flag provided but not defined: -server`},
		"missing value":           {with("--data-dir"), `flag needs an argument: -data-dir`},
		"missing value of a list": {with("--tls-san"), `flag needs an argument: -tls-san`},
		"word for a port": {with("--https-listen-port=https"),
			`invalid value \"https\" for flag -https-listen-port: parse error`},
		"word for a boolean": {with("--disable-scheduler=perhaps"),
			`invalid boolean value \"perhaps\" for -disable-scheduler: parse error`},
		"value of a boolean apart": {with("--disable-scheduler", "true"), `unexpected argument \"true\"`},
		"unknown component": {with("--disable=corends"),
			`--disable=corends: not one of coredns, servicelb, traefik, local-storage, metrics-server, runtimes, ccm`},
		"unknown backend": {with("--flannel-backend=vlan"),
			`--flannel-backend=vlan: not one of none, vxlan, host-gw, wireguard-native`},
		"unknown egress mode": {with("--egress-selector-mode=none"),
			`--egress-selector-mode=none: not one of agent, cluster, pod, disabled`},
		"mode that is not octal": {with("--write-kubeconfig-mode=rw"), `--write-kubeconfig-mode=rw: not an octal mode`},
		"range that is none":     {with("--service-cidr=10.43.0.0"), `invalid CIDR address: 10.43.0.0`},
		"another port to advertise": {with("--advertise-port=443"), `the stand-in for k3s cannot advertise a port ` +
			`that it does not listen on: --advertise-port=443, --https-listen-port=6443`},
		"two at one port": {with("--supervisor-port=9345", "--apiserver-port=9345"),
			`listen tcp 0.0.0.0:9345: bind: address already in use`},
		"a server that is an agent, too": {[]string{"server", "--rootless", "--advertise-address=127.0.0.1"},
			`the stand-in for k3s is a control plane only: --disable-agent is needed`},
		"unknown command": {[]string{"etcd-snapshot"}, `the stand-in for k3s has no command \"etcd-snapshot\"`},
		"no command":      {nil, `a command is needed: k3s server, k3s --version`},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			requireRefusal(t, standIn(t, home, test.args...), test.message)
			if written, err := os.ReadDir(home); err != nil || len(written) > 0 {
				t.Errorf("it wrote files before it refused: %v %v", written, err)
			}
		})
	}
}

func TestRefusesWhatItsComponentsRefuse(t *testing.T) {
	for name, test := range map[string]struct{ flag, message string }{
		"API server": {"--kube-apiserver-arg=no-such-flag=1", `apiserver exited: unknown flag: --no-such-flag`},
		"API server, value": {"--kube-apiserver-arg=max-requests-inflight=many",
			`apiserver exited: invalid argument \"many\" for \"--max-requests-inflight\" flag: ` +
				`strconv.ParseInt: parsing \"many\": invalid syntax`},
		"controller manager": {"--kube-controller-manager-arg=no-such-flag=1",
			`controller-manager exited: unknown flag: --no-such-flag`},
		"scheduler": {"--kube-scheduler-arg=no-such-flag=1", `scheduler exited: unknown flag: --no-such-flag`},
	} {
		t.Run(name, func(t *testing.T) {
			requireRefusal(t, standIn(t, t.TempDir(), with(test.flag)...), test.message)
		})
	}
}

// The other tests prove something only if what they all have in common is taken.
func TestTakesTheRest(t *testing.T) {
	command := standIn(t, t.TempDir(), control...)
	output, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.AfterFunc(timeout, func() { _ = command.Process.Kill() })
	defer deadline.Stop()
	var all strings.Builder
	started, lines := false, bufio.NewScanner(output)
	for lines.Scan() {
		all.WriteString(lines.Text() + "\n")
		if !started && strings.Contains(lines.Text(), "k3s is up and running") {
			started = true
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
		}
	}
	if err := command.Wait(); err != nil || !started {
		t.Errorf("started: %t, ended: %v, after:\n%s", started, err, all.String())
	}
}

// As a container's first process it is the parent of the server: what the server says, and how it ends, is the same.
func TestRefusesAsTheFirstProcess(t *testing.T) {
	command := standIn(t, t.TempDir(), with("--kube-scheduler-arg=no-such-flag=1")...)
	command.Args = slices.Insert(command.Args, 1, "--pid", "--fork", "--mount-proc")
	requireRefusal(t, command, `scheduler exited: unknown flag: --no-such-flag`)
}

func with(args ...string) []string { return append(slices.Clone(control), args...) }

// standIn is the stand-in in a network of its own: its ports may be taken here.
func standIn(t *testing.T, home string, args ...string) *exec.Cmd {
	binary := os.Getenv("K3S_STAND_IN")
	if binary == "" {
		t.Fatal("K3S_STAND_IN must name the stand-in's binary: run e2e/testbed/check")
	}
	unshare := []string{"--net"}
	if os.Geteuid() != 0 {
		unshare = append(unshare, "--map-root-user")
	}
	enter := append(unshare, "sh", "-c", `ip link set lo up && exec "$@"`, "-", binary)
	command := exec.Command("unshare", append(enter, args...)...)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home}
	return command
}

func requireRefusal(t *testing.T, command *exec.Cmd, message string) {
	t.Helper()
	var output bytes.Buffer
	command.Stderr = &output
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.AfterFunc(timeout, func() { _ = command.Process.Kill() })
	defer deadline.Stop()
	_ = command.Wait()
	if status := command.ProcessState.ExitCode(); status != 1 {
		t.Errorf("exit status %d, wanted 1", status)
	}
	lines := strings.Split(strings.TrimSpace(output.String()), "\n")
	last := fatal.FindStringSubmatch(lines[len(lines)-1])
	if last == nil || last[1] != message {
		t.Errorf("wanted as the last line: level=fatal msg=%q, got:\n%s", message, output.String())
	}
}
