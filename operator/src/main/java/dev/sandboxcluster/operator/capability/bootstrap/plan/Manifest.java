package dev.sandboxcluster.operator.capability.bootstrap.plan;

import dev.sandboxcluster.api.v1alpha1.Reason;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An object that is to be applied.
 *
 * @param where it is from, for people
 * @param secret whether nobody is to see what is in it
 * @param namespace empty: none is given
 * @param content what JSON can say
 */
public record Manifest(
        String where,
        boolean secret,
        String apiVersion,
        String kind,
        Optional<String> namespace,
        String name,
        Map<String, Object> content) {

    private static final Pattern API_VERSION = Pattern.compile("([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[a-z0-9]{1,63}");
    private static final Pattern KIND = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,62}");
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    /** As the API server has it for all names (k8s.io/apimachinery, IsValidPathSegmentName). */
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[^/%\\p{Cntrl}]{1,253}");

    private static final String DEFAULT_NAMESPACE = "default";

    /** What the API server fills in, and refuses or misunderstands when it is given: it is in what was exported. */
    private static final List<String> OF_THE_SERVER =
            List.of("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid");

    /** @throws InvalidManifestException if that is no object, or has no name */
    static Manifest of(ManifestText text, Map<String, Object> document) {
        String kind = field(text, "an object", document, "kind", KIND);
        String apiVersion = field(text, "a " + kind, document, "apiVersion", API_VERSION);
        Map<String, Object> metadata = new LinkedHashMap<>(map(document.get("metadata")));
        if (metadata.get("name") == null && metadata.get("generateName") != null) {
            throw invalid(
                    text,
                    "a " + kind + " has metadata.generateName and no name: it would be another object each time it is"
                            + " applied. Give it a name");
        }
        String name = field(text, "a " + kind, metadata, "name", NAME);
        Optional<String> namespace = Optional.ofNullable(metadata.get("namespace"))
                .filter(given -> !given.equals(""))
                .map(given -> field(text, kind + " " + name, metadata, "namespace", NAMESPACE));
        OF_THE_SERVER.forEach(metadata::remove);
        Map<String, Object> content = new LinkedHashMap<>(document);
        content.put("metadata", metadata);
        return new Manifest(text.where(), text.secret(), apiVersion, kind, namespace, name, content);
    }

    private static String field(
            ManifestText text, String what, Map<String, Object> object, String field, Pattern pattern) {
        Object value = object.get(field);
        if (value == null) {
            throw invalid(text, what + " has no " + field);
        }
        if (!(value instanceof String given) || !pattern.matcher(given).matches()) {
            throw invalid(text, what + " has a " + field + " that can't be one");
        }
        return given;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return value instanceof Map ? (Map<String, Object>) value : Map.of();
    }

    private static InvalidManifestException invalid(ManifestText text, String what) {
        return new InvalidManifestException(Reason.BOOTSTRAP_INVALID, text.where() + ": " + what);
    }

    /** What people call it. */
    public String title() {
        return where + ": " + kind + " " + namespace.map(in -> in + "/" + name).orElse(name);
    }

    /** Where the API server says what it serves of the object's group and version. */
    public String apiPath() {
        return (apiVersion.indexOf('/') < 0 ? "/api/" : "/apis/") + apiVersion;
    }

    /**
     * The path of the object.
     *
     * @param resource what the API server calls its kind
     */
    public String path(String resource, boolean namespaced) {
        return apiPath() + (namespaced ? "/namespaces/" + namespace.orElse(DEFAULT_NAMESPACE) : "") + "/" + resource
                + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
