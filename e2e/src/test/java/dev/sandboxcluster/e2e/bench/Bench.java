package dev.sandboxcluster.e2e.bench;

import dev.sandboxcluster.e2e.Bed;
import dev.sandboxcluster.e2e.HostCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures the operator on a test bed that is up; {@code e2e/bench --help} says what. Prints a Markdown table on standard
 * output.
 */
public final class Bench {

    private final Lab lab;
    private final int sandboxes;

    private Bench(Lab lab, int sandboxes) {
        this.lab = lab;
        this.sandboxes = sandboxes;
    }

    /**
     * Measures.
     *
     * @param arguments the number of runs, that of the sandboxes where there are many, and what to measure
     */
    public static void main(String... arguments) {
        int status = 1;
        try {
            int runs = Integer.parseInt(arguments[0]);
            Set<Measurement> wanted = Arrays.stream(arguments)
                    .skip(2)
                    .map(name -> Measurement.valueOf(name.toUpperCase(Locale.ROOT)))
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Measurement.class)));
            String load = load();
            HostCluster host = HostCluster.ofTestBed();
            Bench bench = new Bench(new Lab(host), Integer.parseInt(arguments[1]));
            Runtime.getRuntime().addShutdownHook(new Thread(bench::cleanUp));
            Table table = bench.measure(runs, wanted);
            System.out.printf(
                    "%nControl plane: %s, %s:%s. %d cores; load average at the beginning: %s. %s%n%n%s%n",
                    host.controlPlane().kind(),
                    host.controlPlane().repository(),
                    host.controlPlane().tag(),
                    Runtime.getRuntime().availableProcessors(),
                    load,
                    LocalDate.now(ZoneOffset.UTC),
                    table.markdown());
            status = 0;
        } catch (IOException | RuntimeException | AssertionError failed) {
            failed.printStackTrace();
        }
        System.exit(status);
    }

    private Table measure(int runs, Set<Measurement> wanted) throws IOException {
        Table table = new Table();
        cleanUp();
        lab.open();
        if (wanted.contains(Measurement.START)) {
            new StartMeasurement(lab).measure(runs, table);
        }
        if (wanted.contains(Measurement.MEMORY)) {
            new MemoryMeasurement(lab).measure(runs, table);
        }
        if (wanted.contains(Measurement.CONTENT)) {
            new ContentMeasurement(lab).measure(table);
        }
        if (wanted.contains(Measurement.LIFECYCLE)) {
            new LifecycleMeasurement(lab).measure(runs, table);
        }
        if (!Collections.disjoint(wanted, Set.of(Measurement.IDLE, Measurement.HEAP))) {
            new OperatorMeasurement(lab).measure(runs, wanted, table);
        }
        if (wanted.contains(Measurement.WORKERS)) {
            new WorkersMeasurement(lab).measure(runs, table);
        }
        if (wanted.contains(Measurement.ROUTER)) {
            new RouterMeasurement(lab).measure(runs, table);
        }
        if (wanted.contains(Measurement.DOZE)) {
            new DozeMeasurement(lab).measure(runs, table);
        }
        if (wanted.contains(Measurement.SIMULATED)) {
            new SimulatedMeasurement(lab).measure(runs, table);
        }
        if (wanted.contains(Measurement.CROWD)) {
            new SimulatedMeasurement(lab).measureCrowd(table);
        }
        if (wanted.contains(Measurement.SCALE)) {
            new ScaleMeasurement(lab, sandboxes).measure(table);
        }
        return table;
    }

    /** Ends what still runs. The rest only while the bed is there: without it, its addresses lead elsewhere. */
    private void cleanUp() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
        if (Bed.isUp()) {
            new OperatorRequests(lab.host()).stop();
            WorkersMeasurement.endMachine();
            ScaleMeasurement.endNodes(lab);
            lab.close();
        }
    }

    /** Of the last 1, 5 and 15 minutes. */
    private static String load() throws IOException {
        return Stream.of(Files.readString(Path.of("/proc/loadavg")).split(" "))
                .limit(3)
                .collect(Collectors.joining(" "));
    }
}
