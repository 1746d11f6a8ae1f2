package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.operator.verdict.Wording;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.regex.Pattern;

/** The requests that tell whether a sandbox can be used. */
final class SandboxApi {

    private static final String READY = "/readyz";
    private static final String VERSION = "/version";
    private static final String SERVICE_ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
    private static final String DEFAULT_SERVICE_ACCOUNT = SERVICE_ACCOUNTS + "/default";
    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    private static final String ANY_LEASE = LEASES + "?limit=1";
    /** Otherwise the API server may take half a minute to say that it could not write. */
    private static final String TIMEOUT = "timeout=2s";

    /** It gets into the status and into scripts. */
    private static final Pattern VERSIONS = Pattern.compile("[0-9A-Za-z.+_-]{1,63}");

    private static final int LOOKS = 20;

    private final SandboxHttp http;
    private final Diagnosis diagnosis;
    private final Optional<ServingNames> names;
    private final Optional<AdministratorBinding> binding;

    /** What was found out since the last success; null: nothing. */
    private String knownVersion;

    /**
     * Asks nothing yet.
     *
     * @param names to look after, if any
     * @param binding what gives the users their rights, if they need any
     */
    SandboxApi(
            SandboxHttp http,
            Diagnosis diagnosis,
            Optional<ServingNames> names,
            Optional<AdministratorBinding> binding) {
        this.http = http;
        this.diagnosis = diagnosis;
        this.names = names;
        this.binding = binding;
    }

    /** Whether what was usable still calls itself ready; fails with the reason if it doesn't. */
    Future<Void> stillReady() {
        return ready().compose(ready -> names.map(ServingNames::forgetOwn).orElseGet(Future::succeededFuture));
    }

    private Future<Void> ready() {
        return get(READY).compose(answer -> ok(answer) ? Future.succeededFuture() : failed(READY, answer));
    }

    /**
     * Makes sure that users can work; gives the API server's version, or fails with the reason why they can't. Account
     * and version are seen to as soon as there are answers, which is seconds before the API server calls itself ready:
     * then that is the last thing to wait for.
     */
    Future<String> usable() {
        return ready().transform(readiness -> readiness.failed() && !ProbeException.answered(readiness.cause())
                ? Future.failedFuture(readiness.cause())
                : prepared().transform(prepared -> {
                    if (readiness.failed() && !ProbeException.forbidden(readiness.cause())) {
                        return Future.failedFuture(readiness.cause());
                    }
                    if (prepared.failed()) {
                        return Future.failedFuture(prepared.cause());
                    }
                    if (readiness.failed()) {
                        return Future.failedFuture(isTakingEffect() ? withoutEffect() : readiness.cause());
                    }
                    knownVersion = null;
                    return Future.succeededFuture(prepared.result());
                }));
    }

    private Future<String> prepared() {
        return knownVersion != null
                ? Future.succeededFuture(knownVersion)
                : defaultServiceAccount(LOOKS)
                        .compose(present -> version())
                        .compose(version -> names.map(ServingNames::forgetFormer)
                                .orElseGet(Future::succeededFuture)
                                .map(version))
                        .onSuccess(version -> knownVersion = version);
    }

    /**
     * Without this account no pod can be created. The controller that makes it comes seconds after the API server is
     * ready, and accepts one that is already there.
     *
     * @param looks how often to look again whether the administrators' rights have taken effect
     */
    private Future<Void> defaultServiceAccount(int looks) {
        return get(DEFAULT_SERVICE_ACCOUNT).compose(answer -> {
            if (answer.status() == 404 && !answer.html()) {
                return createDefaultServiceAccount();
            }
            if (answer.status() == HttpURLConnection.HTTP_FORBIDDEN && binding.isPresent() && looks > 0) {
                return giveRights(binding.get()).compose(given -> defaultServiceAccount(looks - 1));
            }
            if (answer.status() == HttpURLConnection.HTTP_FORBIDDEN && isTakingEffect()) {
                return Future.failedFuture(withoutEffect());
            }
            return ok(answer) ? Future.succeededFuture() : failed(DEFAULT_SERVICE_ACCOUNT, answer);
        });
    }

    private static Future<Void> giveRights(AdministratorBinding rights) {
        return (rights.takesEffect() ? Future.<Void>succeededFuture() : rights.write())
                .compose(written -> rights.rest());
    }

    private static ProbeException withoutEffect() {
        return new ProbeException(EndpointFailure.NotReady, "the administrators' rights haven't taken effect yet");
    }

    /** What is refused now may not be a moment later. */
    private boolean isTakingEffect() {
        return binding.filter(AdministratorBinding::takesEffect).isPresent();
    }

    private Future<Void> createDefaultServiceAccount() {
        Buffer account = new JsonObject()
                .put("apiVersion", "v1")
                .put("kind", "ServiceAccount")
                .put("metadata", new JsonObject().put("name", "default").put("namespace", "default"))
                .toBuffer();
        return http.send(HttpMethod.POST, SERVICE_ACCOUNTS, account)
                .compose(answer -> answer.status() == 201
                        ? Future.succeededFuture()
                        // Also where it came into being meanwhile (409): the next attempt sees it.
                        : Future.failedFuture(new ProbeException(
                                EndpointFailure.DefaultServiceAccountMissing,
                                "the ServiceAccount \"default\" that pods need isn't there yet (creating it: "
                                        + answer.status() + ")")));
    }

    private Future<String> version() {
        return get(VERSION).compose(answer -> answer.json()
                .filter(json -> answer.status() == 200)
                .flatMap(json -> Optional.ofNullable(json.getValue("gitVersion")))
                .map(String::valueOf)
                .filter(version -> VERSIONS.matcher(version).matches())
                .map(Future::succeededFuture)
                .orElseGet(() -> failed(VERSION, answer)));
    }

    /** The revision of the whole store; each write makes it another. */
    Future<String> revision() {
        return get(ANY_LEASE).compose(answer -> answer.json()
                .filter(list -> answer.status() == 200)
                .map(list ->
                        Future.succeededFuture(list.getJsonObject("metadata").getString("resourceVersion")))
                .orElseGet(() -> failed(ANY_LEASE, answer)));
    }

    /**
     * Writes something, and takes it away again; gives what the API server says if it could not be stored. It creates,
     * because k3s tells why that fails; why an update or a deletion fails it doesn't, but tries until the time is up.
     */
    Future<Optional<String>> write() {
        Buffer lease = new JsonObject()
                .put("apiVersion", "coordination.k8s.io/v1")
                .put("kind", "Lease")
                .put(
                        "metadata",
                        new JsonObject()
                                .put("generateName", Labels.OPERATOR + "-")
                                .put("labels", new JsonObject().put(Labels.WRITE_PROBE, "true")))
                .toBuffer();
        return http.send(HttpMethod.POST, LEASES + "?" + TIMEOUT, lease)
                .compose(answer -> answer.status() == 201
                        ? deleteWritten().map(Optional.empty())
                        : Future.succeededFuture(notStored(answer)));
    }

    /** Also what could not be deleted before. That it can't be now is no matter: the next time does it. */
    private Future<Void> deleteWritten() {
        return http.send(HttpMethod.DELETE, LEASES + "?labelSelector=" + Labels.WRITE_PROBE + "&" + TIMEOUT, null)
                .mapEmpty();
    }

    /** Empty where the store wasn't asked: the request was refused before, or a webhook stands in its way. */
    private static Optional<String> notStored(Answer answer) {
        String message = answer.message().orElse("HTTP status " + answer.status());
        return answer.status() < 500 || Wording.WEBHOOK.isSaidIn(message) ? Optional.empty() : Optional.of(message);
    }

    private Future<Answer> get(String path) {
        return http.send(HttpMethod.GET, path, null);
    }

    private static boolean ok(Answer answer) {
        return answer.status() == 200 && !answer.html();
    }

    private <T> Future<T> failed(String path, Answer answer) {
        return Future.failedFuture(diagnosis.answer(path, answer));
    }
}
