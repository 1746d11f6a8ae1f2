package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the sandbox's keys where it never had any, and otherwise looks whether they are in order. */
public final class KeysStage {

    private final VerifiedKeys verified = new VerifiedKeys();

    /**
     * Two requests at most, besides those of {@code formerLife}.
     *
     * @param formerLife finds what is left of the sandbox, or of one before it, on a volume
     */
    public Outcome<Keys> run(Round round, Supplier<FormerLife> formerLife) {
        Written<PkiState> state = HostObjects.attempt(() -> settle(round, formerLife.get()));
        return Outcome.of(state.object().map(Keys::of).orElse(Keys.NONE)).withProblem(state.problem());
    }

    private PkiState settle(Round round, FormerLife former) {
        Identity sandbox = round.sandbox();
        HostObjects host = round.host();
        Optional<Secret> secret = host.find(Secret.class, PkiSecret.name(sandbox));
        boolean started = former.present()
                || host.cached(StatefulSet.class, sandbox.name())
                        .filter(host::owns)
                        .isPresent();
        boolean owned = secret.filter(present -> host.owns(present) || former.possible() && sandbox.left(present))
                .isPresent();
        Optional<String> caHash = Optional.ofNullable(round.previous().caHash()).or(former::caHash);
        PkiState state = PkiState.of(secret, owned, caHash, started, verified::parse);
        if (state instanceof PkiState.Absent) {
            ClusterPki minted = ClusterPki.mint(sandbox.name(), round.now());
            host.create(PkiSecret.desired(sandbox, former.retained(), minted));
            return new PkiState.Present(minted);
        }
        if (state instanceof PkiState.Restored restored) {
            host.adopt(PkiSecret.desired(sandbox, former.retained(), restored.pki()));
        }
        if (state instanceof PkiState.Present present) {
            host.settleOwner(
                    secret.orElseThrow(),
                    PkiSecret.desired(sandbox, former.retained(), present.pki())
                            .getMetadata()
                            .getOwnerReferences());
        }
        return state;
    }
}
