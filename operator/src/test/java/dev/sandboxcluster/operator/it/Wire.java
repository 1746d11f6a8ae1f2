package dev.sandboxcluster.operator.it;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The network between an operator and an API server, which a test can cut. */
public final class Wire implements AutoCloseable {

    /** How a network is cut. */
    public enum Cut {
        /** Connections end, and new ones are refused at once, as if nobody listened. */
        REFUSED,
        /** Nothing comes through any more, and nobody says so. */
        SILENT,
        /** The same, of connections that were open when it was cut; new ones work. */
        FORGOTTEN
    }

    private final ServerSocket server;
    private final URI target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<Socket> forgotten = ConcurrentHashMap.newKeySet();
    private final Object mending = new Object();
    private Cut cut;

    public Wire(Config to) {
        target = URI.create(to.getMasterUrl());
        try {
            server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    /** The same access, over this network. */
    public Config through(Config access) {
        return new ConfigBuilder(access)
                .withMasterUrl("https://127.0.0.1:" + server.getLocalPort() + "/")
                .build();
    }

    public void cut(Cut how) {
        synchronized (mending) {
            cut = how;
        }
        if (how == Cut.REFUSED) {
            open.forEach(Wire::close);
        } else if (how == Cut.FORGOTTEN) {
            forgotten.addAll(open);
        }
    }

    /** What was under way when it was cut comes through late, if it was not given up. */
    public void mend() {
        synchronized (mending) {
            cut = null;
            forgotten.clear();
            mending.notifyAll();
        }
    }

    @Override
    public void close() {
        mend();
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(Wire::close);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                open.add(client);
                if (is(Cut.REFUSED)) {
                    close(client);
                    continue;
                }
                Socket upstream = new Socket(target.getHost(), target.getPort());
                open.add(upstream);
                thread(() -> pump(client, upstream));
                thread(() -> pump(upstream, client));
            } catch (IOException e) {
                // Closed, or the API server is.
            }
        }
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[16384];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitMended(from);
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // The other direction, or a cut, has closed it.
        } finally {
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitMended(Socket from) {
        synchronized (mending) {
            while (cut == Cut.SILENT || forgotten.contains(from)) {
                try {
                    mending.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private boolean is(Cut how) {
        synchronized (mending) {
            return cut == how;
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "wire");
        thread.setDaemon(true);
        thread.start();
    }
}
