package dev.sandboxcluster.operator.capability.workers.simulated.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is kept of the objects of a kind, which come one by one: a sandbox may have any number, with any number of entries.
 * Those with a note of the operator's have room before all others, so that they are put back.
 */
public final class KeptCallouts {

    /** More objects are left alone. */
    public static final int MOST = 200;

    /** How many entries, or webhooks that are noted, all objects together have. */
    public static final int MOST_ENTRIES = 2000;

    private final List<Callout> annotated = new ArrayList<>();
    private final List<Callout> others = new ArrayList<>();
    private int annotatedEntries;
    private int otherEntries;
    private boolean complete = true;
    private boolean owing;

    /** Takes one, if there is room for it. */
    public void add(Callout callout) {
        if (callout.annotated()) {
            addAnnotated(callout);
        } else if (annotated.size() + others.size() < MOST
                && annotatedEntries + otherEntries + size(callout) <= MOST_ENTRIES) {
            others.add(callout);
            otherEntries += size(callout);
        } else {
            complete = false;
        }
    }

    private void addAnnotated(Callout callout) {
        Callout most = annotatedEntries + size(callout) <= MOST_ENTRIES ? callout : callout.asNoted();
        complete &= most == callout;
        if (annotated.size() >= MOST || annotatedEntries + size(most) > MOST_ENTRIES) {
            owing = true;
            complete = false;
            return;
        }
        annotated.add(most);
        annotatedEntries += size(most);
        while (annotated.size() + others.size() > MOST || annotatedEntries + otherEntries > MOST_ENTRIES) {
            otherEntries -= size(others.remove(others.size() - 1));
            complete = false;
        }
    }

    /** Those that are kept. */
    public List<Callout> all() {
        return Stream.concat(annotated.stream(), others.stream()).toList();
    }

    /** Whether there was room for all. */
    public boolean complete() {
        return complete;
    }

    /** Whether there was no room for one with a note. */
    public boolean owing() {
        return owing;
    }

    private static int size(Callout callout) {
        return Math.max(callout.entries().size(), callout.noted().size());
    }
}
