package dev.sandboxcluster.operator.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A name belongs to the one sandbox whose name and namespace it begins with. */
class RouteTableTest {

    private final RouteTable table = new RouteTable();

    @Test
    void namesBelongToThoseWhoseNameTheyBeginWith() {
        put(
                "a",
                "team",
                "1",
                "a.team.example.com",
                "A.Team.other.example.com",
                "b.team.example.com",
                "team.example.com");
        put("b", "team", "2", "a.team.third.example.com");

        assertThat(owner("a.team.example.com")).isEqualTo("1");
        assertThat(owner("a.team.other.example.com")).isEqualTo("1");
        for (String nobodys : List.of(
                "b.team.example.com",
                "team.example.com",
                "a.team.third.example.com",
                "a.team",
                "a",
                "",
                ".",
                "..",
                "a..b",
                "a.team.example.com.",
                "x".repeat(300) + ".team.example.com")) {
            assertThat(owner(nobodys)).as(nobodys).isEmpty();
        }
    }

    @Test
    void quietNamesAreQuiet() {
        put("a", "team", "1", "a.team.example.com");

        assertThat(table.find("a.team.quiet.example.com").orElseThrow().quiet()).isTrue();
        assertThat(table.find("a.team.example.com").orElseThrow().quiet()).isFalse();
    }

    @Test
    void whatIsMadeAnewIsAnother() {
        List<String> told = new ArrayList<>();
        table.listen(id -> told.add(id.uid()));
        put("a", "team", "1", "a.team.example.com");
        put("a", "team", "1", "a.team.example.com");
        put("a", "team", "2", "a.team.example.com");

        assertThat(told).as("what is as before is no news").containsExactly("1", "1", "2");
        assertThat(table.get(new Route.Id("team", "a", "1"))).isEmpty();
        table.remove(new Route.Id("team", "a", "1"));
        assertThat(owner("a.team.example.com")).as("late news").isEqualTo("2");
        table.remove(new Route.Id("team", "a", "2"));
        assertThat(owner("a.team.example.com")).isEmpty();
        assertThat(table.size()).isZero();
    }

    @Test
    void anObjectIsReadAsFarAsItCanBe() {
        SandboxClusterRoute object = object("a", "team", "1");
        object.getMetadata().setGeneration(5L);
        object.setSpec(new SandboxClusterRouteSpec(
                List.of("A.team.example.com"),
                null,
                List.of("10.0.0.1:6443", "[fd00::1]:443", "db.example.com:443", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:x"),
                State.Dozing,
                5,
                null));
        object.setStatus(new SandboxClusterRouteStatus("2030-01-01T00:00:00Z", 4L));

        Route route = RouteReader.read(object);
        assertThat(route.serverNames()).containsExactly("a.team.example.com");
        assertThat(route.addresses())
                .extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("10.0.0.1", "fd00:0:0:0:0:0:0:1");
        assertThat(route.reportEvery()).isEqualTo(Duration.ofSeconds(5));
        assertThat(route.lastUsedAt()).contains(Instant.parse("2030-01-01T00:00:00Z"));
        assertThat(route.demanded()).isFalse();

        object.setSpec(null);
        object.setStatus(null);
        Route empty = RouteReader.read(object);
        assertThat(empty.state()).isEqualTo(State.Stopped);
        assertThat(empty.addresses()).isEmpty();
        assertThat(empty.reportEvery()).isEqualTo(Duration.ofMinutes(1));
    }

    private String owner(String serverName) {
        return table.find(serverName).map(named -> named.id().uid()).orElse("");
    }

    private void put(String name, String namespace, String uid, String... serverNames) {
        SandboxClusterRoute object = object(name, namespace, uid);
        object.getMetadata().setGeneration(1L);
        object.setSpec(new SandboxClusterRouteSpec(
                List.of(serverNames),
                List.of(name + "." + namespace + ".quiet.example.com"),
                List.of(),
                State.Awake,
                null,
                null));
        table.put(RouteReader.read(object));
    }

    private static SandboxClusterRoute object(String name, String namespace, String uid) {
        SandboxClusterRoute object = new SandboxClusterRoute();
        object.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .withUid(uid)
                .build());
        return object;
    }
}
