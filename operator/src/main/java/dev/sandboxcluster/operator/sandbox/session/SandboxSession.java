package dev.sandboxcluster.operator.sandbox.session;

import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A connection to a sandbox's own API, as its administrator. Who answers is a stranger: nothing is kept between two
 * passes, and what a pass reads is bounded in size and time before it is there.
 */
public final class SandboxSession implements AutoCloseable {

    /** What is accepted where the object as it is now would be as large as what was sent. */
    public static final String METADATA_ALONE = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration REQUEST = Duration.ofSeconds(5);
    private static final int PAGE = 500;
    /** Between two looks at what a watch has to tell. */
    private static final Duration REST = Duration.ofMillis(100);
    /** The API server ends a watch after this; one that it doesn't end is taken for lost a little later. */
    private static final Duration WATCH = Duration.ofMinutes(5);

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int WATCHES = 16;

    private final ScheduledExecutorService timer;
    private final Meter meter = new Meter();
    private final KubernetesClient client;
    private final HttpClient unmetered;
    private final Set<Listing<?>> watched = ConcurrentHashMap.newKeySet();

    private Pass pass;

    private record Pass(Thread thread) {}

    /**
     * Connects with the first request.
     *
     * @param access without another name than the URL's host: the client verifies no other
     * @param timer ends what takes too long; never blocked
     */
    public SandboxSession(HttpClient.Factory http, SandboxAccess access, ScheduledExecutorService timer) {
        this.timer = timer;
        this.client = new KubernetesClientBuilder()
                .withHttpClientFactory(http)
                .withHttpClientBuilderConsumer(builder -> builder.addOrReplaceInterceptor(Meter.NAME, meter))
                .withConfig(config(access))
                .build();
        this.unmetered = client.getHttpClient()
                .newBuilder()
                .addOrReplaceInterceptor(Meter.NAME, null)
                .build();
    }

    private static Config config(SandboxAccess access) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(access.server().toString())
                .withCaCertData(base64(access.caCertificate()))
                .withClientCertData(base64(access.clientCertificate()))
                .withClientKeyData(base64(access.clientKey()))
                .withClientKeyAlgo(access.clientKey().contains("EC PRIVATE KEY") ? "EC" : "RSA")
                .withConnectionTimeout((int) CONNECT.toMillis())
                .withRequestTimeout((int) REQUEST.toMillis())
                .withRequestRetryBackoffLimit(0)
                .build();
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8));
    }

    /** For requests, within a pass alone. */
    public KubernetesClient client() {
        return client;
    }

    /**
     * Runs a pass on this thread, one at a time. One that takes too long is ended, and this session with it.
     *
     * @throws AllowanceExceededException when it took more than was allowed, whatever became of it
     */
    public <T> T within(Allowance allowance, Supplier<T> work) {
        Pass mine = new Pass(Thread.currentThread());
        begin(mine, allowance);
        Future<?> end = timer.schedule(() -> cut(mine), allowance.time().toMillis(), TimeUnit.MILLISECONDS);
        try {
            T result = work.get();
            meter.check();
            return result;
        } catch (RuntimeException failure) {
            // What was cut off fails in many ways.
            meter.check();
            throw failure;
        } finally {
            end.cancel(false);
            end();
        }
    }

    private synchronized void begin(Pass mine, Allowance allowance) {
        meter.begin(allowance);
        pass = mine;
    }

    private synchronized void end() {
        pass = null;
        // One may have come when the work was done already.
        Thread.interrupted();
    }

    private synchronized void cut(Pass late) {
        if (pass == late) {
            meter.exceed(Allowance.Limit.TIME, "its API did not answer all that it was asked in time");
            pass.thread().interrupt();
            client.close();
        }
    }

    /**
     * The objects as they are now.
     *
     * @param resourceVersion from which on a watch tells what changes
     */
    public record Listed<T>(List<T> items, String resourceVersion) {}

    /**
     * All of them; within a pass alone.
     *
     * @throws AllowanceExceededException when there are too many
     */
    public <T extends HasMetadata, L extends KubernetesResourceList<T>> Listed<T> list(Listing<L> what) {
        List<T> items = new ArrayList<>();
        String next = "";
        L page;
        do {
            page = get(what.query("limit=" + PAGE + next), what.type());
            items.addAll(page.getItems());
            if (items.size() > what.most()) {
                throw new AllowanceExceededException(
                        Allowance.Limit.SIZE, "it has more than " + what.most() + " objects at " + what.path());
            }
            String token = page.getMetadata().getContinue();
            next = token == null || token.isEmpty()
                    ? ""
                    : "&continue=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
        } while (!next.isEmpty());
        return new Listed<>(items, page.getMetadata().getResourceVersion());
    }

    /**
     * Goes through the objects of a list as they come, keeping none; within a pass alone. Not counted as what is read,
     * because it isn't kept.
     *
     * @param query the list's path and selector
     * @param item what is looked at of an object; the rest is passed over
     * @param most how many bytes are gone through
     * @param each told of every object
     */
    public <T> Scan.Result scan(String query, Class<T> item, long most, Consumer<T> each) {
        return new Scan(unmetered, most).run(url(query), item, each);
    }

    /**
     * Sends a request and waits for the whole answer, whatever it says; within a pass alone.
     *
     * @param accept the form in which the answer is wanted
     * @param contentType of the body; null, as the body: there is none
     * @param patience for all of it
     * @throws NoAnswerException when there is none in time
     * @throws KubernetesClientException unanswered when the sandbox can't be reached
     */
    public Answer send(String method, String path, String accept, String contentType, String body, Duration patience) {
        return await(begin(method, path, accept, contentType, body, patience), patience);
    }

    /**
     * Creates objects, all at the same time; within a pass alone. The answers are in the order of the bodies.
     *
     * @param accept the form in which the answers are wanted
     * @param bodies JSON; some at most
     * @param patience for all of it
     * @throws NoAnswerException when there is none in time
     * @throws KubernetesClientException unanswered when the sandbox can't be reached
     */
    public List<Answer> create(String path, String accept, List<String> bodies, Duration patience) {
        List<CompletableFuture<HttpResponse<String>>> begun = bodies.stream()
                .map(body -> begin("POST", path, accept, "application/json", body, patience))
                .toList();
        return begun.stream().map(sent -> await(sent, patience)).toList();
    }

    private CompletableFuture<HttpResponse<String>> begin(
            String method, String path, String accept, String contentType, String body, Duration patience) {
        HttpRequest.Builder request = client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(url(path))
                .header("Accept", accept)
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (body != null) {
            request.method(method, contentType, body);
        }
        return client.getHttpClient().sendAsync(request.build(), String.class);
    }

    private static Answer await(CompletableFuture<HttpResponse<String>> sent, Duration patience) {
        try {
            HttpResponse<String> answer = sent.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return new Answer(answer.code(), answer.body() == null ? "" : answer.body());
        } catch (InterruptedException | TimeoutException e) {
            sent.cancel(true);
            throw new NoAnswerException("no answer within " + patience.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new KubernetesClientException(String.valueOf(e.getCause().getMessage()), e.getCause());
        }
    }

    private <L> L get(String path, Class<L> type) {
        String json = client.raw(path);
        if (json == null || !json.startsWith("{")) {
            throw new KubernetesClientException("GET " + path + ": there is no list");
        }
        return client.getKubernetesSerialization().unmarshal(json, type);
    }

    /**
     * Tells when something changes, but not what: nothing of it is kept, and what comes faster than it is looked at
     * waits at the sender. Ends by itself after minutes, and tells; each pass begins it anew if it has ended.
     *
     * @param onChange must not block
     */
    public void watch(Listing<?> what, String resourceVersion, Runnable onChange) {
        watch(what, resourceVersion, onChange, lost -> {
            if (!lost) {
                onChange.run();
            }
        });
    }

    /**
     * The same, for those who go on from where they are when nothing was told. There are not more of them than {@value
     * #WATCHES} at a time.
     *
     * @param onEnd told whether it may have missed something; must not block
     */
    public void watch(Listing<?> what, String resourceVersion, Runnable onChange, Consumer<Boolean> onEnd) {
        if (watched.size() >= WATCHES || !watched.add(what)) {
            return;
        }
        HttpRequest request = unmetered
                .newHttpRequestBuilder()
                .uri(url(what.query("watch=true&timeoutSeconds=" + WATCH.toSeconds() + "&resourceVersion="
                        + URLEncoder.encode(resourceVersion, StandardCharsets.UTF_8))))
                .forStreaming()
                .build();
        unmetered
                .consumeBytes(request, (bytes, body) -> {
                    onChange.run();
                    timer.schedule(body::consume, REST.toMillis(), TimeUnit.MILLISECONDS);
                })
                .thenCompose(answer -> answer.isSuccessful() ? ended(answer.body()) : refused(answer))
                .whenComplete((ended, failure) -> {
                    watched.remove(what);
                    onEnd.accept(failure != null);
                });
    }

    private CompletableFuture<Void> ended(AsyncBody body) {
        Future<?> end = timer.schedule(body::cancel, WATCH.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        body.consume();
        return body.done().whenComplete((done, failure) -> end.cancel(false));
    }

    private static CompletableFuture<Void> refused(HttpResponse<AsyncBody> answer) {
        answer.body().cancel();
        return CompletableFuture.failedFuture(new KubernetesClientException("no watch: " + answer.code()));
    }

    /**
     * Asks for something without waiting for it, and reads no more than a few thousand bytes.
     *
     * @param patience for all of it
     */
    public CompletableFuture<Answer> ask(String path, Duration patience) {
        HttpRequest request = unmetered
                .newHttpRequestBuilder()
                .uri(url(path))
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        Glance glance = new Glance();
        return unmetered.consumeBytes(request, glance).thenCompose(answer -> {
            AsyncBody body = answer.body();
            Future<?> end = timer.schedule(body::cancel, patience.toMillis(), TimeUnit.MILLISECONDS);
            body.consume();
            return body.done().handle((done, failure) -> {
                end.cancel(false);
                return new Answer(answer.code(), glance.text());
            });
        });
    }

    /**
     * An answer, or its beginning.
     *
     * @param code the HTTP status
     */
    public record Answer(int code, String text) {

        /** What the API server says to a request that it refuses; empty: it says nothing that means something. */
        public Optional<Status> status() {
            try {
                return Optional.ofNullable(Serialization.unmarshal(text, Status.class))
                        .filter(status -> status.getMessage() != null);
            } catch (RuntimeException noStatus) {
                return Optional.empty();
            }
        }

        /** The same in words. */
        public String said() {
            return status().map(Status::getMessage).orElse("HTTP " + code);
        }

        /** The same as the client throws it. */
        public KubernetesClientException refusal() {
            return new KubernetesClientException(said(), code, null);
        }
    }

    /** Whether nobody answered: the client has 0 for that, or -1. */
    public static boolean isUnanswered(KubernetesClientException failure) {
        return failure.getCode() <= 0;
    }

    /** What the sandbox's API server said, without what the client puts around it. */
    public static String message(KubernetesClientException e) {
        return e.getStatus() != null && e.getStatus().getMessage() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getMessage());
    }

    private String url(String path) {
        return client.getMasterUrl().toString().replaceAll("/$", "") + path;
    }

    @Override
    public void close() {
        client.close();
    }
}
