package dev.sandboxcluster.operator.capability.workers.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.HostedPublication;
import dev.sandboxcluster.operator.capability.workers.external.plan.Forwarded;
import dev.sandboxcluster.operator.capability.workers.external.plan.Publication;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublishedCheckTest {

    private static final Identity SANDBOX = new Identity("demo", "previews", "1");
    private static final Published WEB = new Published(
            new Publication("web", "default", "shop", 80), HostedPublication.Type.ClusterIP, Optional.empty());
    private static final Map<String, Integer> BEFORE = Map.of("web", 31080, "old", 31081);

    @Test
    void whatNodesForwardIsPublished() {
        assertThat(PublishedCheck.ports(List.of(WEB), report(true, Forwarded.at("web", 30001)), true, BEFORE))
                .containsExactly(Map.entry("web", 30001));
    }

    @Test
    void whatTheyDoNotForwardIsNot() {
        assertThat(PublishedCheck.ports(List.of(WEB), report(true, Forwarded.not("web", "gone")), true, BEFORE))
                .isEmpty();
        assertThat(PublishedCheck.ports(List.of(WEB), report(true), true, BEFORE))
                .isEmpty();
    }

    @Test
    void asLongAsNobodyKnowsItStays() {
        assertThat(PublishedCheck.ports(List.of(WEB), report(false), true, BEFORE))
                .containsExactly(Map.entry("web", 31080));
        assertThat(PublishedCheck.ports(List.of(WEB), report(true), false, BEFORE))
                .containsExactly(Map.entry("web", 31080));
        assertThat(PublishedCheck.ports(
                        List.of(WEB),
                        report(true, Forwarded.at("web", 30001)).failed("SandboxTooSlow", "it is slow"),
                        true,
                        BEFORE))
                .as("what was found last")
                .containsExactly(Map.entry("web", 30001));
    }

    @Test
    void aServiceThatIsNotWantedLeadsNowhere() {
        Service open = PublishingService.desired(SANDBOX, WEB, Optional.of(31080), Optional.empty());
        assertThat(PublishingService.forwards(SANDBOX, open)).contains(31080);

        Service withdrawn = PublishingService.withdrawn(SANDBOX, open);
        assertThat(PublishingService.forwards(SANDBOX, withdrawn)).isEmpty();
        assertThat(withdrawn.getMetadata()).isEqualTo(open.getMetadata());
        assertThat(withdrawn.getSpec().getSelector())
                .as("which pods of hosted workers haven't")
                .containsAllEntriesOf(open.getSpec().getSelector())
                .hasSize(2);
        assertThat(PublishingService.desired(SANDBOX, WEB, Optional.empty(), Optional.of(open)))
                .isEqualTo(withdrawn);
    }

    private static WorkerReport report(boolean current, Forwarded... forwarded) {
        return new WorkerReport(Map.of(), List.of(), List.of(), List.of(forwarded), current, Optional.empty());
    }
}
