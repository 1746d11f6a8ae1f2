package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.doze.plan.Silence;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Conditions;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether a control plane hangs that no kubelet looks at. */
final class HangCheck {

    /** So long nobody may have been answered before it is taken for hanging, whatever is seen past the way of its users. */
    static final Duration SUSPICIOUS = Duration.ofSeconds(30);

    /** So long it may not answer then. */
    static final Duration SILENT = Duration.ofSeconds(30);

    /** Fewer looks that nobody answered may be chance, or the operator's own slowness. */
    private static final int LOOKS = 3;

    /** Between one look and the next. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** The same of one that is found alive: the way of its users is broken, which may last. */
    private static final Duration LONG_PAUSE = Duration.ofMinutes(1);

    /** So long what was started anew is left alone. */
    static final Duration BETWEEN_RESTARTS = Duration.ofMinutes(5);

    private HangCheck() {}

    /**
     * From when on it may be started anew. It is looked at before: later, when many wait whom it doesn't answer, it may not be
     * reached any more. Empty: all is well, or it is another's business. Pure.
     *
     * @param resting whether its processes are stopped
     * @param answered the container that last answered the operator. One may hang before its kubelet, which asks once a
     *     second, has seen it answer; the kubelet waits for its start then, nearly half an hour.
     * @param observation what the operator last saw at the published URL
     */
    static Optional<Instant> suspiciousAt(
            DozeSettings settings,
            Situation situation,
            boolean resting,
            Optional<String> answered,
            Optional<Observation> observation) {
        boolean answers = observation.flatMap(Observation::available).isPresent();
        boolean started = situation
                .container()
                .filter(container -> Boolean.TRUE.equals(container.getStarted())
                        || answered.filter(last -> last.equals(container.getContainerID()))
                                .isPresent())
                .isPresent();
        if (!settings.permitted() || resting || answers || !started || Probed.byNode(situation)) {
            return Optional.empty();
        }
        return Conditions.previous(situation.previous().conditions(), ConditionType.EndpointReachable)
                .filter(reached -> "False".equals(reached.getStatus()))
                .map(Condition::getLastTransitionTime)
                .map(Instant::parse)
                // Of one that fails from now on, nobody tells again: it stays so.
                .or(() -> observation.map(failing -> situation.now()))
                .map(since -> since.plus(SUSPICIOUS));
    }

    /** What is said of one that can't be started anew. */
    static Verdict notEnded(String failure) {
        return Verdict.fails(
                Reason.PROCESSES_NOT_REACHED,
                "The control plane hangs, and the operator can't end its processes; it tries again within a minute. If this"
                        + " lasts, delete the pod: " + failure);
    }

    /** When to look again at one that is suspicious; pure. */
    static Instant lookAgain(Instant now, Instant suspiciousAt, Optional<Silence> silence) {
        boolean lives = silence.isEmpty() && !now.isBefore(suspiciousAt.plus(LONG_PAUSE));
        return now.plus(lives ? LONG_PAUSE : PAUSE);
    }

    /**
     * Whether it is to be started anew; pure.
     *
     * @param silence at its pod's own address; empty: it answers, or who knows
     * @param restartedAt when it was started anew last for that; empty: never
     */
    static boolean hangs(Instant now, Optional<Silence> silence, Optional<Instant> restartedAt) {
        return silence.filter(looks -> looks.looks() >= LOOKS
                                && !looks.to().isBefore(looks.from().plus(SILENT)))
                        .isPresent()
                && restartedAt
                        .filter(last -> now.isBefore(last.plus(BETWEEN_RESTARTS)))
                        .isEmpty();
    }
}
