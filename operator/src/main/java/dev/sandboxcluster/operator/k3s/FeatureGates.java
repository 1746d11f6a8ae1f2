package dev.sandboxcluster.operator.k3s;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The API server's feature gates among the flags of {@code k3s server}. */
final class FeatureGates {

    static final String FLAG = "--kube-apiserver-arg=feature-gates=";

    /** k3s takes {@code name+=} and {@code name-=} too, the API server {@code _} for {@code -}. */
    private static final Pattern SPELLINGS = Pattern.compile("--kube-apiserver-arg=-*feature[-_]gates[-+]*=(.*)");

    /** Since Kubernetes 1.32 a gate may say whose it is; without it is Kubernetes's (k8s.io/component-base, version). */
    private static final String OF_KUBERNETES = "kube:";

    private FeatureGates() {}

    static boolean is(String flag) {
        return SPELLINGS.matcher(flag).matches();
    }

    /** All of them in one flag; of a gate that is set several times, the last value counts. Empty: there are none. */
    static Optional<String> merged(Stream<String> flags) {
        Map<String, String> gates = new LinkedHashMap<>();
        flags.map(SPELLINGS::matcher)
                .filter(Matcher::matches)
                .flatMap(flag -> Stream.of(flag.group(1).split(",")))
                .map(String::strip)
                .filter(gate -> !gate.isEmpty())
                .forEach(gate -> gates.put(name(gate), gate));
        return gates.isEmpty() ? Optional.empty() : Optional.of(FLAG + String.join(",", gates.values()));
    }

    private static String name(String gate) {
        String name = gate.split("=", 2)[0].strip();
        return name.startsWith(OF_KUBERNETES) ? name.substring(OF_KUBERNETES.length()) : name;
    }
}
