package dev.sandboxcluster.operator.capability.doze.plan;

import java.util.List;

/**
 * What is done with all processes of a control plane's pod but the first, which no signal to all reaches (kill(2)). They
 * share it: in a pod that an older release of the operator made, k3s is the first process and goes on, as the parent of
 * the server (k3s-io/k3s, pkg/cli/cmds/log_linux.go).
 */
public enum Order {
    /** They stand still, and keep all they have. */
    STOP("STOP"),
    /** They go on. */
    CONTINUE("CONT"),
    /** They end, and the kubelet starts the container anew. */
    KILL("KILL");

    private static final String ALL_BUT_THE_FIRST = "-1";

    private final String signal;

    Order(String signal) {
        this.signal = signal;
    }

    /** The command, by what every image of k3s has. */
    public List<String> command() {
        return List.of("sh", "-c", "kill -" + signal + " " + ALL_BUT_THE_FIRST);
    }
}
