package dev.sandboxcluster.operator.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Runs stages that do not need each other's results at the same time: most of what one takes is waiting for an answer. */
record SideBySide(Executor executor) {

    /** A stage that was begun. */
    interface Begun<T> {

        /** Waits for its end; throws what it threw. */
        T result();
    }

    <T> Begun<T> begin(Supplier<T> stage) {
        CompletableFuture<T> future = CompletableFuture.supplyAsync(stage, executor);
        return () -> {
            try {
                return future.join();
            } catch (CompletionException exception) {
                throw exception.getCause() instanceof RuntimeException cause ? cause : exception;
            }
        };
    }
}
