package dev.sandboxcluster.operator.k3s;

import java.util.Set;

/** How a control plane says that its volume is full: k3s on SQLite, or with etcd. */
public final class FullVolume {

    private static final Set<String> WORDS = Set.of(
            // As the kernel (ENOSPC), and SQLite (SQLITE_FULL) say it.
            "no space left on device",
            "database or disk is full",
            // Of an etcd whose volume is too small for its first file, no more than its trace may be left to read.
            "panic: failed to create WAL");

    private FullVolume() {}

    /** Whether a log or an answer says so. */
    public static boolean isSaidIn(String text) {
        return WORDS.stream().anyMatch(text::contains);
    }
}
