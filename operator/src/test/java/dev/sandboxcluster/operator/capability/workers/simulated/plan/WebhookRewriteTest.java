package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Entry;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Kind;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Policy;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is changed in a webhook configuration, and what it is when it is put back. */
class WebhookRewriteTest {

    private static final Service SIMULATED = new Service("web", "simulated");
    private static final Service REAL = new Service("web", "real");
    private static final Service MIXED = new Service("web", "mixed");
    private static final Service EMPTY = new Service("web", "empty");
    private static final Service UNSEEN = new Service("web", "unseen");
    private static final Behind BEHIND =
            new Behind(Set.of(SIMULATED, MIXED, UNSEEN), Set.of(REAL, MIXED), Set.of(UNSEEN));
    private static final Policy FAIL = new Policy("Fail", 10);

    @Test
    void onlyThoseThatNobodyAnswersAreIgnored() {
        Callout callout = written(
                entry("a", SIMULATED, FAIL), entry("b", REAL, FAIL), entry("c", SIMULATED, new Policy("Ignore", 5)));

        WebhookRewrite rewrite = rewrite(callout, true).orElseThrow();

        assertThat(rewrite.set()).isEqualTo(Map.of("a", Policy.IGNORED, "c", Policy.IGNORED));
        assertThat(rewrite.note()).isEqualTo(Map.of("a", FAIL, "c", new Policy("Ignore", 5)));
        assertThat(rewrite.ignores()).isTrue();
        assertThat(rewrite.patch())
                .isEqualTo("{\"metadata\":{\"annotations\":{\"sandboxcluster.dev/webhooks-as-written\":"
                        + "\"{\\\"a\\\":{\\\"failurePolicy\\\":\\\"Fail\\\",\\\"timeoutSeconds\\\":10},"
                        + "\\\"c\\\":{\\\"failurePolicy\\\":\\\"Ignore\\\",\\\"timeoutSeconds\\\":5}}\"},"
                        + "\"resourceVersion\":\"7\"},"
                        + "\"webhooks\":[{\"failurePolicy\":\"Ignore\",\"name\":\"a\",\"timeoutSeconds\":1},"
                        + "{\"failurePolicy\":\"Ignore\",\"name\":\"c\",\"timeoutSeconds\":1}]}");
        assertThat(rewrite(rewrite.done("8"), true)).isEmpty();
    }

    @Test
    void asWrittenNothingIsChanged() {
        assertThat(rewrite(written(entry("a", SIMULATED, FAIL)), false)).isEmpty();
        assertThat(rewrite(written(entry("a", REAL, FAIL)), true)).isEmpty();
        assertThat(rewrite(written(entry("a", MIXED, FAIL)), true)).isEmpty();
        assertThat(rewrite(written(entry("a", EMPTY, FAIL)), true)).isEmpty();
    }

    @Test
    void whereAllWorkersAreSimulatedNobodyWaitsForPods() {
        assertThat(WebhookRewrite.of(written(entry("a", EMPTY, FAIL)), BEHIND, Ignored.ALL_BUT_ANSWERED))
                .hasValueSatisfying(rewrite -> assertThat(rewrite.set()).containsOnlyKeys("a"));
        assertThat(WebhookRewrite.of(written(entry("a", MIXED, FAIL)), BEHIND, Ignored.ALL_BUT_ANSWERED))
                .isEmpty();
    }

    @Test
    void oneWhosePodsAreBeingReplacedStaysIgnored() {
        assertThat(rewrite(noted(Map.of("a", FAIL), entry("a", EMPTY, Policy.IGNORED)), true))
                .isEmpty();
        assertThat(rewrite(noted(Map.of("a", FAIL), entry("a", MIXED, Policy.IGNORED)), true))
                .isPresent();
    }

    @Test
    void oneOfWhoseServiceNobodyKnowsStaysAsItIs() {
        for (Ignored ignored : List.of(Ignored.UNANSWERED, Ignored.ALL_BUT_ANSWERED)) {
            assertThat(WebhookRewrite.of(written(entry("a", UNSEEN, FAIL)), BEHIND, ignored))
                    .isEmpty();
            assertThat(WebhookRewrite.of(noted(Map.of("a", FAIL), entry("a", UNSEEN, Policy.IGNORED)), BEHIND, ignored))
                    .isEmpty();
            assertThat(WebhookRewrite.of(
                            noted(Map.of("a", FAIL), entry("a", UNSEEN, Policy.IGNORED), entry("b", SIMULATED, FAIL)),
                            BEHIND,
                            ignored))
                    .hasValueSatisfying(rewrite -> assertThat(rewrite.set()).containsOnlyKeys("b"))
                    .hasValueSatisfying(rewrite -> assertThat(rewrite.note()).isEqualTo(Map.of("a", FAIL, "b", FAIL)));
        }
        assertThat(rewrite(noted(Map.of("a", FAIL), entry("a", UNSEEN, Policy.IGNORED)), false))
                .hasValueSatisfying(rewrite -> assertThat(rewrite.set()).isEqualTo(Map.of("a", FAIL)));
        assertThat(BEHIND.unanswered(UNSEEN)).isFalse();
    }

    @Test
    void whatItsUserHasIgnoredIsNobodysBusiness() {
        Callout callout = written(entry("a", SIMULATED, Policy.IGNORED));

        assertThat(rewrite(callout, true)).isEmpty();
        assertThat(rewrite(callout, false)).isEmpty();
    }

    @Test
    void apiServicesAndConversionHaveNoPolicy() {
        for (Kind kind : List.of(Kind.APIService, Kind.CustomResourceDefinition)) {
            assertThat(rewrite(
                            new Callout(
                                    kind, "a", "7", false, false, Map.of(), List.of(entry("", SIMULATED, Policy.NONE))),
                            true))
                    .isEmpty();
        }
    }

    @Test
    void itIsPutBackWhenTheSwitchIsOrSomebodyAnswersOrAnotherIsAsked() {
        Map<String, Policy> note = Map.of("a", FAIL);
        WebhookRewrite switched = rewrite(noted(note, entry("a", SIMULATED, Policy.IGNORED)), false)
                .orElseThrow();
        assertThat(switched.set()).isEqualTo(note);
        assertThat(switched.note()).isEmpty();
        assertThat(switched.ignores()).isFalse();
        assertThat(switched.patch()).contains("\"sandboxcluster.dev/webhooks-as-written\":null");
        assertThat(rewrite(switched.done("8"), false)).isEmpty();

        assertThat(rewrite(noted(note, entry("a", REAL, Policy.IGNORED)), true)
                        .orElseThrow()
                        .set())
                .isEqualTo(note);
        assertThat(rewrite(noted(note, new Entry("a", Optional.empty(), Policy.IGNORED)), true)
                        .orElseThrow()
                        .set())
                .isEqualTo(note);
    }

    @Test
    void whatWasWrittenSinceIsWhatItIsPutBackTo() {
        Map<String, Policy> note = Map.of("a", FAIL);

        assertThat(rewrite(noted(note, entry("a", SIMULATED, new Policy("Fail", 1))), true)
                        .orElseThrow())
                .satisfies(again -> assertThat(again.set()).isEqualTo(Map.of("a", Policy.IGNORED)))
                .satisfies(again -> assertThat(again.note()).isEqualTo(note));
        assertThat(rewrite(noted(note, entry("a", SIMULATED, new Policy("Fail", 20))), true)
                        .orElseThrow()
                        .note())
                .isEqualTo(Map.of("a", new Policy("Fail", 20)));
        WebhookRewrite back = rewrite(noted(note, entry("a", SIMULATED, new Policy("Fail", 20))), false)
                .orElseThrow();
        assertThat(back.set()).isEmpty();
        assertThat(back.patch()).doesNotContain("\"webhooks\":");
    }

    @Test
    void aNoteThatSaysNothingGoes() {
        WebhookRewrite rewrite = WebhookRewrite.of(
                        new Callout(
                                Kind.MutatingWebhookConfiguration,
                                "hooks",
                                "7",
                                false,
                                true,
                                WebhookNote.read("nonsense"),
                                List.of(entry("a", SIMULATED, Policy.IGNORED))),
                        BEHIND,
                        Ignored.NONE)
                .orElseThrow();

        assertThat(rewrite.set()).isEmpty();
        assertThat(rewrite.note()).isEmpty();
    }

    @Test
    void aNoteIsReadAsFarAsItMayBe() {
        assertThat(WebhookNote.read(WebhookNote.text(Map.of("a", FAIL)))).isEqualTo(Map.of("a", FAIL));
        assertThat(WebhookNote.read(null)).isEmpty();
        assertThat(WebhookNote.read("[]")).isEmpty();
        assertThat(WebhookNote.read("{\"a\": 1, \"b\": {\"failurePolicy\": \"Never\", \"timeoutSeconds\": 1},"
                        + "\"c\": {\"failurePolicy\": \"Fail\", \"timeoutSeconds\": 31},"
                        + "\"d\": {\"failurePolicy\": \"Fail\", \"timeoutSeconds\": 30}}"))
                .isEqualTo(Map.of("d", new Policy("Fail", 30)));
    }

    private static Optional<WebhookRewrite> rewrite(Callout callout, boolean ignore) {
        return WebhookRewrite.of(callout, BEHIND, ignore ? Ignored.UNANSWERED : Ignored.NONE);
    }

    private static Callout written(Entry... entries) {
        return new Callout(Kind.ValidatingWebhookConfiguration, "hooks", "7", false, false, Map.of(), List.of(entries));
    }

    private static Callout noted(Map<String, Policy> note, Entry... entries) {
        return new Callout(Kind.ValidatingWebhookConfiguration, "hooks", "7", false, true, note, List.of(entries));
    }

    private static Entry entry(String name, Service service, Policy policy) {
        return new Entry(name, Optional.of(service), policy);
    }
}
