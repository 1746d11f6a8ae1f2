package dev.sandboxcluster.operator.capability.workers.simulated.session;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Behind;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.CalloutReport;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Ignored;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.KeptCallouts;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.WebhookRewrite;
import dev.sandboxcluster.operator.sandbox.Failure;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import dev.sandboxcluster.operator.sandbox.session.Scan;
import dev.sandboxcluster.operator.verdict.Line;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * What a sandbox's API server asks of Services, in one life of it: read when a watch tells that it changed, and not
 * otherwise. Webhooks that simulated pods are to answer are ignored, where that is wanted, and put back where it isn't.
 */
final class Callouts {

    /** What is read of a kind, in the long run: some charts bring megabytes of definitions, one after the other. */
    private static final long BYTES_A_SECOND = 512 * 1024;

    private final Clock clock;
    private final Map<CalloutKind, Known> kinds = new EnumMap<>(CalloutKind.class);
    private final Rewrites rewrites = new Rewrites();
    /** Why a configuration isn't as it is to be. */
    private final Map<String, String> refusals = new TreeMap<>();

    private SandboxSession connection;
    private Duration next = Duration.ofDays(1);
    private volatile CalloutReport latest = CalloutReport.UNKNOWN;

    /** What was read of a kind. */
    private static final class Known {

        final AtomicBoolean outdated = new AtomicBoolean(true);
        List<Callout> callouts = List.of();
        String resourceVersion = "";
        boolean complete = true;
        /** Whether there may be others with a note. */
        boolean unseen;

        Instant readAgain = Instant.MIN;
    }

    Callouts(Clock clock) {
        this.clock = clock;
        for (CalloutKind kind : CalloutKind.values()) {
            kinds.put(kind, new Known());
        }
    }

    /** What was found last. */
    CalloutReport latest() {
        return latest;
    }

    /** When there is something to do though nothing happens. */
    Duration next() {
        return next;
    }

    /**
     * Looks, and changes what is to be changed; within a pass alone.
     *
     * @param nodes names of the simulated ones
     * @param ignored which webhooks are to be
     * @param until when to go on in another pass
     * @throws KubernetesClientException unanswered when the sandbox can't be reached
     */
    void look(SandboxSession session, Set<String> nodes, Ignored ignored, Instant until, Runnable onChange) {
        if (session != connection) {
            kinds.values().forEach(known -> known.outdated.set(true));
            connection = session;
        }
        next = Duration.ofDays(1);
        Optional<Failure> failure = Optional.empty();
        Behind behind = Behind.NOBODY;
        try {
            kinds.forEach((kind, known) -> refresh(kind, known, session, onChange));
            // Without simulated Nodes nobody is asked in vain, and it matters where all others' webhooks are ignored.
            Behind seen = nodes.isEmpty() && ignored != Ignored.ALL_BUT_ANSWERED
                    ? Behind.NOBODY
                    : ServiceNodes.read(nodes, services(), session, onChange);
            behind = seen;
            Map<String, String> before = Map.copyOf(refusals);
            refusals.clear();
            for (CalloutKind kind : List.of(CalloutKind.VALIDATING, CalloutKind.MUTATING)) {
                settle(kinds.get(kind), session, seen, ignored, until, before);
            }
            failure = refusals.values().stream()
                    .findFirst()
                    .map(why -> new Failure(Reason.SANDBOX_REFUSED, why))
                    .or(this::excess)
                    .or(() -> excess(seen));
        } catch (KubernetesClientException refused) {
            if (SandboxSession.isUnanswered(refused)) {
                throw refused;
            }
            failure = Optional.of(new Failure(Reason.SANDBOX_REFUSED, SandboxSession.message(refused)));
        }
        Instant now = clock.instant();
        latest = CalloutReport.of(
                all(),
                behind::unanswered,
                callout -> !refusals.containsKey(id(callout)) && rewrites.often(callout, now),
                kinds.values().stream().anyMatch(known -> known.unseen),
                failure);
    }

    private void refresh(CalloutKind kind, Known known, SandboxSession session, Runnable onChange) {
        Instant now = clock.instant();
        if (known.outdated.get() && now.isBefore(known.readAgain)) {
            soon(Duration.between(now, known.readAgain));
        } else if (known.outdated.getAndSet(false)) {
            read(kind, known, session, now);
        }
        if (!known.resourceVersion.isEmpty()) {
            session.watch(
                    kind.watched(),
                    known.resourceVersion,
                    () -> {
                        known.outdated.set(true);
                        onChange.run();
                    },
                    lost -> {
                        if (lost) {
                            known.outdated.set(true);
                        } else {
                            onChange.run();
                        }
                    });
        }
    }

    private static void read(CalloutKind kind, Known known, SandboxSession session, Instant now) {
        KeptCallouts found = new KeptCallouts();
        boolean done = false;
        try {
            Scan.Result read = kind.read(session, found::add);
            known.resourceVersion = read.resourceVersion();
            known.complete = read.complete() && found.complete();
            known.unseen = kind.kind().admission() && (!read.complete() || found.owing());
            known.readAgain = now.plusMillis(1000 * read.bytes() / BYTES_A_SECOND);
            known.callouts = found.all();
            done = true;
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
                throw refused;
            }
        } finally {
            if (!done) {
                known.outdated.set(true);
            }
        }
    }

    /** @param before what was refused in an earlier pass, and is tried again later */
    private void settle(
            Known known,
            SandboxSession session,
            Behind behind,
            Ignored ignored,
            Instant until,
            Map<String, String> before) {
        List<Callout> afterwards = new ArrayList<>();
        for (Callout callout : known.callouts) {
            Optional<WebhookRewrite> rewrite = WebhookRewrite.of(callout, behind, ignored);
            if (rewrite.filter(wanted -> mayApply(wanted, until)).isPresent()) {
                afterwards.add(apply(rewrite.get(), session).orElse(callout));
            } else {
                if (callout.owned() && clock.instant().isBefore(until)) {
                    WebhookPatch.disown(session, callout);
                }
                afterwards.add(callout);
                rewrite.map(later -> before.get(id(callout))).ifPresent(why -> refusals.put(id(callout), why));
            }
        }
        if (known.unseen && !afterwards.equals(known.callouts)) {
            // There may be room for others now.
            known.outdated.set(true);
            soon(Duration.ZERO);
        }
        known.callouts = List.copyOf(afterwards);
    }

    private boolean mayApply(WebhookRewrite rewrite, Instant until) {
        Instant now = clock.instant();
        Duration pause = rewrites.pause(rewrite.callout(), now);
        if (rewrite.ignores() && !pause.isZero()) {
            soon(pause);
            return false;
        }
        if (!now.isBefore(until)) {
            soon(Duration.ZERO);
            return false;
        }
        return true;
    }

    private Optional<Callout> apply(WebhookRewrite rewrite, SandboxSession session) {
        if (rewrite.ignores()) {
            rewrites.written(rewrite.callout(), clock.instant());
        }
        try {
            return WebhookPatch.apply(session, rewrite);
        } catch (KubernetesClientException refused) {
            if (SandboxSession.isUnanswered(refused)) {
                throw refused;
            }
            refusals.put(id(rewrite.callout()), Line.of(SandboxSession.message(refused), Observation.LONGEST));
            return Optional.empty();
        }
    }

    private static String id(Callout of) {
        return of.kind() + " " + of.name();
    }

    private void soon(Duration wait) {
        next = wait.compareTo(next) < 0 ? wait : next;
    }

    private List<Callout> all() {
        return kinds.values().stream().flatMap(known -> known.callouts.stream()).toList();
    }

    private Set<Service> services() {
        return all().stream()
                .flatMap(callout -> callout.entries().stream())
                .flatMap(entry -> entry.service().stream())
                .collect(Collectors.toSet());
    }

    private static Optional<Failure> excess(Behind seen) {
        return seen.complete()
                ? Optional.empty()
                : Optional.of(new Failure(
                        Reason.SANDBOX_TOO_LARGE,
                        "it has more Services that are asked, or more endpoints of these, than are gone through"));
    }

    private Optional<Failure> excess() {
        return kinds.entrySet().stream()
                .filter(kind -> !kind.getValue().complete)
                .map(kind -> new Failure(
                        Reason.SANDBOX_TOO_LARGE,
                        "it has more at " + kind.getKey().path() + " than is gone through"))
                .findFirst();
    }
}
