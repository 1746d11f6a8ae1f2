package dev.sandboxcluster.operator.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEndpointsTest {

    private static final int MANY = 200;
    private static final Duration PROBE = Duration.ofSeconds(15);

    private final AtomicBoolean live = new AtomicBoolean(true);
    private HttpEndpoints endpoints;

    @BeforeEach
    void serve() throws IOException {
        endpoints = new HttpEndpoints(0, live::get, () -> false, () -> "up 1\n");
    }

    @AfterEach
    void stop() {
        endpoints.close();
    }

    @Test
    void healthAndMetrics() throws Exception {
        assertThat(get("/livez")).satisfies(answer -> {
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("ok");
        });
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/metrics")).satisfies(answer -> {
            assertThat(answer.body()).isEqualTo("up 1\n");
            assertThat(answer.headers().firstValue("content-type"))
                    .hasValue("text/plain; version=0.0.4; charset=utf-8");
        });
        assertThat(get("/").statusCode()).isEqualTo(404);

        live.set(false);
        assertThat(get("/livez").statusCode()).isEqualTo(503);
    }

    @Test
    void answersHoweverManyRequestsWereBegunAndNotFinished() throws Exception {
        List<Socket> begun = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), endpoints.port());
                begun.add(socket);
                socket.getOutputStream().write("GET /livez HTTP/1.1\r\nHost: oper".getBytes(US_ASCII));
            }

            assertThat(get("/livez").statusCode()).isEqualTo(200);
            assertThat(get("/metrics").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : begun) {
                socket.close();
            }
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoints.port() + path))
                                .timeout(PROBE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
