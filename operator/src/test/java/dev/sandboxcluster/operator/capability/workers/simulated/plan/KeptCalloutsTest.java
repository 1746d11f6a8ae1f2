package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Entry;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Kind;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Policy;
import dev.sandboxcluster.operator.capability.workers.simulated.plan.Callout.Service;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much the operator remembers of what a sandbox has. */
class KeptCalloutsTest {

    private final KeptCallouts kept = new KeptCallouts();

    @Test
    void ofManyObjectsSomeAreKept() {
        IntStream.range(0, 200).forEach(number -> kept.add(callout("c" + number, 1)));
        assertThat(kept.complete()).isTrue();

        kept.add(callout("one-more", 1));

        assertThat(kept.all()).hasSize(200).extracting(Callout::name).doesNotContain("one-more");
        assertThat(kept.complete()).isFalse();
    }

    @Test
    void ofManyEntriesTooWhoeverHasThem() {
        kept.add(callout("large", 1900));
        kept.add(callout("larger", 5000));
        assertThat(kept.complete()).isFalse();
        kept.add(callout("small", 100));
        kept.add(callout("one-more", 1));

        assertThat(kept.all()).extracting(Callout::name).containsExactly("large", "small");
    }

    @Test
    void whatIsNotedCountsToo() {
        IntStream.range(0, 200).forEach(number -> kept.add(noted("c" + number, 100, 0)));

        assertThat(kept.all()).hasSize(20);
        assertThat(kept.complete()).isFalse();
        assertThat(kept.owing()).isTrue();
    }

    @Test
    void whatTheOperatorChangedIsKeptBeforeAllElse() {
        IntStream.range(0, 300).forEach(number -> kept.add(callout("c" + number, 1)));

        kept.add(noted("ours", 2, 50));

        assertThat(kept.all())
                .hasSize(200)
                .satisfies(all -> assertThat(all.get(0).name()).isEqualTo("ours"))
                .satisfies(all -> assertThat(all.get(0).entries()).hasSize(50))
                .extracting(Callout::name)
                .contains("c198")
                .doesNotContain("c199");
        assertThat(kept.complete()).isFalse();
        assertThat(kept.owing()).isFalse();
    }

    @Test
    void ofOneThatHasTooManyEntriesWhatIsNotedIsKept() {
        kept.add(callout("large", 2000));
        kept.add(noted("ours", 2, 5000));

        assertThat(kept.all()).extracting(Callout::name).containsExactly("ours");
        assertThat(kept.all().get(0).entries()).extracting(Entry::name).containsExactly("e0", "e1");
        assertThat(kept.complete()).isFalse();
        assertThat(kept.owing()).isFalse();
    }

    @Test
    void oneForWhichThereIsNoRoomIsOwed() {
        IntStream.range(0, 200).forEach(number -> kept.add(noted("c" + number, 1, 1)));
        assertThat(kept.complete()).isTrue();

        kept.add(callout("other", 1));
        assertThat(kept.owing()).isFalse();
        kept.add(noted("one-more", 1, 1));

        assertThat(kept.owing()).isTrue();
        assertThat(kept.all()).hasSize(200);
    }

    @Test
    void aServiceHasANameThatCanBe() {
        assertThat(Service.of("charted", "hello-operator")).contains(new Service("charted", "hello-operator"));
        assertThat(Service.of("a".repeat(63), "b".repeat(63))).isPresent();
        assertThat(Service.of("a".repeat(64), "b")).isEmpty();
        assertThat(Service.of("a", "b".repeat(64))).isEmpty();
        assertThat(Service.of("a/b", "c")).isEmpty();
        assertThat(Service.of(null, "c")).isEmpty();
        assertThat(Service.of("a", null)).isEmpty();
    }

    @Test
    void aNoteHasNoLongNames() {
        String name = "a".repeat(254);

        assertThat(WebhookNote.read(WebhookNote.text(Map.of(name, new Policy("Fail", 10)))))
                .isEmpty();
        assertThat(WebhookNote.read(WebhookNote.text(Map.of(name.substring(1), new Policy("Fail", 10)))))
                .hasSize(1);
    }

    private static Callout callout(String name, int entries) {
        return new Callout(Kind.ValidatingWebhookConfiguration, name, "7", false, false, Map.of(), entries(entries));
    }

    private static List<Entry> entries(int count) {
        return IntStream.range(0, count)
                .mapToObj(number ->
                        new Entry("e" + number, Optional.of(new Service("web", "s" + number)), new Policy("Fail", 10)))
                .toList();
    }

    private static Callout noted(String name, int webhooks, int entries) {
        return new Callout(
                Kind.ValidatingWebhookConfiguration,
                name,
                "7",
                false,
                true,
                IntStream.range(0, webhooks)
                        .boxed()
                        .collect(Collectors.toMap(number -> "e" + number, number -> new Policy("Fail", 10))),
                entries(entries));
    }
}
