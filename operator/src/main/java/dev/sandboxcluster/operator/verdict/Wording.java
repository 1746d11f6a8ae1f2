package dev.sandboxcluster.operator.verdict;

import java.util.regex.Pattern;

/**
 * What only words tell: messages for which neither Kubernetes nor k3s, etcd or the operating system gives a code, a
 * reason or a field. All decisions by text are made here, each with where its text comes from.
 */
public enum Wording {

    /**
     * A volume is full: the kernel (ENOSPC) and SQLite (SQLITE_FULL) say it, or an etcd whose volume is too small for its
     * first file, of which no more than its trace may be left to read.
     */
    FULL_VOLUME("no space left on device|database or disk is full|panic: failed to create WAL"),

    /** TLS: nobody there has the name that was asked for (RFC 6066, section 3); the words are the JDK's. */
    UNRECOGNIZED_NAME("alert: unrecognized_name"),

    /** TLS: the other side can't go on for a reason of its own (RFC 8446, section 6.2); the words are the JDK's. */
    INTERNAL_ERROR("alert: internal_error"),

    /** A ResourceQuota forbids an object (k8s.io/apiserver, plugin resourcequota). */
    QUOTA_EXCEEDED("exceeded quota"),

    /** All addresses or node ports for Services are given out (k8s.io/kubernetes, pkg/registry/core/service). */
    SERVICE_RANGE_FULL("failed to allocate a (serviceIP|nodePort): range is full"),

    /** A ResourceQuota wants values that a pod doesn't have (the same, and pkg/quota/v1/evaluator/core). */
    QUOTA_WANTS_VALUES("failed quota"),

    /** A LimitRange forbids a pod's values (k8s.io/kubernetes, plugin/pkg/admission/limitranger). */
    OUT_OF_LIMIT_RANGE("(minimum|maximum) [^ ]+ usage per |max limit to request ratio per "),

    /** A pod names a RuntimeClass that is not there (k8s.io/kubernetes, plugin/pkg/admission/runtimeclass). */
    NO_RUNTIME_CLASS("RuntimeClass.*not found"),

    /** A pod's volume is made from a ConfigMap that is not there (k8s.io/kubernetes, pkg/volume/configmap). */
    NO_CONFIG_MAP("configmap "),

    /** The same of a Secret (pkg/volume/secret). */
    NO_SECRET("secret "),

    /** The API server ends for its authentication configuration (k8s.io/apiserver, pkg/apis/apiserver/validation). */
    AUTHENTICATION_REFUSED("jwt\\[[0-9]+\\]\\.[A-Za-z]+"),

    /** A node could not pull an image (k8s.io/kubernetes, pkg/kubelet/images); its other warnings only name the state. */
    IMAGE_NOT_PULLED("Failed to pull image"),

    /** A claim names a StorageClass that is not there (k8s.io/kubernetes, pkg/controller/volume/persistentvolume). */
    NO_STORAGE_CLASS("not found"),

    /** A webhook stands in the way of a write (k8s.io/apiserver, pkg/admission/plugin/webhook/errors). */
    WEBHOOK("webhook"),

    /** A node has no pod network (k8s.io/kubernetes, pkg/kubelet, and containerd's CRI plugin). */
    NO_POD_NETWORK("NetworkPluginNotReady|cni plugin not initialized"),

    /** A name has no address (Go's net.DNSError): for a kubelet that only a tunnel knows by its name. */
    NO_ADDRESS("lookup "),

    /** The kernel has no route to a network (ENETUNREACH), for which the JDK has no exception of its own. */
    NETWORK_UNREACHABLE("unreachable");

    private final Pattern words;

    Wording(String words) {
        this.words = Pattern.compile(words, Pattern.DOTALL);
    }

    /** Whether a message, a log or an answer says so. */
    public boolean isSaidIn(String text) {
        return words.matcher(text).find();
    }

    /** The same, where the words are followed by what they are about. */
    public boolean isSaidIn(String text, String about) {
        return Pattern.compile(words.pattern() + Pattern.quote(about))
                .matcher(text)
                .find();
    }
}
