package dev.sandboxcluster.operator.capability.storage;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.capability.exposure.Exposed;
import dev.sandboxcluster.operator.capability.keys.FormerLife;
import dev.sandboxcluster.operator.capability.keys.Keys;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.sandbox.Observation;
import dev.sandboxcluster.operator.verdict.Outcome;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Claims the volume of a Persistent sandbox, and says whether what is written to it is kept. */
public final class StorageStage {

    /** With these the volume stays as it is. */
    private static final Set<String> REFUSALS = Set.of(Reason.HOST_API_REFUSED, Reason.QUOTA_EXCEEDED);

    private StorageStage() {}

    /** What is there of the sandbox from before; one request at most. */
    public static FormerLife formerLife(Round round, StorageSettings settings) {
        if (settings.claim().isEmpty()) {
            return FormerLife.NONE;
        }
        Optional<PersistentVolumeClaim> claim = round.host()
                .find(PersistentVolumeClaim.class, VolumeClaim.name(round.sandbox()))
                .filter(present -> mine(round, present));
        return new FormerLife(settings.claim().get().retained(), claim.isPresent(), claim.flatMap(VolumeClaim::caHash));
    }

    /** Claims the volume once there are keys; two requests at most. */
    public static Outcome<Stored> claim(Round round, StorageSettings settings, Keys keys) {
        if (settings.claim().isEmpty()) {
            return Outcome.of(Stored.IN_THE_POD);
        }
        String name = VolumeClaim.name(round.sandbox());
        if (keys.pki().isEmpty()) {
            return Outcome.of(
                    new Stored(round.host().cached(PersistentVolumeClaim.class, name), Optional.empty(), false));
        }
        Stored stored = stored(round, settings.claim().get(), keys.pki().get());
        return Outcome.of(stored).withProblem(stored.flaw().filter(flaw -> !stored.ready()));
    }

    /** Whether a sandbox on a volume has an address to call its own: the Service's, which outlives the pod. */
    public static Outcome<Void> addressable(StorageSettings settings, Exposed exposed) {
        return Outcome.written(exposed.addresses()
                .filter(known -> settings.persistent() && known.clusterIp().isEmpty())
                .map(known -> Verdict.fails(
                        Reason.IPV4_REQUIRED,
                        "The Service has no IPv4 address, and k3s needs one. On a host cluster with dual-stack networking,"
                                + " delete the Service: the operator makes it anew, with an IPv4 address")));
    }

    private static Stored stored(Round round, StorageSettings.Claim wanted, ClusterPki pki) {
        Optional<PersistentVolumeClaim> existing =
                round.host().find(PersistentVolumeClaim.class, VolumeClaim.name(round.sandbox()));
        String known = round.previous().volumeClaimName();
        if (existing.isEmpty() && round.previous().readyAt() != null && known != null) {
            return new Stored(Optional.empty(), Optional.of(StorageCheck.missing(known)), false);
        }
        Written<PersistentVolumeClaim> written = round.host()
                .tryApply(
                        VolumeClaim.desired(
                                round.sandbox(),
                                wanted,
                                pki.caHash(),
                                existing,
                                Optional.ofNullable(round.previous().certificatesExpireAt())),
                        claim -> mine(round, claim));
        Optional<Verdict> refusal = written.problem().filter(problem -> REFUSALS.contains(problem.reason()));
        return existing.isPresent() && refusal.isPresent()
                ? new Stored(existing, refusal.map(problem -> StorageCheck.expansionRefused(problem.message())), true)
                : new Stored(
                        written.object(), written.problem(), written.object().isPresent());
    }

    /**
     * Looks at volume and objects; a request where the volume does not come, or does not grow.
     *
     * @param url the published one
     * @param observation what the operator last saw there
     */
    public static Outcome<Stored> look(
            Round round,
            StorageSettings settings,
            Stored stored,
            Optional<String> url,
            Optional<Observation> observation) {
        List<PersistentVolumeClaim> awaited = stored.claim().stream()
                .filter(claim -> !"Bound".equals(claim.getStatus().getPhase()) || ExpansionCheck.outstanding(claim))
                .toList();
        return StorageCheck.check(round.situation(), settings, stored, url, observation, round.warningsAbout(awaited))
                .unclear(round.unclear(awaited));
    }

    /** Whether a claim belongs to this SandboxCluster, or was kept for it by a deleted one. */
    private static boolean mine(Round round, PersistentVolumeClaim claim) {
        return round.host().owns(claim) || round.host().left(claim);
    }
}
