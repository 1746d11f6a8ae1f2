package dev.sandboxcluster.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableTest {

    private final Locale usual = Locale.getDefault();

    @BeforeEach
    void whereTheDecimalPointIsAComma() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void asUsual() {
        Locale.setDefault(usual);
    }

    @Test
    void aRowHasMedianRangeAndNumberOfRuns() {
        Table table = new Table();
        table.row("start", Samples.of(6.123, 5.987, 6.5), "%.2f", "s");
        table.row("difference", Samples.of(0.25, -0.125), "%+.2f", "s", "goal ≤ 0.5 s");
        table.row("writes", Samples.of(0), "%.0f", "", "goal 0");

        assertThat(table.markdown()).isEqualTo("""
                | | median | min–max | n | |
                |---|---|---|---|---|
                | start | 6.12 s | 5.99–6.50 | 3 |  |
                | difference | +0.06 s | -0.13–+0.25 | 2 | goal ≤ 0.5 s |
                | writes | 0 | 0–0 | 1 | goal 0 |""");
    }
}
