package dev.sandboxcluster.operator.capability.keys;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.operator.credentials.ClusterPki;
import dev.sandboxcluster.operator.host.HostObjects;
import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the sandbox's keys where it never had any, and otherwise looks whether they are in order. */
public final class KeysStage {

    private final VerifiedKeys verified = new VerifiedKeys();

    /**
     * Three requests at most, besides those of {@code formerLife}.
     *
     * @param formerLife finds what is left of the sandbox, or of one before it, on a volume
     */
    public Outcome<Keys> run(Round round, Supplier<FormerLife> formerLife) {
        Written<PkiState> state = HostObjects.attempt(() -> settle(round, formerLife.get()));
        return Outcome.of(state.object().map(Keys::of).orElse(Keys.NONE)).withProblem(state.problem());
    }

    /**
     * Keys that nobody owns are used only if something else than a Secret speaks for them: what was published, or is said
     * on the SandboxCluster or the volume; or the StatefulSet that they were started with. Who can make that can read all
     * Secrets of the namespace.
     */
    private PkiState settle(Round round, FormerLife former) {
        Identity sandbox = round.sandbox();
        HostObjects host = round.host();
        Optional<StatefulSet> controlPlane =
                host.takeOver(StatefulSet.class, sandbox.name(), present -> PkiSecret.isMountedBy(present, sandbox));
        Optional<String> caHash = Optional.ofNullable(round.previous().caHash())
                .or(former::caHash)
                .or(() -> round.situation().annotation(Annotations.CA_HASH));
        boolean known = caHash.isPresent() || controlPlane.isPresent();
        if (!known
                && !former.present()
                && host.cached(Secret.class, PkiSecret.name(sandbox)).isEmpty()) {
            Optional<ClusterPki> first = mintFirst(round, former);
            if (first.isPresent()) {
                return new PkiState.Present(first.get());
            }
        }
        Optional<Secret> secret = host.find(Secret.class, PkiSecret.name(sandbox));
        boolean owned = secret.filter(present ->
                        host.owns(present) || PkiSecret.isMadeFor(present, sandbox) || known && host.left(present))
                .isPresent();
        PkiState state =
                PkiState.of(secret, owned, caHash, former.present() || controlPlane.isPresent(), verified::parse);
        if (state instanceof PkiState.Absent) {
            return new PkiState.Present(mint(round, former));
        }
        if (state instanceof PkiState.Restored restored) {
            host.adopt(PkiSecret.desired(sandbox, former.retained(), restored.pki()));
        }
        if (state instanceof PkiState.Present present) {
            Secret settled = host.settleOwner(
                    secret.orElseThrow(),
                    PkiSecret.desired(sandbox, former.retained(), present.pki())
                            .getMetadata()
                            .getOwnerReferences());
            // Releases before this one set it, and the Secret is never applied.
            host.withoutLabel(settled, Identity.INSTANCE, sandbox.name());
        }
        return state;
    }

    /** Most have none yet: to ask first would be a request for each. Empty: there is a Secret of that name. */
    private static Optional<ClusterPki> mintFirst(Round round, FormerLife former) {
        try {
            return Optional.of(mint(round, former));
        } catch (KubernetesClientException taken) {
            if (taken.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw taken;
            }
            return Optional.empty();
        }
    }

    private static ClusterPki mint(Round round, FormerLife former) {
        ClusterPki minted = ClusterPki.mint(round.sandbox().name(), round.now());
        round.host().create(PkiSecret.desired(round.sandbox(), former.retained(), minted));
        return minted;
    }
}
