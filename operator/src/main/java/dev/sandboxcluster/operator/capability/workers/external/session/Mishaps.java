package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.Refusal;
import dev.sandboxcluster.operator.sandbox.session.AllowanceExceededException;
import dev.sandboxcluster.operator.sandbox.session.SandboxSession;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What failed in a pass. One object that is malformed, or that a webhook or quota of the sandbox keeps from being
 * written, must not hold up the others.
 */
final class Mishaps {

    private static final Logger LOG = LoggerFactory.getLogger(Mishaps.class);

    private final List<Refusal> objects = new ArrayList<>();
    private String step;

    /** Does something about one object. */
    void guard(String object, Runnable work) {
        try {
            work.run();
        } catch (AllowanceExceededException e) {
            throw e;
        } catch (KubernetesClientException e) {
            ofOneObject(e).ifPresent(why -> note(object, why));
        } catch (RuntimeException e) {
            LOG.debug("{}", object, e);
            note(object, "the operator fails: " + e);
        }
    }

    /**
     * What the sandbox refused about an object; empty: somebody else was faster, and the next pass sees what is there.
     *
     * @throws KubernetesClientException if nobody answers, which is no matter of one object
     */
    static Optional<String> ofOneObject(KubernetesClientException failure) {
        if (SandboxSession.isUnanswered(failure)) {
            throw failure;
        }
        return failure.getCode() == HttpURLConnection.HTTP_CONFLICT
                        || failure.getCode() == HttpURLConnection.HTTP_NOT_FOUND
                ? Optional.empty()
                : Optional.of(SandboxSession.message(failure));
    }

    /** Does something that concerns the sandbox as a whole, and others can do without; gives whether that went well. */
    boolean step(Runnable work) {
        try {
            work.run();
            return true;
        } catch (KubernetesClientException e) {
            if (SandboxSession.isUnanswered(e)) {
                throw e;
            }
            step = step == null ? SandboxSession.message(e) : step;
            return false;
        }
    }

    private void note(String object, String why) {
        objects.add(new Refusal(
                object, Optional.empty(), NodeReason.NOT_LOOKED_AFTER, "The operator can't look after it: " + why));
    }

    /** Objects that were not looked after. */
    List<Refusal> objects() {
        return objects;
    }

    /** What the sandbox forbade of what it needs as a whole; empty: nothing. */
    Optional<String> refused() {
        return Optional.ofNullable(step);
    }
}
