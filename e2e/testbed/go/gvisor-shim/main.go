// Command shim is gVisor's containerd shim for machines that may lack
// CAP_SYS_RESOURCE. The stock shim gives up when it may not protect itself
// from the OOM killer; this one goes on unprotected.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"syscall"

	"github.com/containerd/containerd/namespaces"
	"github.com/containerd/containerd/runtime/v2/shim"
	"github.com/containerd/containerd/sys"
	shimv1 "gvisor.dev/gvisor/pkg/shim/v1"
)

const (
	addressFile = "address"
	pidFile     = "shim.pid"
	oomScore    = -999
)

func main() {
	shim.Run("io.containerd.runsc.v1", newShim)
}

func newShim(ctx context.Context, id string, publisher shim.Publisher, shutdown func()) (shim.Shim, error) {
	stock, err := shimv1.New(ctx, id, publisher, shutdown)
	if err != nil {
		return nil, err
	}
	return &tolerantShim{Shim: stock}, nil
}

// tolerantShim is the stock shim with another way to start itself.
type tolerantShim struct {
	shim.Shim
}

// StartShim starts this binary again as the shim's server and returns the
// address of its socket.
func (s *tolerantShim) StartShim(ctx context.Context, opts shim.StartOpts) (address string, err error) {
	address, err = shim.SocketAddress(ctx, opts.Address, opts.ID)
	if err != nil {
		return "", err
	}
	server, err := serverCommand(ctx, opts)
	if err != nil {
		return "", err
	}
	socket, err := shim.NewSocket(address)
	if shim.SocketEaddrinuse(err) {
		if shim.CanConnect(address) {
			return address, shim.WriteAddress(addressFile, address)
		}
		if err = shim.RemoveSocket(address); err == nil {
			socket, err = shim.NewSocket(address)
		}
	}
	if err != nil {
		return "", fmt.Errorf("create the shim's socket: %w", err)
	}
	defer func() {
		if err != nil {
			socket.Close()
			_ = shim.RemoveSocket(address)
		}
	}()
	file, err := socket.File()
	if err != nil {
		return "", err
	}
	defer file.Close()
	server.ExtraFiles = []*os.File{file}

	if err = server.Start(); err != nil {
		return "", err
	}
	go server.Wait()
	if err = register(server.Process.Pid, address); err != nil {
		_ = server.Process.Kill()
		return "", err
	}
	return address, nil
}

func serverCommand(ctx context.Context, opts shim.StartOpts) (*exec.Cmd, error) {
	namespace, err := namespaces.NamespaceRequired(ctx)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"-namespace", namespace, "-address", opts.Address, "-publish-binary", opts.ContainerdBinary}
	if given, ok := ctx.Value(shim.OptsKey{}).(shim.Opts); ok && given.Debug {
		args = append(args, "-debug")
	}
	command := exec.Command(self, args...)
	command.Env = append(os.Environ(), "GOMAXPROCS=2")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return command, nil
}

// register leaves the files by which containerd finds the shim again.
func register(pid int, address string) error {
	if err := shim.WritePidFile(pidFile, pid); err != nil {
		return err
	}
	if err := shim.WriteAddress(addressFile, address); err != nil {
		return err
	}
	if err := sys.SetOOMScore(pid, oomScore); err != nil && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("set the shim's OOM score: %w", err)
	}
	return nil
}
