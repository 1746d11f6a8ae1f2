package dev.sandboxcluster.operator.capability.doze.session;

import dev.sandboxcluster.operator.capability.doze.plan.Order;
import dev.sandboxcluster.operator.k3s.K3s;
import dev.sandboxcluster.operator.objects.Identity;
import dev.sandboxcluster.operator.verdict.Line;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** By a shell in the control plane's container: the right to {@code pods/exec} is all it takes. */
public final class PodSignals implements Signals {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LONGEST = 256;

    private final KubernetesClient client;

    /** @param client of the host cluster */
    public PodSignals(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<String> send(Identity sandbox, Order order) {
        Said said = new Said();
        try (ExecWatch shell = client.pods()
                .inNamespace(sandbox.namespace())
                .withName(sandbox.podName())
                .inContainer(K3s.CONTAINER)
                .writingOutput(OutputStream.nullOutputStream())
                .writingError(said)
                .exec(order.command().toArray(String[]::new))) {
            int status = shell.exitCode().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return Optional.of("the shell in the pod ended with status " + status + said.colon())
                    .filter(any -> status != 0);
        } catch (KubernetesClientException refused) {
            return failure(refused);
        } catch (ExecutionException broken) {
            return failure(broken.getCause());
        } catch (TimeoutException late) {
            return Optional.of("the shell in the pod did not end within " + PATIENCE.toSeconds() + " s");
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return Optional.of("the operator ends");
        }
    }

    private static Optional<String> failure(Throwable cause) {
        return Optional.of(Line.of(String.valueOf(cause.getMessage()), LONGEST));
    }

    /** The beginning of what a stranger's shell says. */
    private static final class Said extends OutputStream {

        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int one) {
            if (kept.size() < LONGEST) {
                kept.write(one);
            }
        }

        synchronized String colon() {
            String text = Line.of(kept.toString(StandardCharsets.UTF_8), LONGEST);
            return text.isBlank() ? "" : ": " + text;
        }
    }
}
