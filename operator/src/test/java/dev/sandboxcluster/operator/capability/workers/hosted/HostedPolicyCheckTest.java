package dev.sandboxcluster.operator.capability.workers.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.operator.config.OperatorConfig;
import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostedPolicyCheckTest {

    private static final List<RuntimeClass> THERE =
            List.of(runtimeClass("kata", "kata"), runtimeClass("secure", "runsc"), runtimeClass("runc", "runc"));

    @Test
    void whatIsPrivilegedHasToBeAllowed() {
        assertThat(check("count: 1", false)).contains("PrivilegedNotAllowed");
        assertThat(check("{count: 1, runtimeClassName: \"\"}", false)).contains("PrivilegedNotAllowed");
        assertThat(check("{count: 1, runtimeClassName: runc}", false)).contains("PrivilegedNotAllowed");
        assertThat(check("count: 0", false)).contains("PrivilegedNotAllowed");
        assertThat(check("{count: 1, runtimeClassName: kata}", false)).isEmpty();
        assertThat(check("count: 1", true)).isEmpty();
        assertThat(check("{count: 1, runtimeClassName: runc}", true)).isEmpty();
    }

    @Test
    void gvisorCanRunNoKubelet() {
        assertThat(check("{count: 1, runtimeClassName: secure}", true)).contains("RuntimeClassUnsuitable");
        assertThat(check("{count: 1, runtimeClassName: gvisor}", true)).contains("RuntimeClassUnsuitable");
        assertThat(HostedPolicyCheck.check(settings("{count: 1, runtimeClassName: gvisor}", true), Optional.empty())
                        .map(Verdict::reason))
                .as("where RuntimeClasses can't be read, the name tells")
                .contains("RuntimeClassUnsuitable");
    }

    @Test
    void aRuntimeClassThatIsNotThereIsNamed() {
        assertThat(check("{count: 1, runtimeClassName: kata-qemu}", true)).contains("RuntimeClassNotFound");
        assertThat(HostedPolicyCheck.check(
                        settings("{count: 1, runtimeClassName: kata-qemu}", false), Optional.empty()))
                .isEmpty();
    }

    private static Optional<String> check(String hosted, boolean allowed) {
        return HostedPolicyCheck.check(settings(hosted, allowed), Optional.of(THERE))
                .map(Verdict::reason);
    }

    private static HostedSettings settings(String hosted, boolean allowed) {
        SandboxClusterSpec spec = Serialization.unmarshal(
                "workers: {hosted: " + (hosted.startsWith("{") ? hosted : "{" + hosted + "}") + "}",
                SandboxClusterSpec.class);
        return HostedSettings.of(
                        spec,
                        "rancher/k3s:v1.33.5-k3s1",
                        OperatorConfig.from(Map.of("HOSTED_WORKERS_PRIVILEGED", String.valueOf(allowed)))
                                .hosted())
                .orElseThrow();
    }

    private static RuntimeClass runtimeClass(String name, String handler) {
        return new RuntimeClassBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withHandler(handler)
                .build();
    }
}
