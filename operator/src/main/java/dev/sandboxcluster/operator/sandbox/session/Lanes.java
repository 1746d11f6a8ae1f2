package dev.sandboxcluster.operator.sandbox.session;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which sandboxes are looked after, by what a sandbox takes: one that is slow, or has much to read, holds
 * up only its like. What is read of all of them at a time is bounded too: a megabyte becomes about five of heap.
 *
 * @param timer starts and ends passes; nothing that blocks runs on it
 * @param quick where all begin
 * @param patient for those whose passes take long
 * @param large for those that have much to read
 */
public record Lanes(ScheduledExecutorService timer, Lane quick, Lane patient, Lane large) implements AutoCloseable {

    /**
     * Some threads, and what one pass on them may take.
     */
    public record Lane(ThreadPoolExecutor threads, Allowance allowance) {

        /** Whether somebody waits for a thread. */
        boolean isBusy() {
            return !threads.getQueue().isEmpty();
        }
    }

    /** Threads that are made when they are needed. */
    public static Lanes open() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("sandboxes-timer"));
        timer.setRemoveOnCancelPolicy(true);
        return new Lanes(
                timer,
                lane("sandboxes", 4, new Allowance(Duration.ofSeconds(2), 512 * 1024)),
                lane("sandboxes-patient", 4, new Allowance(Duration.ofSeconds(15), 512 * 1024)),
                lane("sandboxes-large", 2, new Allowance(Duration.ofSeconds(15), 4 * 1024 * 1024)));
    }

    /** Where a sandbox is looked after for which another lane's allowance was too little; the same: it is too much. */
    Lane beyond(Lane lane, Allowance.Limit limit) {
        return switch (limit) {
            case TIME -> lane == quick ? patient : lane;
            case SIZE -> large;
        };
    }

    @Override
    public void close() {
        timer.shutdownNow();
        quick.threads().shutdown();
        patient.threads().shutdown();
        large.threads().shutdown();
    }

    private static Lane lane(String name, int threads, Allowance allowance) {
        return new Lane(
                new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name)),
                allowance);
    }

    private static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
