package dev.sandboxcluster.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What docs/troubleshooting.md has in its tables about reasons, for {@code kubectl sandbox doctor}. */
final class Advice {

    private static final Pattern REASONS = Pattern.compile("`[A-Z][A-Za-z0-9]+`(, `[A-Z][A-Za-z0-9]+`)*");
    private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\([^)]*\\)");

    private Advice() {}

    /**
     * A line for each reason of each row: {@code reason|section|meaning|what to do}, without links.
     *
     * @param page its Markdown. The first column of a table has the reasons, the last one what to do
     */
    static List<String> of(String page) {
        List<String> advice = new ArrayList<>();
        String section = "";
        for (String line : page.lines().toList()) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("| ")) {
                List<String> cells = cells(line);
                String of = section;
                reasons(cells.get(0)).map(reason -> line(reason, of, cells)).forEach(advice::add);
            }
        }
        return advice;
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.substring(1).split("(?<!\\\\)\\|"))
                .map(cell -> LINK.matcher(cell.strip().replace("\\|", "|")).replaceAll("$1"))
                .toList();
    }

    private static Stream<String> reasons(String cell) {
        return REASONS.matcher(cell).matches()
                ? Arrays.stream(cell.split(", ")).map(reason -> reason.replace("`", ""))
                : Stream.empty();
    }

    private static String line(String reason, String section, List<String> cells) {
        String meaning = cells.size() > 2 ? cells.get(1) : "";
        assertThat(meaning).as("a separator in what %s means", reason).doesNotContain("|");
        return String.join("|", reason, section, meaning, cells.get(cells.size() - 1));
    }
}
