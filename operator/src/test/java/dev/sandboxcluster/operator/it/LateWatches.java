package dev.sandboxcluster.operator.it;

import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An HTTP client over which the operator hears late of changes: of one type of objects when a test lets it, and not before;
 * or of all, after a time.
 */
final class LateWatches implements HttpClient.Factory, AutoCloseable {

    private final HttpClient.Factory real = new VertxHttpClientFactory();
    private final Queue<Message> held = new ArrayDeque<>();
    private final Predicate<String> paths;
    private final Duration delay;
    private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    private boolean holding;

    private record Message(String text, Runnable delivery) {}

    private LateWatches(Predicate<String> paths, Duration delay) {
        this.paths = paths;
        this.delay = delay;
    }

    LateWatches(String plural) {
        this(path -> path.endsWith("/" + plural), Duration.ZERO);
    }

    /** Of everything, so much later at least. */
    static LateWatches by(Duration delay) {
        return new LateWatches(path -> true, delay);
    }

    @Override
    public void close() {
        later.shutdownNow();
    }

    /** From now on nothing is heard. */
    synchronized void hold() {
        holding = true;
    }

    /** All is heard, in order, up to what made an object this version; what came after is held on. */
    synchronized void releaseUpTo(String resourceVersion) {
        boolean done = false;
        while (!done && !held.isEmpty()) {
            Message next = held.remove();
            done = next.text().contains("\"resourceVersion\":\"" + resourceVersion + "\"");
            next.delivery().run();
        }
        if (!done) {
            throw new IllegalStateException("nothing was heard of version " + resourceVersion);
        }
    }

    private synchronized void deliver(String text, Runnable delivery) {
        if (holding) {
            held.add(new Message(text, delivery));
        } else if (!delay.isZero()) {
            later.schedule(delivery, delay.toMillis(), TimeUnit.MILLISECONDS);
        } else {
            delivery.run();
        }
    }

    @Override
    public HttpClient.Builder newBuilder() {
        return wrapped(HttpClient.Builder.class, real.newBuilder());
    }

    /** Whatever of the client's parts a call gives is wrapped as well. */
    private <T> T wrapped(Class<T> type, T target) {
        boolean[] late = {false};
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> {
            Object[] arguments = given == null ? new Object[0] : given;
            if (arguments.length == 1 && arguments[0] instanceof URI uri) {
                late[0] = paths.test(uri.getPath());
            }
            if (late[0] && method.getName().equals("buildAsync")) {
                arguments[0] = new LateListener((WebSocket.Listener) arguments[0]);
            }
            try {
                Object result = method.invoke(target, arguments);
                if (result == target) {
                    return self;
                }
                if (result instanceof HttpClient client) {
                    return wrapped(HttpClient.class, client);
                }
                if (result instanceof WebSocket.Builder builder) {
                    return wrapped(WebSocket.Builder.class, builder);
                }
                return result instanceof HttpClient.DerivedClientBuilder builder
                        ? wrapped(HttpClient.DerivedClientBuilder.class, builder)
                        : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }));
    }

    private final class LateListener implements WebSocket.Listener {

        private final WebSocket.Listener listener;

        LateListener(WebSocket.Listener listener) {
            this.listener = listener;
        }

        @Override
        public void onOpen(WebSocket socket) {
            listener.onOpen(socket);
        }

        @Override
        public void onMessage(WebSocket socket, String text) {
            deliver(text, () -> listener.onMessage(socket, text));
        }

        @Override
        public void onClose(WebSocket socket, int code, String reason) {
            listener.onClose(socket, code, reason);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            listener.onError(socket, error);
        }
    }
}
