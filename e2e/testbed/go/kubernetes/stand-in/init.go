package main

import (
	"errors"
	"os"
	"syscall"
)

// initProcess is the PID of a container's first process.
const initProcess = 1

// serveBelow runs the server as a child, and ends with it, as k3s does where it
// is a container's first process: it only reaps then (k3s-io/k3s,
// pkg/cli/cmds/log_linux.go). It passes no signal on: with the first process all
// others of a container end. Like k3s it ends with 255 if a signal ended the
// server.
func serveBelow() error {
	server, err := os.StartProcess("/proc/self/exe", append([]string{"k3s"}, os.Args[1:]...),
		&os.ProcAttr{Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}})
	if err != nil {
		return err
	}
	for {
		var status syscall.WaitStatus
		ended, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return err
		case ended == server.Pid:
			os.Exit(status.ExitStatus())
		}
	}
}
