package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import java.util.ArrayList;
import java.util.List;

/** What is kept of the objects of a kind, which come one by one: a sandbox may have any number, with any number of entries. */
public final class KeptCallouts {

    /** More objects are left alone. */
    public static final int MOST = 200;

    /** How many entries, or webhooks that are noted, all objects together have. */
    public static final int MOST_ENTRIES = 2000;

    private final List<Callout> kept = new ArrayList<>();
    private int entries;
    private boolean complete = true;

    /** Takes one, if there is room for it. */
    public void add(Callout callout) {
        if (kept.size() < MOST && entries + size(callout) <= MOST_ENTRIES) {
            kept.add(callout);
            entries += size(callout);
        } else {
            complete = false;
        }
    }

    /** Those that are kept. */
    public List<Callout> all() {
        return List.copyOf(kept);
    }

    /** Whether there was room for all. */
    public boolean complete() {
        return complete;
    }

    private static int size(Callout callout) {
        return Math.max(callout.entries().size(), callout.noted().size());
    }
}
