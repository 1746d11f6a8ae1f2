package dev.sandboxcluster.operator.capability.authentication;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.sandbox.Reloads;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * Whether the API server uses the authentication that the spec wants. What a pod was created with was accepted, or the
 * API server would not answer. Of a change, kubelet and API server each hear within about a minute.
 */
final class AuthenticationCheck {

    private static final Duration TAKEN_OVER_BY_THEN = Duration.ofMinutes(5);

    private static final Verdict CONFIGURED =
            Verdict.holds(Reason.AUTHENTICATION_CONFIGURED, "The API server uses spec.authentication");

    private static final Verdict PENDING = Verdict.unknown(
            Reason.AUTHENTICATION_PENDING,
            "The API server takes a change of spec.authentication over within some minutes, without a restart");

    private AuthenticationCheck() {}

    /**
     * The verdict on {@code AuthenticationReady}, where the spec wants anything; pure.
     *
     * @param config the file as the host cluster has it
     * @param reloads what the API server says of changes; empty: it was not asked yet
     */
    static Outcome<Void> check(
            Situation situation,
            AuthenticationSettings settings,
            Optional<ConfigMap> config,
            boolean answers,
            Optional<Reloads> reloads) {
        if (!settings.given()) {
            return Outcome.of(null);
        }
        Optional<Instant> written = config.flatMap(AuthenticationCheck::writtenAt);
        Verdict verdict = answers
                ? verdict(situation, written, reloads)
                : Verdict.fails(Reason.CONTROL_PLANE_NOT_RUNNING, "The API server does not answer");
        Outcome<Void> outcome = Outcome.<Void>of(null).reporting(ConditionType.AuthenticationReady, verdict);
        return verdict.equals(PENDING)
                ? outcome.lookingAgain(
                        written.map(at -> at.plus(TAKEN_OVER_BY_THEN)).filter(at -> at.isAfter(situation.now())))
                : outcome;
    }

    private static Verdict verdict(Situation situation, Optional<Instant> written, Optional<Reloads> reloads) {
        if (reloads.filter(Reloads::failing).isPresent()) {
            return notLoaded();
        }
        boolean overdue = written.map(at -> at.plus(TAKEN_OVER_BY_THEN))
                .filter(at -> !situation.now().isBefore(at))
                .isPresent();
        if (reloads.isEmpty() && overdue) {
            Optional<Verdict> lastKnown = situation.lastKnown(
                    ConditionType.AuthenticationReady,
                    Optional.ofNullable(situation.previous().endpoint()));
            if (lastKnown.isPresent()) {
                return lastKnown.get();
            }
        }
        boolean loaded = written.filter(at -> startedWith(situation, at) || succeededSince(at, reloads))
                .isPresent();
        return loaded || reloads.isPresent() && overdue ? CONFIGURED : PENDING;
    }

    private static boolean succeededSince(Instant written, Optional<Reloads> reloads) {
        return reloads.flatMap(Reloads::succeeded)
                .filter(at -> !at.isBefore(written))
                .isPresent();
    }

    private static Verdict notLoaded() {
        return Verdict.fails(
                Reason.AUTHENTICATION_NOT_LOADED,
                "The API server goes on with the former spec.authentication: it refuses the new one, or does not reach an"
                        + " issuer, for which a NetworkPolicy of yours must let the pod out. The control plane's log says"
                        + " which, in lines with \"authentication config\"");
    }

    private static boolean startedWith(Situation situation, Instant written) {
        return situation
                .pod()
                .map(pod -> Instant.parse(pod.getMetadata().getCreationTimestamp()))
                .filter(created -> !created.isBefore(written))
                .isPresent();
    }

    /** When its content last changed, by the host cluster's own record. */
    private static Optional<Instant> writtenAt(ConfigMap config) {
        return config.getMetadata().getManagedFields().stream()
                .map(ManagedFieldsEntry::getTime)
                .flatMap(time -> Optional.ofNullable(time).stream())
                .map(Instant::parse)
                .max(Comparator.naturalOrder());
    }
}
