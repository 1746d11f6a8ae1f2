package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.capability.access.KubeconfigSettings;
import dev.sandboxcluster.operator.capability.authentication.AuthenticationConfigMap;
import dev.sandboxcluster.operator.capability.authentication.AuthenticationSettings;
import dev.sandboxcluster.operator.capability.bootstrap.BootstrapSettings;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneSettings;
import dev.sandboxcluster.operator.capability.controlplane.PodOrigin;
import dev.sandboxcluster.operator.capability.controlplane.PodRecord;
import dev.sandboxcluster.operator.capability.doze.DozeSettings;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.exposure.ExposureSettings;
import dev.sandboxcluster.operator.capability.exposure.RouterFront;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.capability.lifetime.LifetimeSettings;
import dev.sandboxcluster.operator.capability.outputs.OutputsSettings;
import dev.sandboxcluster.operator.capability.renewal.Renewal;
import dev.sandboxcluster.operator.capability.renewal.RenewalSettings;
import dev.sandboxcluster.operator.capability.storage.StorageSettings;
import dev.sandboxcluster.operator.capability.workers.external.WorkerSettings;
import dev.sandboxcluster.operator.capability.workers.hosted.HostedSettings;
import dev.sandboxcluster.operator.capability.workers.simulated.SimulatedSettings;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.pod.Contribution;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a SandboxCluster's spec says, with every default filled in: each capability's own part; pure.
 *
 * @param bootstrap empty: nothing is to be in the sandbox
 * @param workers empty: nobody may join
 * @param simulated empty: no workers are simulated
 * @param hosted empty: no pods of the host cluster are nodes
 */
record Settings(
        LifetimeSettings lifetime,
        DozeSettings doze,
        ControlPlaneSettings controlPlane,
        AuthenticationSettings authentication,
        ExposureSettings exposure,
        StorageSettings storage,
        RenewalSettings renewal,
        KubeconfigSettings kubeconfig,
        OutputsSettings outputs,
        Optional<BootstrapSettings> bootstrap,
        Optional<WorkerSettings> workers,
        Optional<SimulatedSettings> simulated,
        Optional<HostedSettings> hosted) {

    /**
     * What a spec says.
     *
     * @param spec with the defaults of its class
     * @param router where the router is; empty: there is none
     * @param made what the pod that is there was made from; empty: there is no StatefulSet
     */
    static Settings of(
            SandboxCluster cluster,
            SandboxClusterSpec spec,
            SandboxClusterStatus previous,
            OperatorConfig config,
            Optional<RouterFront> router,
            Optional<PodRecord> made) {
        Identity sandbox = Identity.of(cluster);
        Optional<String> restart = Annotated.value(cluster, Annotations.RESTART);
        boolean seen = Objects.equals(cluster.getMetadata().getGeneration(), previous.observedGeneration());
        Optional<PodRecord> known = made.map(pod -> seen ? pod.adopted(PodOrigin.of(spec, Optional.empty())) : pod);
        ControlPlaneSettings controlPlane = ControlPlaneSettings.of(spec, restart, previous, config, known);
        Optional<HostedSettings> hosted = HostedSettings.of(spec, controlPlane.image(), config.hosted());
        Optional<WorkerSettings> workers = WorkerSettings.of(spec, hosted.map(HostedSettings::nodes));
        return new Settings(
                LifetimeSettings.of(spec, cluster.getMetadata().getCreationTimestamp()),
                DozeSettings.of(spec, config.doze(), workers.isPresent()),
                controlPlane,
                AuthenticationSettings.of(spec),
                ExposureSettings.of(sandbox, spec, router),
                StorageSettings.of(spec),
                RenewalSettings.of(spec),
                KubeconfigSettings.of(sandbox, spec),
                OutputsSettings.of(sandbox, spec, config.argoCDNamespaces()),
                BootstrapSettings.of(spec, config.helmImage()),
                workers,
                SimulatedSettings.of(spec, config.simulationImage(), workers.isPresent()),
                hosted);
    }

    /** The same, where the control plane is to be started anew before its certificates end. */
    Settings renewing(Renewal found) {
        return new Settings(
                lifetime,
                doze,
                controlPlane.renewing(found.due()),
                authentication,
                exposure,
                storage,
                renewal,
                kubeconfig,
                outputs,
                bootstrap,
                workers,
                simulated,
                hosted);
    }

    /** What the control plane's pod is put together from. The order is that of its volumes: another would be another pod. */
    Contribution pod(Identity sandbox, Exposed exposed) {
        return Contribution.sum(List.of(
                storage.contribution(sandbox, exposed.clusterIp()),
                controlPlane.contribution(),
                Keys.contribution(sandbox),
                AuthenticationConfigMap.contribution(sandbox),
                exposure.contribution(exposed.clusterIp()),
                WorkerSettings.contribution(workers, exposed.workerAddress()),
                SimulatedSettings.contribution(
                        simulated,
                        sandbox,
                        Optional.ofNullable(controlPlane.resources().limits()).orElse(Map.of())),
                controlPlane.files(),
                doze.contribution()));
    }

    /** What the control plane's pod is made from, but for the operator. */
    PodOrigin origin(Exposed exposed) {
        return controlPlane
                .origin()
                .at(Stream.of(
                                exposed.clusterIp().filter(any -> storage.persistent()),
                                exposed.workerAddress().filter(any -> workers.filter(WorkerSettings::external)
                                        .isPresent()),
                                exposure.type().quietServerName())
                        .flatMap(Optional::stream));
    }

    /** TCP ports to which the pod may connect. */
    List<Integer> egress() {
        return WorkerSettings.egress(workers);
    }
}
