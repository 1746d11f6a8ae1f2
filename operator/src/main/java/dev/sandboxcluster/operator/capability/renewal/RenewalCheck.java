package dev.sandboxcluster.operator.capability.renewal;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.k3s.LeafCertificates;
import dev.sandboxcluster.operator.objects.Annotated;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.objects.Times;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the certificates that k3s makes for itself are about to end; pure. When they end follows from when the volume
 * was made, and from each start since: it is written down, as nobody remembers former starts.
 */
public final class RenewalCheck {

    private static final Duration ANNOUNCED = Duration.ofDays(60);
    private static final Duration IN_A_WINDOW = Duration.ofDays(45);
    private static final Duration AT_ANY_TIME = Duration.ofDays(30);

    private RenewalCheck() {}

    /**
     * The verdict on {@code CertificatesCurrent}, where there is one.
     *
     * @param claim that of the volume, where there is one
     */
    public static Outcome<Renewal> check(
            Situation situation, RenewalSettings settings, Optional<PersistentVolumeClaim> claim) {
        Optional<Instant> started = situation.startedAt().map(Instant::parse);
        Optional<Instant> known = known(situation, settings, claim);
        Optional<Instant> expiry = started.isEmpty()
                ? known
                : known.or(() -> settings.persistent() ? madeWith(claim) : madeWith(situation.pod()))
                        .map(before -> LeafCertificates.startedAt(started.get(), before, version(situation)));
        if (started.isEmpty() || expiry.isEmpty()) {
            return Outcome.of(new Renewal(expiry, Optional.empty()));
        }
        return check(situation, settings, expiry.get());
    }

    private static Outcome<Renewal> check(Situation situation, RenewalSettings settings, Instant expiry) {
        Instant now = situation.now();
        Instant announced = expiry.minus(ANNOUNCED);
        Outcome<Renewal> current = Outcome.of(new Renewal(Optional.of(expiry), Optional.empty()));
        if (now.isBefore(announced)) {
            return current.lookingAgain(Optional.of(announced));
        }
        if (!settings.persistent()) {
            return current.reporting(ConditionType.CertificatesCurrent, needed(situation, expiry));
        }
        Instant planned = settings.window()
                .map(window -> window.open(latest(now, expiry.minus(IN_A_WINDOW))))
                .orElse(expiry.minus(AT_ANY_TIME));
        boolean due = !planned.isAfter(now);
        return Outcome.of(new Renewal(Optional.of(expiry), Optional.of(expiry).filter(any -> due)))
                .reporting(ConditionType.CertificatesCurrent, planned(expiry, planned, settings, due))
                .lookingAgain(Optional.of(planned).filter(moment -> !due));
    }

    private static Verdict planned(Instant expiry, Instant planned, RenewalSettings settings, boolean due) {
        return Verdict.fails(
                Reason.RENEWAL_PLANNED,
                "The certificates that k3s makes for itself end at " + expiry + ". To renew them, the control plane is"
                        + " started anew " + (due ? "now" : "at " + planned)
                        + "; its API does not answer for some seconds then. "
                        + (settings.window().isPresent()
                                ? "To choose the time yourself, give the annotation "
                                : "To choose the time, set spec.maintenanceWindow, or give the annotation ")
                        + Annotations.RESTART + " another value");
    }

    private static Verdict needed(Situation situation, Instant expiry) {
        return Verdict.fails(
                Reason.RENEWAL_NEEDED,
                "The certificates that k3s makes for itself end at " + expiry + ", and with them the cluster. They are"
                        + " renewed when its container is restarted, which with Ephemeral storage is left to you:"
                        + " kubectl exec -n " + situation.sandbox().namespace() + " "
                        + situation.sandbox().podName() + " -c " + K3s.CONTAINER + " -- sh -c 'kill -TERM -1'");
    }

    /** What was written down: with the volume, or of the pod whose objects end with it. */
    private static Optional<Instant> known(
            Situation situation, RenewalSettings settings, Optional<PersistentVolumeClaim> claim) {
        Optional<String> reported = Optional.ofNullable(situation.previous().certificatesExpireAt());
        boolean samePod = situation
                .pod()
                .filter(pod ->
                        pod.getMetadata().getUid().equals(situation.previous().podUID()))
                .isPresent();
        return (settings.persistent()
                        ? reported.or(
                                () -> claim.flatMap(it -> Annotated.value(it, Annotations.CERTIFICATES_EXPIRE_AT)))
                        : reported.filter(any -> samePod))
                .flatMap(Times::of);
    }

    private static Optional<Instant> madeWith(Optional<? extends HasMetadata> place) {
        return place.map(object -> object.getMetadata().getCreationTimestamp())
                .map(Instant::parse)
                .map(LeafCertificates::madeAt);
    }

    private static String version(Situation situation) {
        return Optional.ofNullable(situation.previous().version()).orElse("");
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
