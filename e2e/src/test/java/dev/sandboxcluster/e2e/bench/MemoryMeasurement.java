package dev.sandboxcluster.e2e.bench;

/** What a sandbox takes; as many as runs, side by side: idle ones hardly disturb each other. */
final class MemoryMeasurement {

    private final Lab lab;

    MemoryMeasurement(Lab lab) {
        this.lab = lab;
    }

    void measure(int runs, Table table) {
        Samples memory = Samples.of();
        Samples cpu = Samples.of();
        lab.startSandboxes(runs);
        Lab.IdleMinute idle = lab.idleMinute("memory: one idle minute");
        for (int number = 1; number <= runs; number++) {
            String pod = Lab.idle(number) + "-0";
            memory.add(idle.before().memory(Lab.NAMESPACE, pod));
            cpu.add(idle.after().cpuSince(idle.before(), Lab.NAMESPACE, pod));
        }
        table.row("a sandbox after one idle minute: memory", memory, "%.0f", "MiB", "goal ≤ 250 MiB with k3s");
        table.row("a sandbox: CPU time in the next minute", cpu, "%.1f", "s");
    }
}
