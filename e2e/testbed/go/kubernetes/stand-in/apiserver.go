package main

import (
	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/client-go/rest"
	"k8s.io/component-base/compatibility"
	logsapi "k8s.io/component-base/logs/api/v1"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	apiserveroptions "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
)

// runAPIServer goes around the API server's command: as in k3s, the supervisor
// needs what answers requests, and what tells who asks.
func (s *server) runAPIServer(arguments []string) error {
	ctx := genericapiserver.SetupSignalContext()
	options := apiserveroptions.NewServerRunOptions()
	sets := options.Flags()
	apiserveroptions.AddCustomGlobalFlags(sets.FlagSet("generic"))
	flags := pflag.NewFlagSet("kube-apiserver", pflag.ContinueOnError)
	for _, set := range sets.FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	globals := options.GenericServerRunOptions.ComponentGlobalsRegistry
	if err := globals.Set(); err != nil {
		return err
	}
	if err := logsapi.ValidateAndApply(options.Logs, globals.FeatureGateFor(compatibility.DefaultKubeComponent)); err != nil {
		return err
	}
	rest.SetDefaultWarningHandler(rest.NoWarnings{})

	completed, err := options.Complete(ctx)
	if err != nil {
		return err
	}
	if errs := completed.Validate(); len(errs) > 0 {
		return utilerrors.NewAggregate(errs)
	}
	config, err := apiserver.NewConfig(completed)
	if err != nil {
		return err
	}
	all, err := config.Complete()
	if err != nil {
		return err
	}
	chain, err := apiserver.CreateServerChain(all)
	if err != nil {
		return err
	}
	answers := chain.GenericAPIServer.Handler
	supervisor, err := s.newSupervisor(config.KubeAPIs.ControlPlane.Generic.Authentication.Authenticator, answers.FullHandlerChain)
	if err != nil {
		return err
	}
	if s.supervisorApart() {
		go func() { s.failed <- s.serveApart(supervisor) }()
	} else {
		answers.FullHandlerChain = supervisor
	}
	prepared, err := chain.PrepareRun()
	if err != nil {
		return err
	}
	return prepared.Run(ctx)
}
