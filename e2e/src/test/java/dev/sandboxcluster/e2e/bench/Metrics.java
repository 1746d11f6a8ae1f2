package dev.sandboxcluster.e2e.bench;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a program says about itself at one moment, in Prometheus's text format. */
record Metrics(List<Metric> all) {

    private static final Pattern LINE = Pattern.compile(
            "(?<name>[a-zA-Z_:][\\w:]*)(\\{(?<labels>.*)})?\\s+(?<value>\\S+)(\\s+(?<taken>-?\\d+))?\\s*");
    private static final Pattern LABEL = Pattern.compile("(?<name>\\w+)=\"(?<value>([^\"\\\\]|\\\\.)*)\"");

    /**
     * One value.
     *
     * @param taken since the epoch; empty if the program does not say when the value was taken
     */
    record Metric(String name, Map<String, String> labels, double value, Optional<Duration> taken) {

        private static Metric parse(String line) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("not a metric: " + line);
            }
            Map<String, String> labels = new HashMap<>();
            Matcher label =
                    LABEL.matcher(Optional.ofNullable(matcher.group("labels")).orElse(""));
            while (label.find()) {
                labels.put(label.group("name"), unescaped(label.group("value")));
            }
            return new Metric(
                    matcher.group("name"),
                    labels,
                    number(matcher.group("value")),
                    Optional.ofNullable(matcher.group("taken"))
                            .map(Long::valueOf)
                            .map(Duration::ofMillis));
        }

        private static String unescaped(String value) {
            return value.replaceAll("\\\\n", "\n").replaceAll("\\\\(.)", "$1");
        }

        private static double number(String value) {
            return switch (value) {
                case "+Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(value);
            };
        }
    }

    static Metrics parse(String text) {
        return new Metrics(text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Metric::parse)
                .toList());
    }

    /** Those of a name that have this label. */
    List<Metric> of(String name, String label, String value) {
        return all.stream()
                .filter(metric -> metric.name().equals(name))
                .filter(metric -> value.equals(metric.labels().get(label)))
                .toList();
    }

    double sum(String name, String label, String value) {
        return of(name, label, value).stream().mapToDouble(Metric::value).sum();
    }
}
