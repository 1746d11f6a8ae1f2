package dev.sandboxcluster.operator.capability.bootstrap.session;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapPlan.Wish;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.Failure;
import dev.sandboxcluster.operator.capability.bootstrap.plan.BootstrapReport.History;
import dev.sandboxcluster.operator.capability.bootstrap.plan.Bundle;
import dev.sandboxcluster.operator.capability.bootstrap.plan.ChartRun;
import dev.sandboxcluster.operator.capability.bootstrap.plan.InvalidManifestException;
import dev.sandboxcluster.operator.capability.bootstrap.plan.Manifest;
import dev.sandboxcluster.operator.sandbox.session.Allowance;
import dev.sandboxcluster.operator.sandbox.session.NoAnswerException;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;

/**
 * One look whether a sandbox has what is wished for, and as much of it applied as there is time for: in order, up to the
 * first object that can't be.
 */
final class BootstrapPass {

    /** Nothing tells when a ConfigMap, a Secret or the sandbox's record changes. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private static final Duration UNTIL_SERVED = Duration.ofMillis(500);
    private static final String RECORD = "ConfigMap " + SandboxRecord.NAMESPACE + "/" + SandboxRecord.NAME;

    private final BootstrapPlan plan;
    private final Wish wish;
    private final HostSources sources;
    private final Progress progress;
    private final Clock clock;
    private final SandboxSession session;
    private final Allowance allowance;

    BootstrapPass(
            BootstrapPlan plan,
            HostSources sources,
            Progress progress,
            Clock clock,
            SandboxSession session,
            Allowance allowance) {
        this.plan = plan;
        this.wish = plan.wish();
        this.sources = sources;
        this.progress = progress;
        this.clock = clock;
        this.session = session;
        this.allowance = allowance;
    }

    /**
     * What it came to.
     *
     * @param report empty: nothing is known that wasn't before
     * @param next when the next one is due
     */
    record Result(Optional<BootstrapReport> report, Duration next) {

        Result(BootstrapReport report, Duration next) {
            this(Optional.of(report), next);
        }
    }

    /** Runs it, once. */
    Result run() {
        progress.at("");
        SandboxRecord record = session.within(allowance, () -> SandboxRecord.read(session));
        History history = record.applied().isPresent() ? History.ONCE : History.NEVER;
        try {
            Bundle bundle = sources.read(wish);
            String hash = bundle.hash(wish.sandbox().uid());
            if (record.says(hash)) {
                return complete();
            }
            if (progress.rests(hash, clock.instant())) {
                return new Result(Optional.empty(), untilRetry(clock.instant()));
            }
            int total = count(bundle);
            return session.within(allowance, () -> apply(bundle, hash, total, record, history));
        } catch (InvalidManifestException invalid) {
            return new Result(BootstrapReport.failing(wish, history, 0, 0, 1, invalid.failure()), LOOK_AGAIN);
        } catch (HostAwayException away) {
            return new Result(Optional.empty(), LOOK_AGAIN);
        }
    }

    private Result complete() {
        return new Result(BootstrapReport.complete(wish), LOOK_AGAIN);
    }

    private Result apply(Bundle bundle, String hash, int total, SandboxRecord record, History history) {
        Instant until = clock.instant().plus(allowance.time().dividedBy(2));
        ServerSideApply api = new ServerSideApply(session);
        if (!progress.isUnderWay(hash, record.uid())) {
            progress.at(RECORD);
            SandboxSession.Answer begun = write(api, record.applying(hash));
            Optional<ObjectMeta> written = metadata(begun);
            progress.go(
                    hash,
                    written.map(ObjectMeta::getUid),
                    written.map(ObjectMeta::getResourceVersion).orElse(""));
            if (!ServerSideApply.isTaken(begun)) {
                return refused(history, total, RECORD, ServerSideApply.said(begun, false));
            }
        }
        Iterator<Manifest> manifests = bundle.manifests();
        Optional<Manifest> read = next(manifests);
        for (int i = 0; read.isPresent(); i++, read = next(manifests)) {
            Manifest manifest = read.get();
            if (i < progress.applied()) {
                continue;
            }
            if (!clock.instant().isBefore(until)) {
                return applying(history, total, Duration.ZERO);
            }
            progress.at(manifest.title());
            Optional<Result> obstacle = apply(api, manifest, history, total);
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
            progress.next();
        }
        progress.at("");
        Optional<ChartRun> chart =
                bundle.next(wish.sandbox().uid(), progress.beginning(), progress.installed(plan.installed()));
        if (chart.isPresent()) {
            return new Result(BootstrapReport.installing(wish, history, total, chart.get()), LOOK_AGAIN);
        }
        progress.at(RECORD);
        SandboxSession.Answer written = write(api, SandboxRecord.applied(hash));
        return ServerSideApply.isTaken(written)
                ? complete()
                : refused(history, total, RECORD, ServerSideApply.said(written, false));
    }

    /** What a document takes while it is read is taken once, however many sandboxes there are. */
    private Optional<Manifest> next(Iterator<Manifest> manifests) {
        synchronized (sources) {
            return manifests.hasNext() ? Optional.of(manifests.next()) : Optional.empty();
        }
    }

    private int count(Bundle bundle) {
        synchronized (sources) {
            return bundle.count();
        }
    }

    /** Empty: it is there. */
    private Optional<Result> apply(ServerSideApply api, Manifest manifest, History history, int total) {
        Optional<SandboxSession.Answer> answer;
        try {
            answer = api.apply(manifest);
        } catch (NoAnswerException late) {
            return Optional.of(
                    failed(history, total, Reason.SANDBOX_TOO_SLOW, manifest.title() + ": " + late.getMessage()));
        }
        if (answer.isEmpty()) {
            return Optional.of(
                    progress.awaits(clock.instant())
                            ? applying(history, total, UNTIL_SERVED)
                            : failed(
                                    history,
                                    total,
                                    Reason.BOOTSTRAP_KIND_NOT_SERVED,
                                    manifest.title() + ": the cluster serves no such kind of "
                                            + manifest.apiVersion()));
        }
        if (ServerSideApply.isTaken(answer.get())) {
            return Optional.empty();
        }
        String said = manifest.title() + ": " + ServerSideApply.said(answer.get(), manifest.secret());
        return Optional.of(
                answer.get().code() == HttpURLConnection.HTTP_GATEWAY_TIMEOUT
                        ? failed(history, total, Reason.SANDBOX_TOO_SLOW, said)
                        : failed(history, total, Reason.BOOTSTRAP_REFUSED, said));
    }

    private static SandboxSession.Answer write(ServerSideApply api, ConfigMap record) {
        return api.send("/api/v1/namespaces/" + SandboxRecord.NAMESPACE + "/configmaps/" + SandboxRecord.NAME, record);
    }

    private static Optional<ObjectMeta> metadata(SandboxSession.Answer written) {
        return ServerSideApply.isTaken(written)
                ? Optional.ofNullable(
                        Serialization.unmarshal(written.text(), ConfigMap.class).getMetadata())
                : Optional.empty();
    }

    private Result applying(History history, int total, Duration next) {
        return new Result(BootstrapReport.applying(wish, history, progress.applied(), total), next);
    }

    private Result refused(History history, int total, String object, String said) {
        return failed(history, total, Reason.BOOTSTRAP_REFUSED, object + ": " + said);
    }

    private Result failed(History history, int total, String reason, String what) {
        Instant now = clock.instant();
        progress.fail(now);
        return new Result(
                BootstrapReport.failing(
                        wish, history, progress.applied(), total, progress.attempts(), new Failure(reason, what)),
                untilRetry(now));
    }

    private Duration untilRetry(Instant now) {
        Duration next = progress.untilRetry(now);
        return next.compareTo(LOOK_AGAIN) < 0 ? next : LOOK_AGAIN;
    }
}
