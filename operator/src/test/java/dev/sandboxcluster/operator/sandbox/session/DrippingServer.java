package dev.sandboxcluster.operator.sandbox.session;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers whatever it is asked with the beginning of a long JSON document, and then with a byte every second. */
public final class DrippingServer implements AutoCloseable {

    private static final byte[] BEGINNING =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
                    .getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger cutOff = new AtomicInteger();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);

    public DrippingServer() throws IOException {
        threads.execute(this::accept);
        threads.scheduleAtFixedRate(
                () -> open.forEach(connection -> send(connection, new byte[] {' '})), 1, 1, TimeUnit.SECONDS);
    }

    public URI url() {
        return URI.create("http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort());
    }

    public int requests() {
        return open.size() + cutOff.get();
    }

    /** How many of them nobody listens to any more. */
    public int cutOff() {
        return cutOff.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                send(connection, BEGINNING);
                open.add(connection);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void send(Socket connection, byte[] bytes) {
        try {
            connection.getOutputStream().write(bytes);
        } catch (IOException gone) {
            if (open.remove(connection)) {
                cutOff.incrementAndGet();
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        for (Socket connection : open) {
            connection.close();
        }
    }
}
