package dev.sandboxcluster.operator.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a heap counts as crowded. */
class HeapTest {

    private static final long MIB = 1024 * 1024;

    @Test
    void whereTheCollectorWaitsAsLongAsItWantsThereIsRoom() {
        assertThat(Heap.of(110 * MIB, 154 * MIB, 819 * MIB)).isEqualTo(Heap.ROOMY);
    }

    @Test
    void whereTheLimitMakesItRunSoonerThereStillIs() {
        assertThat(Heap.of(610 * MIB, 760 * MIB, 819 * MIB)).isEqualTo(Heap.ROOMY);
    }

    @Test
    void whereItDoesNotWaitAtAllThereIsNone() {
        assertThat(Heap.of(157 * MIB, 160 * MIB, 180 * MIB)).isEqualTo(new Heap(true, 157, 180));
    }

    @Test
    void liveMayEvenBeMoreThanTheGoal() {
        assertThat(Heap.of(610 * MIB, 150 * MIB, 180 * MIB)).isEqualTo(new Heap(true, 610, 180));
    }
}
