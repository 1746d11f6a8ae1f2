package dev.sandboxcluster.operator.sandbox.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {

    private final List<String> ran = new ArrayList<>();
    private final Slots slots = new Slots(1);

    @Test
    void whoWaitsRunsInTurnAsSlotsAreReleased() {
        run("first");
        run("second");
        run("third");
        assertThat(ran).containsExactly("first");

        slots.release();
        assertThat(ran).containsExactly("first", "second");
        slots.release();
        slots.release();
        run("fourth");
        assertThat(ran).containsExactly("first", "second", "third", "fourth");
    }

    @Test
    void onceClosedNobodyRuns() {
        run("first");
        run("second");

        slots.close();
        slots.release();
        run("third");

        assertThat(ran).containsExactly("first");
    }

    private void run(String name) {
        slots.acquire(() -> ran.add(name));
    }
}
