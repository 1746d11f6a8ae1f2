package dev.sandboxcluster.operator.capability.doze;

import dev.sandboxcluster.api.v1alpha1.ConditionType;
import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteStatus;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterStatus;
import dev.sandboxcluster.operator.capability.doze.plan.Execution;
import dev.sandboxcluster.operator.objects.Situation;
import dev.sandboxcluster.operator.objects.Situations;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A sandbox that nobody has used for two hours, as a test changes it. */
abstract class SleepFixture {

    static final String SPEC = "expose: {type: Router}\nlifetime: {dozeAfter: 10m}";
    static final Instant STARTED = Instant.parse("2026-11-26T08:00:00Z");
    static final Instant READY = Instant.parse("2026-11-26T08:01:00Z");
    static final Instant LATER = Instant.parse("2026-11-26T10:00:00Z");
    static final long GENERATION = 7;

    String spec = SPEC;
    boolean permitted = true;
    boolean workers;
    Instant now = LATER;
    Optional<Pod> pod = Optional.of(pod("c1"));
    long observed = 3;
    List<Condition> conditions =
            List.of(condition(ConditionType.Ready, "True", READY), condition(ConditionType.UpToDate, "True", READY));
    Optional<SandboxClusterRoute> route = Optional.of(route(State.Awake, null, null, null));
    Optional<Instant> fellAsleepAt = Optional.empty();
    Optional<Instant> routedSince = Optional.of(STARTED);
    Optional<Execution> last = Optional.empty();
    Optional<Execution> refusal = Optional.empty();

    DozeSettings settings() {
        return DozeSettings.of(Serialization.unmarshal(spec, SandboxClusterSpec.class), permitted, workers);
    }

    Situation situation() {
        SandboxClusterStatus previous = new SandboxClusterStatus(
                observed,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                conditions);
        return Situations.of(3, previous, pod, now);
    }

    Known known() {
        return new Known(route, fellAsleepAt, routedSince, last, refusal);
    }

    static Pod pod(String containerID) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("demo-0")
                .withCreationTimestamp(STARTED.toString())
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("k3s")
                .endContainer()
                .endSpec()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("k3s")
                .withContainerID(containerID)
                .withStarted(true)
                .withNewState()
                .withNewRunning(STARTED.toString())
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    static SandboxClusterRoute route(State state, String containerID, String lastUsedAt, Long demanded) {
        SandboxClusterRoute route = new SandboxClusterRoute();
        route.setMetadata(new ObjectMetaBuilder().withGeneration(GENERATION).build());
        route.setSpec(new SandboxClusterRouteSpec(List.of(), List.of(), List.of(), state, 60, containerID));
        route.setStatus(new SandboxClusterRouteStatus(lastUsedAt, demanded));
        return route;
    }

    static Condition outdated() {
        return unmet(ConditionType.UpToDate, Reason.OUTDATED);
    }

    static Condition unmet(ConditionType type, String reason) {
        return new ConditionBuilder(condition(type, "False", READY))
                .withReason(reason)
                .build();
    }

    static Condition condition(ConditionType type, String status, Instant since) {
        return new ConditionBuilder()
                .withType(type.name())
                .withStatus(status)
                .withReason("Some")
                .withMessage("")
                .withLastTransitionTime(since.toString())
                .build();
    }
}
