package dev.sandboxcluster.operator.sandbox.session;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what comes as answers, before anybody keeps it, and ends it where an allowance ends. */
final class Meter implements Interceptor {

    static final String NAME = "meter";

    private final AtomicLong left = new AtomicLong();
    private volatile AllowanceExceededException exceeded;

    void begin(Allowance allowance) {
        left.set(allowance.bytes());
        exceeded = null;
    }

    /** No more requests are sent; whoever waits for an answer fails. */
    void exceed(Allowance.Limit limit, String what) {
        exceeded = new AllowanceExceededException(limit, what);
    }

    /** Fails if the allowance is used up. */
    void check() {
        AllowanceExceededException why = exceeded;
        if (why != null) {
            throw why;
        }
    }

    @Override
    public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
        check();
    }

    @Override
    public AsyncBody.Consumer<List<ByteBuffer>> consumer(
            AsyncBody.Consumer<List<ByteBuffer>> consumer, HttpRequest request) {
        return (bytes, body) -> {
            long size = bytes.stream().mapToLong(ByteBuffer::remaining).sum();
            if (left.addAndGet(-size) < 0) {
                exceed(Allowance.Limit.SIZE, "its answers are larger than what is read of a sandbox at a time");
                throw new IOException("too large");
            }
            consumer.consume(bytes, body);
        };
    }
}
