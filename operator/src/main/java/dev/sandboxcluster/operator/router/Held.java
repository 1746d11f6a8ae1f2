package dev.sandboxcluster.operator.router;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all connections together hold in memory, in bytes. When that is too much, those sides are ended that have taken
 * nothing for the longest time, so that those that go on can.
 */
final class Held {

    private final AtomicLong bytes;
    private final Set<Channel> stalled = new LinkedHashSet<>();
    private final long most;
    private final Runnable ended;

    /**
     * @param most how many there may be
     * @param bytes how many there are
     * @param ended is run for each side that is ended
     */
    Held(long most, AtomicLong bytes, Runnable ended) {
        this.most = most;
        this.bytes = bytes;
        this.ended = ended;
    }

    /** The same bytes in a buffer that is no larger than they need: where few came, much was made ready. */
    static ByteBuf fitting(ByteBuf part) {
        int size = part.readableBytes();
        if (part.capacity() <= 2 * size) {
            return part;
        }
        try {
            return part.alloc().buffer(size, size).writeBytes(part);
        } finally {
            part.release();
        }
    }

    /** So much more is held. */
    void add(int more) {
        if (bytes.addAndGet(more) > most) {
            oldest().ifPresent(side -> {
                ended.run();
                side.close();
            });
        }
    }

    /** So much is held no more. */
    void remove(int less) {
        bytes.addAndGet(-less);
    }

    /** Whether there is no room for one more. */
    boolean full() {
        return bytes.get() > most;
    }

    /** A side takes nothing for now. */
    void stalls(Channel side) {
        synchronized (stalled) {
            stalled.add(side);
        }
    }

    /** A side takes more again, or is closed. */
    void goesOn(Channel side) {
        synchronized (stalled) {
            stalled.remove(side);
        }
    }

    private Optional<Channel> oldest() {
        synchronized (stalled) {
            Iterator<Channel> sides = stalled.iterator();
            if (!sides.hasNext()) {
                return Optional.empty();
            }
            Channel oldest = sides.next();
            sides.remove();
            return Optional.of(oldest);
        }
    }
}
