package dev.sandboxcluster.operator.router;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Forwards TCP connections by the server name in TLS's ClientHello. It ends no TLS and holds no credential: clients verify
 * the sandbox itself.
 */
final class Router implements AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final long GRACE_SECONDS = 1;
    private static final int IPV6_NETWORK_BYTES = 8;

    private final EventLoopGroup accepting = new NioEventLoopGroup(1);
    private final EventLoopGroup relaying;
    private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Shared shared;
    private final List<Channel> servers = new ArrayList<>();

    /**
     * Listens at once.
     *
     * @param address port 0: one that is free
     * @param proxyProtocol whether each connection begins with a PROXY header, which is then true to it: nobody else must
     *     reach the port
     * @param eventLoops how many threads forward
     * @throws IllegalStateException if it can't listen there
     */
    Router(InetSocketAddress address, Shared shared, boolean proxyProtocol, int eventLoops) {
        this.relaying = new NioEventLoopGroup(eventLoops);
        this.shared = shared;
        listen(address, proxyProtocol);
    }

    /**
     * Listens at one more address.
     *
     * @param proxyProtocol as above
     * @return where that is
     * @throws IllegalStateException if it can't; then nothing goes on
     */
    InetSocketAddress listen(InetSocketAddress address, boolean proxyProtocol) {
        ChannelFuture bound = new ServerBootstrap()
                .group(accepting, relaying)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        accept(client, proxyProtocol);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            close();
            throw new IllegalStateException("The router can't listen at " + address, bound.cause());
        }
        servers.add(bound.channel());
        return (InetSocketAddress) bound.channel().localAddress();
    }

    /** Where it listens first of all. */
    InetSocketAddress address() {
        return (InetSocketAddress) servers.get(0).localAddress();
    }

    /** How many clients are connected. */
    int connections() {
        return shared.metrics().open().get();
    }

    /** Takes no new connections, and goes on with those that there are. */
    void stopAccepting() {
        servers.forEach(server -> server.close().awaitUninterruptibly());
    }

    /** Ends all connections. */
    @Override
    public void close() {
        stopAccepting();
        clients.close().awaitUninterruptibly(GRACE_SECONDS, TimeUnit.SECONDS);
        end();
    }

    private void end() {
        accepting.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS);
        relaying.shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS);
    }

    private void accept(SocketChannel client, boolean proxyProtocol) {
        shared.metrics().accepted();
        int open = shared.metrics().open().incrementAndGet();
        client.closeFuture().addListener(closed -> shared.metrics().open().decrementAndGet());
        if (open > shared.limits().connections() || shared.held().full()) {
            shared.metrics().refused(Refused.TOO_MANY);
            client.close();
            return;
        }
        InetSocketAddress remote = client.remoteAddress();
        // Null: it is gone again.
        InetAddress peer = remote == null ? null : remote.getAddress();
        Connection connection = new Connection(shared, client);
        if (peer == null || !proxyProtocol && !admit(client, connection, peer)) {
            client.close();
            return;
        }
        clients.add(client);
        TcpOptions.set(client);
        if (proxyProtocol) {
            client.pipeline().addLast(new ProxyHeaderHandler(source -> {
                boolean admitted = admit(client, connection, source.orElse(peer));
                if (!admitted) {
                    client.close();
                }
                return admitted;
            }));
        }
        client.pipeline().addLast(new ServerNameHandler(shared.limits(), connection), connection);
    }

    private boolean admit(Channel client, Connection connection, InetAddress source) {
        String address = whose(source);
        if (!shared.bySource().take(address)) {
            shared.metrics().refused(Refused.SOURCE_LIMIT);
            return false;
        }
        client.closeFuture().addListener(closed -> shared.bySource().giveBack(address));
        connection.from(address);
        return true;
    }

    /** Of IPv6 the network: who has one address has all of it. */
    private static String whose(InetAddress source) {
        if (source instanceof Inet6Address) {
            byte[] network = source.getAddress();
            Arrays.fill(network, IPV6_NETWORK_BYTES, network.length, (byte) 0);
            return NetUtil.bytesToIpAddress(network);
        }
        return source.getHostAddress();
    }
}
