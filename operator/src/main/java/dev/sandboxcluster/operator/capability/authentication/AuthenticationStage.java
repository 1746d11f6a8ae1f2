package dev.sandboxcluster.operator.capability.authentication;

import dev.sandboxcluster.operator.host.Round;
import dev.sandboxcluster.operator.host.Written;
import dev.sandboxcluster.operator.sandbox.Reloads;
import dev.sandboxcluster.operator.sandbox.probe.ProbeEventSource;
import dev.sandboxcluster.operator.verdict.Outcome;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.Optional;

/** Tells the API server whose tokens to accept, and says whether it does. */
public final class AuthenticationStage {

    private final ProbeEventSource probes;

    /** @param probes who looks at the API server, beside the reconciler */
    public AuthenticationStage(ProbeEventSource probes) {
        this.probes = probes;
    }

    /** Writes the file that the API server reads; one request at most. The value: what is there now. */
    public static Outcome<Optional<ConfigMap>> configure(Round round, AuthenticationSettings settings) {
        Written<ConfigMap> written = round.host().tryApply(AuthenticationConfigMap.desired(round.sandbox(), settings));
        return Outcome.of(written.object()).withProblem(written.problem());
    }

    /**
     * Looks whether the API server uses it; no request.
     *
     * @param config what is there
     * @param answers whether the API server answers the operator
     */
    public Outcome<Void> look(
            Round round, AuthenticationSettings settings, Optional<ConfigMap> config, boolean answers) {
        Optional<Reloads> reloads = answers ? probes.reloads(round.id()) : Optional.empty();
        Outcome<Void> looked = AuthenticationCheck.check(round.situation(), settings, config, answers, reloads);
        probes.wantReloads(round.id(), looked.conditions().values().stream().anyMatch(verdict -> !verdict.met()));
        return looked;
    }
}
