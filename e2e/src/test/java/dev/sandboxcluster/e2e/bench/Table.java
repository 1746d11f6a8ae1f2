package dev.sandboxcluster.e2e.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was measured, as Markdown: a row each. */
final class Table {

    private final List<String> rows = new ArrayList<>();

    /**
     * Adds a row.
     *
     * @param format of the figures, as of {@link String#format}
     * @param unit of the figures; empty if they have none
     */
    void row(String what, Samples samples, String format, String unit) {
        row(what, samples, format, unit, "");
    }

    void row(String what, Samples samples, String format, String unit, String remark) {
        String figures = format + (unit.isEmpty() ? "" : " " + unit) + " | " + format + "–" + format + " | %d";
        String row = "| %s | %s | %s |"
                .formatted(
                        what,
                        String.format(
                                Locale.ROOT, figures, samples.median(), samples.min(), samples.max(), samples.count()),
                        remark);
        rows.add(row);
        // A measurement takes long, and what follows may fail.
        Lab.say("%s", row);
    }

    String markdown() {
        return Stream.concat(Stream.of("| | median | min–max | n | |", "|---|---|---|---|---|"), rows.stream())
                .collect(Collectors.joining("\n"));
    }
}
