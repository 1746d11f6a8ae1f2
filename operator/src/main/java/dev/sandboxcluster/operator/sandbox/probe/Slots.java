package dev.sandboxcluster.operator.sandbox.probe;

import java.util.ArrayDeque;
import java.util.Queue;

/** Lets a number of tasks run at a time, the others in the order in which they came. */
final class Slots {

    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int free;
    private boolean closed;

    Slots(int number) {
        free = number;
    }

    /** Runs the task, on this thread or on one that releases a slot; it releases its slot when it ends. */
    void acquire(Runnable task) {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (free == 0) {
                waiting.add(task);
                return;
            }
            free--;
        }
        task.run();
    }

    void release() {
        Runnable next;
        synchronized (this) {
            next = waiting.poll();
            if (next == null) {
                free++;
                return;
            }
        }
        next.run();
    }

    /** No task is run any more; those that wait are forgotten. */
    synchronized void close() {
        closed = true;
        waiting.clear();
    }
}
