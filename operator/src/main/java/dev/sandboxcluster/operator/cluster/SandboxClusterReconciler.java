package dev.sandboxcluster.operator.cluster;

import dev.sandboxcluster.api.v1alpha1.HostedWorkersStatus;
import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.api.v1alpha1.SimulatedWorkersStatus;
import dev.sandboxcluster.operator.capability.access.Access;
import dev.sandboxcluster.operator.capability.access.AdditionalKubeconfigStage;
import dev.sandboxcluster.operator.capability.access.KubeconfigStage;
import dev.sandboxcluster.operator.capability.access.ReachStage;
import dev.sandboxcluster.operator.capability.authentication.AuthenticationStage;
import dev.sandboxcluster.operator.capability.bootstrap.BootstrapStage;
import dev.sandboxcluster.operator.capability.bootstrap.session.BootstrapEventSource;
import dev.sandboxcluster.operator.capability.bootstrap.session.HostSources;
import dev.sandboxcluster.operator.capability.classes.ClassStage;
import dev.sandboxcluster.operator.capability.classes.Classed;
import dev.sandboxcluster.operator.capability.classes.session.RoomEventSource;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneStage;
import dev.sandboxcluster.operator.capability.controlplane.ControlPlaneStatefulSet;
import dev.sandboxcluster.operator.capability.controlplane.ImageTrialStage;
import dev.sandboxcluster.operator.capability.controlplane.PodOrigin;
import dev.sandboxcluster.operator.capability.controlplane.PodRecord;
import dev.sandboxcluster.operator.capability.doze.DozeStage;
import dev.sandboxcluster.operator.capability.doze.Sleep;
import dev.sandboxcluster.operator.capability.doze.Slept;
import dev.sandboxcluster.operator.capability.doze.session.Liveness;
import dev.sandboxcluster.operator.capability.doze.session.PodSignals;
import dev.sandboxcluster.operator.capability.doze.session.ProcessEventSource;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.exposure.ExposureStage;
import dev.sandboxcluster.operator.capability.exposure.RouteStage;
import dev.sandboxcluster.operator.capability.exposure.RouterFront;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.capability.keys.KeysStage;
import dev.sandboxcluster.operator.capability.lifetime.Life;
import dev.sandboxcluster.operator.capability.lifetime.LifetimeSettings;
import dev.sandboxcluster.operator.capability.lifetime.LifetimeStage;
import dev.sandboxcluster.operator.capability.outputs.OutputsStage;
import dev.sandboxcluster.operator.capability.outputs.session.LeftoverSecrets;
import dev.sandboxcluster.operator.capability.renewal.Renewal;
import dev.sandboxcluster.operator.capability.renewal.RenewalCheck;
import dev.sandboxcluster.operator.capability.storage.StorageStage;
import dev.sandboxcluster.operator.capability.storage.Stored;
import dev.sandboxcluster.operator.capability.workers.external.ExternalWorkersStage;
import dev.sandboxcluster.operator.capability.workers.external.Joined;
import dev.sandboxcluster.operator.capability.workers.external.WorkerSettings;
import dev.sandboxcluster.operator.capability.workers.external.session.WorkerEventSource;
import dev.sandboxcluster.operator.capability.workers.hosted.HostedWorkersStage;
import dev.sandboxcluster.operator.capability.workers.simulated.SimulatedWorkersStage;
import dev.sandboxcluster.operator.capability.workers.simulated.session.SimulationEventSource;
import dev.sandboxcluster.operator.cluster.SideBySide.Begun;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.host.Caches;
import dev.sandboxcluster.operator.host.HostClock;
import dev.sandboxcluster.operator.host.HostEventSources;
import dev.sandboxcluster.operator.host.HostNetwork;
import dev.sandboxcluster.operator.host.KnownSecrets;
import dev.sandboxcluster.operator.host.OwnerGoneException;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.RouterService;
import dev.sandboxcluster.operator.leadership.Leadership;
import dev.sandboxcluster.operator.metrics.Naps;
import dev.sandboxcluster.operator.metrics.StartTimes;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.probe.ProbeEventSource;
import dev.sandboxcluster.operator.sandbox.probe.ProbeSettings;
import dev.sandboxcluster.operator.sandbox.probe.RouterProbe;
import dev.sandboxcluster.operator.sandbox.session.SandboxThreads;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a SandboxCluster to what its spec says: the stages of the capabilities, in order; then the status. */
public final class SandboxClusterReconciler implements Reconciler<SandboxCluster>, Leadership.Work, AutoCloseable {

    private static final Duration ROUTER_ASKED_EVERY = Duration.ofSeconds(20);
    private static final Logger LOG = LoggerFactory.getLogger(SandboxClusterReconciler.class);

    /** No answer, TooManyRequests, or a proxy or API server that is not ready. */
    private static final Set<Integer> OUTAGES = Set.of(
            0,
            429,
            HttpURLConnection.HTTP_BAD_GATEWAY,
            HttpURLConnection.HTTP_UNAVAILABLE,
            HttpURLConnection.HTTP_GATEWAY_TIMEOUT);

    private static final int SILENT_ATTEMPTS = 3;
    private static final Duration UNTIL_FILLED = Duration.ofSeconds(2);

    private final OperatorConfig config;
    private final ProbeSettings probing;
    private final StartTimes startTimes;
    private final Naps naps;
    private final Leadership leadership;
    private final Clock clock;
    private final Reported reported = new Reported();
    private final KeysStage keysStage = new KeysStage();
    private final KubeconfigStage kubeconfig = new KubeconfigStage();
    private Caches caches;
    private WakeUp wakeUp;
    private ProbeEventSource probes;
    private SandboxThreads threads;
    private WorkerEventSource sessions;
    private BootstrapEventSource bootstraps;
    private SimulationEventSource simulations;
    private ReachStage reach;
    private AuthenticationStage authentication;
    private ExternalWorkersStage externalWorkers;
    private SimulatedWorkersStage simulatedWorkers;
    private HostedWorkersStage hostedWorkers;
    private BootstrapStage bootstrap;
    private ClassStage classes;
    private LifetimeStage lifetime;
    private DozeStage doze;
    private Optional<RouterService> router = Optional.empty();
    private Optional<RouterProbe> routerProbe = Optional.empty();

    /**
     * Makes the reconciler.
     *
     * @param probing how often and how long the sandboxes are dialled
     * @param leadership without which it does nothing
     */
    public SandboxClusterReconciler(
            OperatorConfig config,
            ProbeSettings probing,
            StartTimes startTimes,
            Naps naps,
            Leadership leadership,
            Clock clock) {
        this.config = config;
        this.probing = probing;
        this.startTimes = startTimes;
        this.naps = naps;
        this.leadership = leadership;
        this.clock = clock;
    }

    @Override
    public List<EventSource<?, SandboxCluster>> prepareEventSources(EventSourceContext<SandboxCluster> context) {
        wakeUp = new WakeUp(context.getPrimaryCache());
        probes = new ProbeEventSource(context.getPrimaryCache(), probing, leadership::held, clock);
        threads = new SandboxThreads(clock);
        sessions = new WorkerEventSource(threads, context.getPrimaryCache(), leadership::held, clock);
        bootstraps = new BootstrapEventSource(
                threads, new HostSources(context.getClient()), context.getPrimaryCache(), leadership::held, clock);
        simulations = new SimulationEventSource(threads, context.getPrimaryCache(), leadership::held, clock);
        reach = new ReachStage(probes, () -> routerProbe.flatMap(RouterProbe::silentSince));
        authentication = new AuthenticationStage(probes);
        bootstrap = new BootstrapStage(bootstraps);
        classes = new ClassStage(context.getPrimaryCache(), config.clusterWide());
        lifetime = new LifetimeStage(new HostClock(context.getClient(), System::nanoTime));
        ProcessEventSource processes = new ProcessEventSource(
                new PodSignals(context.getClient()), naps, context.getPrimaryCache(), leadership::held, clock);
        routerProbe = config.router()
                .map(any -> new RouterProbe(threads.loop(), ROUTER_ASKED_EVERY, this::routerAsked, wakeUp::all, clock));
        doze = new DozeStage(
                processes, new Liveness(threads::loop, clock), () -> routerProbe.flatMap(RouterProbe::answersSince));
        HostNetwork network = new HostNetwork(context.getClient(), config.hostCidrs(), config.clusterWide(), clock);
        externalWorkers = new ExternalWorkersStage(sessions, network);
        hostedWorkers = new HostedWorkersStage(
                network, config.clusterWide(), config.hosted().ingress());
        simulatedWorkers = new SimulatedWorkersStage(simulations);
        router = config.router().map(settings -> new RouterService(context.getClient(), settings, wakeUp::all));
        List<EventSource<?, SandboxCluster>> watched = HostEventSources.of(context, config);
        caches = Caches.of(Stream.concat(Stream.of(context.getPrimaryCache()), watched.stream())
                .toList());
        LeftoverSecrets leftovers = new LeftoverSecrets(
                context.getClient(),
                new KnownSecrets(watched, config.argoCDNamespaces()),
                context.getPrimaryCache(),
                leadership::held);
        RoomEventSource room = new RoomEventSource(context.getPrimaryCache());
        return Stream.concat(
                        watched.stream(),
                        Stream.of(probes, sessions, bootstraps, simulations, processes, leftovers, room, wakeUp))
                .toList();
    }

    /** Whether what is read of the host cluster is kept up to date, or will be. */
    public boolean watching() {
        return caches.alive();
    }

    /** All of them may have changed while another one led. */
    @Override
    public void begin() {
        wakeUp.all();
    }

    /** What another one writes from now on must not be taken for this one's last word when it leads again. */
    @Override
    public void end() {
        probes.forgetAll();
        sessions.forgetAll();
        bootstraps.forgetAll();
        simulations.forgetAll();
        doze.forgetAll();
        classes.forgetAll();
        reported.forgetAll();
    }

    /** For good, once nobody calls it any more. */
    @Override
    public void close() {
        if (threads != null) {
            threads.close();
        }
        router.ifPresent(RouterService::close);
    }

    @Override
    public UpdateControl<SandboxCluster> reconcile(SandboxCluster cluster, Context<SandboxCluster> context) {
        if (!leadership.held()) {
            return UpdateControl.noUpdate();
        }
        if (!caches.filled(cluster.getMetadata().getNamespace())
                || router.filter(RouterService::awaited).isPresent()) {
            return UpdateControl.<SandboxCluster>noUpdate().rescheduleAfter(UNTIL_FILLED);
        }
        boolean paused = Annotated.paused(cluster);
        if (cluster.isMarkedForDeletion() || paused) {
            ResourceID id = ResourceID.fromResource(cluster);
            probes.forget(id);
            sessions.forget(id);
            bootstraps.forget(id);
            simulations.forget(id);
        }
        if (cluster.isMarkedForDeletion()) {
            doze.forget(ResourceID.fromResource(cluster));
            return UpdateControl.noUpdate();
        }
        Instant now = clock.instant();
        SandboxClusterStatus previous = reported.latest(cluster, now);
        if (paused) {
            Outcome<Void> released = release(Round.begin(cluster, previous, leadership, context, now));
            SandboxClusterStatus status =
                    StatusReport.paused(previous, cluster.getMetadata().getGeneration(), now);
            if (!status.equals(previous)) {
                report(cluster, status, context, now);
            }
            return endOfPaused(cluster, previous, context, now, released.lookAgain());
        }
        Round round = Round.begin(cluster, previous, leadership, context, now);
        Optional<PodRecord> made = ControlPlaneStage.made(round);
        Outcome<Classed> classed = classes.run(round, cluster, made.isPresent());
        if (classed.value().differs(Optional.ofNullable(previous.ofClass()))) {
            report(cluster, StatusReport.classed(previous, classed.value()), context, now);
            return UpdateControl.<SandboxCluster>noUpdate().rescheduleAfter(Duration.ZERO);
        }
        Settings settings = Settings.of(cluster, classed.value().spec(), previous, config, front(), made);
        // First of all: somebody may be waiting for it.
        Outcome<Slept> slept = classed.value().held()
                ? Outcome.of(Slept.NEVER)
                : doze.run(round, settings.doze(), RouteStage.seen(round, routed()));
        Outcome<Life> life = lifetime.run(
                round,
                settings.lifetime()
                        .idle(slept.value().deleteAt(), settings.doze().deleteAfter()));
        if (life.value().deleted()) {
            return UpdateControl.noUpdate();
        }
        if (classed.value().held()) {
            return hold(cluster, round, settings, classed, life, release(round), context);
        }
        Results results =
                run(round, settings, classed, life, slept, new SideBySide(context.getWorkflowExecutorService()));
        SandboxClusterStatus status = StatusReport.of(round.situation(), settings, results);

        if (previous.readyAt() == null && status.readyAt() != null) {
            Duration start =
                    Duration.between(Instant.parse(cluster.getMetadata().getCreationTimestamp()), now);
            startTimes.record(start);
            LOG.info("Ready {} s after its creation", start.toSeconds());
        }
        if (!status.equals(previous)) {
            report(cluster, status, context, now);
        }
        UpdateControl<SandboxCluster> done = UpdateControl.noUpdate();
        LookAgain.after(status, results, reported.compareAt(cluster, now), now).ifPresent(done::rescheduleAfter);
        return done;
    }

    private boolean routed() {
        return config.router().isPresent();
    }

    private Optional<RouterProbe.Asked> routerAsked() {
        return front().flatMap(RouterFront::asked)
                .map(endpoint -> new RouterProbe.Asked(
                        endpoint.host(),
                        endpoint.port(),
                        endpoint.tlsServerName().orElseThrow()));
    }

    /** Lets one go on that is left as it is from now on. */
    private Outcome<Void> release(Round round) {
        return doze.release(round, RouteStage.seen(round, routed()));
    }

    private Optional<RouterFront> front() {
        return config.router()
                .map(settings -> RouterFront.of(
                        settings,
                        router.flatMap(RouterService::get),
                        router.filter(RouterService::known).isPresent()));
    }

    /** One that is of a class ends though it is paused: else a pause would be a way past the longest life. */
    private UpdateControl<SandboxCluster> endOfPaused(
            SandboxCluster cluster,
            SandboxClusterStatus previous,
            Context<SandboxCluster> context,
            Instant now,
            Optional<Instant> lookAgain) {
        UpdateControl<SandboxCluster> done = UpdateControl.noUpdate();
        Optional<Instant> end = Optional.ofNullable(previous.expiresAt())
                .filter(any -> previous.ofClass() != null)
                .map(Instant::parse);
        if (end.filter(now::isAfter).isPresent()) {
            Round round = Round.begin(cluster, previous, leadership, context, now);
            Settings settings = Settings.of(
                    cluster, classes.ending(round, cluster), previous, config, front(), ControlPlaneStage.made(round));
            Outcome<Life> life = lifetime.run(
                    round, new LifetimeSettings(false, settings.lifetime().expiry(), Optional.empty()));
            if (life.value().suspend() && !life.value().deleted()) {
                ControlPlaneStage.remember(round, settings.controlPlane(), true);
                HostedWorkersStage.stop(round);
            }
            LookAgain.earliest(now, Stream.concat(life.lookAgain().stream(), lookAgain.stream()))
                    .ifPresent(done::rescheduleAfter);
        } else {
            LookAgain.earliest(now, Stream.concat(end.stream(), lookAgain.stream()))
                    .ifPresent(done::rescheduleAfter);
        }
        return done;
    }

    /** Makes nothing of a spec that its class holds back, but for its end. */
    private UpdateControl<SandboxCluster> hold(
            SandboxCluster cluster,
            Round round,
            Settings settings,
            Outcome<Classed> classed,
            Outcome<Life> life,
            Outcome<Void> released,
            Context<SandboxCluster> context) {
        ControlPlaneStage.remember(round, settings.controlPlane(), life.value().suspend());
        if (life.value().suspend()) {
            HostedWorkersStage.stop(round);
        }
        SandboxClusterStatus status = StatusReport.held(round.situation(), classed, life);
        if (!status.equals(round.previous())) {
            report(cluster, status, context, round.now());
        }
        UpdateControl<SandboxCluster> done = UpdateControl.noUpdate();
        LookAgain.earliest(
                        round.now(),
                        Stream.of(
                                        classed.lookAgain(),
                                        life.lookAgain(),
                                        released.lookAgain(),
                                        reported.compareAt(cluster, round.now()))
                                .flatMap(Optional::stream))
                .ifPresent(done::rescheduleAfter);
        return done;
    }

    /** Writes it now, rather than after this round: what follows at once must know what was written, and only that. */
    private void report(
            SandboxCluster cluster, SandboxClusterStatus status, Context<SandboxCluster> context, Instant now) {
        leadership.require();
        StatusPatch.write(
                context.getClient(),
                cluster,
                status,
                context.getControllerConfiguration().fieldManager());
        reported.wrote(cluster, status, now);
    }

    /** All stages. What does not need another's result goes on beside it: nearly all of it is waiting for an answer. */
    private Results run(
            Round round,
            Settings settings,
            Outcome<Classed> classed,
            Outcome<Life> life,
            Outcome<Slept> slept,
            SideBySide beside) {
        boolean resting = slept.value().resting();
        boolean idle = slept.value().suspend() && !life.value().suspend();
        boolean suspend = idle || life.value().suspend();
        Begun<Outcome<Keys>> makingKeys =
                beside.begin(() -> keysStage.run(round, () -> StorageStage.formerLife(round, settings.storage())));
        Begun<Outcome<Exposed>> exposing = beside.begin(() -> ExposureStage.run(round, settings.exposure()));
        Begun<Outcome<Optional<ConfigMap>>> configuring =
                beside.begin(() -> AuthenticationStage.configure(round, settings.authentication()));
        Begun<Outcome<Void>> simulating =
                beside.begin(() -> SimulatedWorkersStage.configure(round, settings.simulated()));
        Begun<Outcome<Void>> shuttingOff = beside.begin(() -> ControlPlaneStage.shutOff(round, settings.egress()));
        Outcome<Void> isolation = ControlPlaneStage.isolation(round, settings.controlPlane(), config.clusterWide());
        Outcome<Keys> keys = makingKeys.result();
        Outcome<Exposed> exposed = exposing.result();
        Outcome<Optional<ConfigMap>> configured = configuring.result();
        List<Outcome<?>> needed = new ArrayList<>(
                List.of(keys, exposed, configured, simulating.result(), shuttingOff.result(), isolation));

        Outcome<Stored> stored = StorageStage.claim(round, settings.storage(), keys.value());
        needed.add(Outcome.written(keys.value().conflict()));
        needed.add(stored);
        needed.add(StorageStage.addressable(settings.storage(), exposed.value()));
        needed.add(ExternalWorkersStage.joinable(settings.workers(), settings.exposure(), exposed.value()));
        boolean startable = keys.value().pki().isPresent()
                && stored.value().ready()
                && needed.stream().allMatch(outcome -> outcome.problem().isEmpty());
        Outcome<Renewal> renewal = RenewalCheck.check(
                round.situation(), settings.renewal(), stored.value().claim());
        Settings next = settings.renewing(renewal.value());
        StatefulSet made = ControlPlaneStatefulSet.desired(
                round.sandbox(), next.controlPlane(), next.pod(round.sandbox(), exposed.value()));
        PodOrigin origin = next.origin(exposed.value());
        Optional<Verdict> held = startable && !suspend
                ? ImageTrialStage.run(round, settings.controlPlane(), made, origin)
                : Optional.empty();
        if (suspend) {
            ImageTrialStage.end(round);
            BootstrapStage.end(round);
        }
        Begun<Outcome<Void>> starting = startable && held.isEmpty()
                ? beside.begin(() -> ControlPlaneStage.start(round, settings.controlPlane(), made, origin, suspend))
                : beside.begin(() -> ControlPlaneStage.remember(round, settings.controlPlane(), suspend));
        Outcome<Access> access =
                kubeconfig.run(round, settings.kubeconfig(), settings.exposure(), keys, exposed.value());
        Outcome<Void> others =
                AdditionalKubeconfigStage.run(round, settings.kubeconfig(), keys.value(), exposed.value());
        needed.add(starting.result());

        Optional<String> url = exposed.value().url();
        Outcome<Optional<Observation>> dialled = reach.run(
                round,
                access.value(),
                settings.storage().persistent(),
                settings.controlPlane()
                        .made()
                        .filter(PodRecord::growingCertificate)
                        .isPresent(),
                settings.exposure().type().quietServerName(),
                resting,
                url);
        needed.add(RouteStage.run(
                round,
                settings.exposure(),
                exposed.value(),
                life.value().suspend() ? Sleep.STOPPED : slept.value().sleep(),
                dialled.value().flatMap(Observation::available).isPresent(),
                routed()));
        Outcome<Void> watched =
                doze.watch(round, settings.doze(), resting || slept.value().dozing(), dialled.value());
        if (resting || suspend && round.pod().isEmpty()) {
            sessions.forget(round.id());
            bootstraps.forget(round.id());
            simulations.forget(round.id());
        }
        boolean current = ControlPlaneStage.current(round, settings.controlPlane(), origin);
        Optional<Outcome<Joined>> workers = externalWorkers.run(
                round,
                settings.workers(),
                new ExternalWorkersStage.Given(
                        keys.value(),
                        exposed.value(),
                        access.value(),
                        settings.controlPlane(),
                        settings.exposure(),
                        current,
                        dialled.value(),
                        HostedWorkersStage.leaving(round, settings.hosted())));
        Optional<Outcome<HostedWorkersStatus>> hosted = hostedWorkers.run(
                round,
                settings.hosted(),
                new HostedWorkersStage.Given(
                        workers.map(Outcome::value),
                        keys.value().pki().map(ClusterPki::caHash),
                        dialled.value()
                                .filter(any -> !resting)
                                .flatMap(Observation::available)
                                .isPresent(),
                        current,
                        suspend,
                        settings.storage().persistent()
                                ? stored.value().claim().map(HostedWorkersStage::life)
                                : round.pod().map(HostedWorkersStage::life),
                        exposed.value().forWorkers().filter(any -> settings.workers()
                                .filter(WorkerSettings::external)
                                .isPresent()),
                        settings.workers().map(WorkerSettings::drainTimeout).orElse(Duration.ZERO)));
        Optional<Outcome<SimulatedWorkersStatus>> simulated = simulatedWorkers.run(
                round,
                settings.simulated(),
                access.value(),
                dialled.value().filter(any -> !resting).flatMap(Observation::available));
        Outcome<Void> pod = ControlPlaneStage.look(
                round, settings.controlPlane(), made, origin, suspend, held, url, dialled.value());
        Outcome<Void> authenticated = authentication.look(
                round,
                settings.authentication(),
                configured.value(),
                resting || dialled.value().flatMap(Observation::available).isPresent());
        Outcome<Void> outputs = OutputsStage.run(round, settings.outputs(), access.value());
        Outcome<Void> bootstrapped = bootstrap.run(
                round,
                settings.bootstrap(),
                access.value(),
                dialled.value().filter(any -> !resting),
                made.getSpec().getTemplate());
        Outcome<Stored> contents = StorageStage.look(round, settings.storage(), stored.value(), url, dialled.value());
        return new Results(
                classed,
                life,
                slept,
                needed,
                keys.value(),
                exposed.value(),
                stored.value(),
                KubeconfigStage.look(access, others, dialled.value()),
                dialled,
                renewal,
                idle ? DozeStage.explained(settings.doze(), pod) : pod,
                authenticated,
                contents,
                outputs,
                bootstrapped,
                watched,
                workers,
                simulated,
                hosted);
    }

    @Override
    public ErrorStatusUpdateControl<SandboxCluster> updateErrorStatus(
            SandboxCluster cluster, Context<SandboxCluster> context, Exception thrown) {
        Exception exception = unwrapped(thrown);
        int attempt = context.getRetryInfo().map(RetryInfo::getAttemptCount).orElse(0);
        if (exception instanceof OwnerGoneException || isGone(exception) || !leadership.held()) {
            return ErrorStatusUpdateControl.<SandboxCluster>noStatusUpdate().withNoRetry();
        }
        LOG.debug("Attempt {}", attempt, exception);
        if (isConflict(exception) || isOutage(exception) || attempt < SILENT_ATTEMPTS) {
            return ErrorStatusUpdateControl.noStatusUpdate();
        }
        boolean foreseen = exception instanceof KubernetesClientException;
        String said = foreseen ? exception.getMessage() : exception.toString();
        // Who reports a fault of the operator's own needs to say where.
        LOG.warn(
                "Attempt {} failed, as those before: {}",
                attempt,
                said,
                foreseen || attempt > SILENT_ATTEMPTS ? null : exception);
        Instant now = clock.instant();
        SandboxClusterStatus previous = reported.latest(cluster, now);
        SandboxClusterStatus status = StatusReport.failed(
                previous,
                cluster.getMetadata().getGeneration(),
                "The operator tries again; the last attempt ended with: " + said,
                now);
        if (!status.equals(previous)) {
            try {
                report(cluster, status, context, now);
            } catch (KubernetesClientException unreachable) {
                LOG.debug("Not reported", unreachable);
            }
        }
        return ErrorStatusUpdateControl.noStatusUpdate();
    }

    /** The SDK's metrics wrap what a reconciliation throws. */
    private static Exception unwrapped(Exception thrown) {
        return thrown instanceof OperatorException && thrown.getCause() instanceof Exception cause ? cause : thrown;
    }

    /** The host cluster's API was away, or had too much to do: that says nothing about the SandboxCluster. */
    private static boolean isOutage(Exception exception) {
        return exception instanceof KubernetesClientException refused && OUTAGES.contains(refused.getCode());
    }

    /** Somebody else wrote at the same time; trying again is all there is to do. */
    private static boolean isConflict(Exception exception) {
        return exception instanceof KubernetesClientException refused
                && refused.getCode() == HttpURLConnection.HTTP_CONFLICT;
    }

    /** The SandboxCluster was deleted while its status was about to be written. */
    private static boolean isGone(Exception exception) {
        return exception instanceof KubernetesClientException refused
                && refused.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                && Optional.ofNullable(refused.getStatus())
                        .map(Status::getDetails)
                        .filter(details -> "sandboxclusters".equals(details.getKind()))
                        .isPresent();
    }
}
