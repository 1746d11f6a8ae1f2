package dev.sandboxcluster.operator.http;

import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;

/** How Vert.x runs in the operator: on few threads, none of which keeps the process alive. */
public final class EventLoops {

    private EventLoops() {}

    /**
     * Options to start it with.
     *
     * @param loops threads that must not block
     * @param workers threads for what may
     */
    public static VertxOptions options(int loops, int workers) {
        return new VertxOptions()
                .setEventLoopPoolSize(loops)
                .setWorkerPoolSize(workers)
                .setInternalBlockingPoolSize(workers)
                .setUseDaemonThread(true)
                // Otherwise it wants a directory to write to.
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    }
}
