package dev.sandboxcluster.operator.sandbox.probe;

import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.BIND;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.CREATED;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.GET_ACCOUNT;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.READYZ;
import static dev.sandboxcluster.operator.sandbox.probe.TestSandbox.UNBIND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.sandbox.Observation.Available;
import dev.sandboxcluster.operator.sandbox.Observation.Failing;
import dev.sandboxcluster.operator.sandbox.probe.TestSandbox.Reply;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When those who hold the kubeconfig are given their rights. */
class AdministratorBindingTest extends ProberFixture {

    private static final Reply FORBIDDEN =
            new Reply(403, "application/json", "{\"kind\":\"Status\",\"message\":\"cannot get path\"}");
    private static final Reply PRESENT = Reply.ok("{\"kind\":\"ServiceAccount\"}");

    private final AtomicBoolean bound = new AtomicBoolean();

    AdministratorBindingTest() {
        super(TestProber.PATIENT);
    }

    @BeforeEach
    void nobodyHasRights() {
        sandbox.answer(GET_ACCOUNT, number -> bound.get() ? PRESENT : FORBIDDEN);
        sandbox.answer(BIND, number -> {
            bound.set(true);
            return CREATED;
        });
    }

    @Test
    void atOnceAndWithoutASignOfItOutside() {
        probe.prober.watch(probe.id, sandbox.administered("localhost", "team"));

        probe.await(Available.class);
        await().untilAsserted(() -> assertThat(probe.changes).hasSize(1));
        assertThat(sandbox.requests(BIND)).isEqualTo(1);
        JsonObject binding = new JsonObject(sandbox.created.get(0));
        assertThat(binding.getJsonObject("roleRef").getString("name")).isEqualTo("cluster-admin");
        assertThat(binding.getJsonArray("subjects")).singleElement().asString().contains("Group", "team");
    }

    @Test
    void beforeTheApiServerIsReady() {
        sandbox.answer(READYZ, number -> number < 6 ? FORBIDDEN : TestSandbox.READY);
        AtomicInteger askedWhenBound = new AtomicInteger();
        sandbox.answer(BIND, number -> {
            askedWhenBound.set(sandbox.requests(READYZ));
            bound.set(true);
            return CREATED;
        });

        probe.prober.watch(probe.id, sandbox.administered("localhost", "team"));

        await().until(bound::get);
        assertThat(askedWhenBound).hasValueLessThan(6);
        probe.await(Available.class);
        assertThat(probe.changes)
                .noneMatch(seen -> seen instanceof Failing failing && failing.kind() == EndpointFailure.Forbidden);
    }

    @Test
    void inThePlaceOfABindingToAnotherRole() {
        sandbox.answer(BIND, number -> {
            if (number == 1) {
                return new Reply(422, "application/json", "{\"message\":\"cannot change roleRef\"}");
            }
            bound.set(true);
            return CREATED;
        });
        sandbox.answer(UNBIND, Reply.ok("{}"));

        probe.prober.watch(probe.id, sandbox.administered("localhost", "team"));

        probe.await(Available.class);
        assertThat(sandbox.requests(UNBIND)).isEqualTo(1);
    }

    @Test
    void neverWhereTheyHaveThem() {
        bound.set(true);

        probe.prober.watch(probe.id, sandbox.administered("localhost", "team"));

        await().until(() -> sandbox.requests(READYZ) > 5);
        assertThat(sandbox.requests(BIND)).isZero();
    }

    @Test
    void whatTheSandboxRefusesIsSaid() {
        sandbox.answer(
                BIND, new Reply(500, "application/json", "{\"message\":\"failed calling webhook a.example.com\"}"));

        assertThat(probe.awaitChange(sandbox.administered("localhost", "team")))
                .isInstanceOfSatisfying(Failing.class, failing -> assertThat(failing.message())
                        .contains("PATCH", "clusterrolebindings", "webhook"));
    }

    @Test
    void rightsThatDoNotTakeEffectAreNotGivenAgainAllTheTime() {
        sandbox.answer(BIND, CREATED);

        probe.prober.watch(probe.id, sandbox.administered("localhost", "team"));

        await().until(() -> sandbox.requests(GET_ACCOUNT) > 20);
        await().untilAsserted(() -> assertThat(probe.latest())
                .isInstanceOfSatisfying(
                        Failing.class, failing -> assertThat(failing.kind()).isEqualTo(EndpointFailure.NotReady)));
        assertThat(sandbox.requests(BIND)).isEqualTo(1);
    }
}
