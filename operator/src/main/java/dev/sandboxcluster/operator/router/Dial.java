package dev.sandboxcluster.operator.router;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiConsumer;

/** Connects to the first of some addresses that takes it, once, on a client's event loop. */
final class Dial {

    private final Channel client;
    private final Iterator<InetSocketAddress> addresses;
    private final RouterTimes times;
    private final BiConsumer<Channel, InetSocketAddress> reached;
    private final Runnable failed;

    private Dial(
            Channel client,
            List<InetSocketAddress> addresses,
            RouterTimes times,
            BiConsumer<Channel, InetSocketAddress> reached,
            Runnable failed) {
        this.client = client;
        this.addresses = addresses.iterator();
        this.times = times;
        this.reached = reached;
        this.failed = failed;
    }

    /**
     * Begins.
     *
     * @param reached gets the channel, from which nothing is read yet, and the address
     */
    static void begin(
            Channel client,
            List<InetSocketAddress> addresses,
            RouterTimes times,
            BiConsumer<Channel, InetSocketAddress> reached,
            Runnable failed) {
        new Dial(client, addresses, times, reached, failed).next();
    }

    private void next() {
        if (!client.isActive() || !addresses.hasNext()) {
            failed.run();
            return;
        }
        InetSocketAddress address = addresses.next();
        Duration patience = addresses.hasNext() ? times.firstConnect() : times.connect();
        ChannelFuture connecting = new Bootstrap()
                .group(client.eventLoop())
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis())
                .option(ChannelOption.AUTO_READ, false)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel sandbox) {
                        TcpOptions.set(sandbox);
                    }
                })
                .connect(address);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                reached.accept(connecting.channel(), address);
            } else {
                next();
            }
        });
    }
}
