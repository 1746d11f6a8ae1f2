package dev.sandboxcluster.operator.capability.workers.external.session;

import dev.sandboxcluster.api.v1alpha1.Annotations;
import dev.sandboxcluster.api.v1alpha1.ExternalWorkers.Bootstrap;
import dev.sandboxcluster.api.v1alpha1.Labels;
import dev.sandboxcluster.api.v1alpha1.NodeReason;
import dev.sandboxcluster.operator.capability.workers.external.join.JoinToken;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.PublishedToken;
import dev.sandboxcluster.operator.capability.workers.external.plan.WorkerReport.Refusal;
import dev.sandboxcluster.operator.capability.workers.external.policy.Csr;
import dev.sandboxcluster.operator.objects.Base64Data;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The bootstrap tokens of a sandbox that the operator made: Secrets in kube-system, in the form that Kubernetes demands
 * (kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens). The sandbox is their only record; the join Secret
 * on the host cluster is a copy.
 */
final class JoinTokens {

    static final String NAMESPACE = "kube-system";

    static final String TYPE = "bootstrap.kubernetes.io/token";
    /** The group that k3s itself gives its bootstrap tokens. */
    private static final String K3S_GROUP = "system:bootstrappers:k3s:default-node-token";

    private static final String NAME = "bootstrap-token-";

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int ID_LENGTH = 6;
    private static final int SECRET_LENGTH = 16;
    /** A token is replaced when this part of its life is left. */
    private static final int RENEW_AT_LAST = 3;

    private JoinTokens() {}

    /**
     * A token as the sandbox has it.
     *
     * @param name of its Secret
     */
    record Kept(String name, String group, String epoch, JoinToken token) {}

    /**
     * What is to be done about the tokens.
     *
     * @param withdraw names of Secrets that nobody may join with any more
     * @param create tokens to make
     * @param publish the token for each group's join Secret, once {@code create} is done
     */
    record Changes(List<String> withdraw, List<Kept> create, Map<String, PublishedToken> publish) {}

    /**
     * What there is in a sandbox.
     *
     * @param skipped what is labelled as one of the operator's tokens, and is none
     */
    record Tokens(List<Kept> kept, List<Refusal> skipped) {}

    /** Reads the operator's tokens; those that are being deleted are none any more. */
    static Tokens read(List<Secret> secrets) {
        List<Kept> kept = new ArrayList<>();
        List<Refusal> skipped = new ArrayList<>();
        for (Secret secret : secrets) {
            if (secret.getMetadata().getDeletionTimestamp() == null) {
                read(secret)
                        .ifPresentOrElse(
                                kept::add,
                                () -> skipped.add(new Refusal(
                                        secret.getMetadata().getName(),
                                        Optional.empty(),
                                        NodeReason.TOKEN_INVALID,
                                        "The Secret " + NAMESPACE + "/"
                                                + secret.getMetadata().getName()
                                                + " of the sandbox is labelled as a join token and isn't one that works:"
                                                + " its name must be bootstrap-token- and its token-id, and all parts of"
                                                + " a token must be there. Nobody joins with it; delete it")));
            }
        }
        return new Tokens(kept, skipped);
    }

    /** What is needed to add a token to the sandbox. */
    static Secret secret(Kept kept, Bootstrap bootstrap) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(kept.name())
                .withNamespace(NAMESPACE)
                .addToLabels(Labels.WORKER_GROUP, kept.group())
                .addToAnnotations(Annotations.TOKEN_EPOCH, kept.epoch())
                .endMetadata()
                .withType(TYPE)
                .addToStringData("token-id", kept.token().id())
                .addToStringData("token-secret", kept.token().secret())
                .addToStringData("expiration", kept.token().expiration().toString())
                .addToStringData("usage-bootstrap-authentication", "true")
                .addToStringData(
                        "auth-extra-groups",
                        bootstrap == Bootstrap.K3sAgent ? K3S_GROUP : Csr.TOKEN_GROUP_PREFIX + kept.group())
                .addToStringData("description", "Machines of the group " + kept.group() + " join with it")
                .build();
    }

    /**
     * Decides what is to be done. Tokens of another epoch, or of a group that there is no more, are withdrawn; a group
     * whose newest token has lived two thirds of its life gets another, while the old one still works.
     *
     * @param epochs the current epoch of every group
     */
    static Changes changes(
            List<Kept> kept, Map<String, String> epochs, Duration ttl, Instant now, RandomGenerator random) {
        List<String> withdraw = kept.stream()
                .filter(token -> !token.epoch().equals(epochs.get(token.group())))
                .map(Kept::name)
                .toList();
        List<Kept> create = new ArrayList<>();
        Map<String, PublishedToken> publish = new LinkedHashMap<>();
        epochs.forEach((group, epoch) -> {
            Kept newest = kept.stream()
                    .filter(token ->
                            token.group().equals(group) && token.epoch().equals(epoch))
                    .max(Comparator.comparing(token -> token.token().expiration()))
                    .filter(token -> token.token().expiration().isAfter(now.plus(ttl.dividedBy(RENEW_AT_LAST))))
                    // With a shorter lifetime than before, the token that was made for the longer one goes on.
                    .orElseGet(() -> {
                        Kept fresh = mint(group, epoch, now.plus(ttl), random);
                        create.add(fresh);
                        return fresh;
                    });
            publish.put(group, new PublishedToken(epoch, newest.token()));
        });
        return new Changes(withdraw, create, publish);
    }

    private static Kept mint(String group, String epoch, Instant expiration, RandomGenerator random) {
        JoinToken token = new JoinToken(
                word(ID_LENGTH, random), word(SECRET_LENGTH, random), expiration.truncatedTo(ChronoUnit.SECONDS));
        return new Kept(NAME + token.id(), group, epoch, token);
    }

    /** A random word of lower-case letters and digits. */
    static String word(int length, RandomGenerator random) {
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < length; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }

    private static Optional<Kept> read(Secret secret) {
        try {
            Kept kept = new Kept(
                    secret.getMetadata().getName(),
                    secret.getMetadata().getLabels().get(Labels.WORKER_GROUP),
                    Optional.ofNullable(secret.getMetadata().getAnnotations())
                            .map(annotations -> annotations.get(Annotations.TOKEN_EPOCH))
                            .orElse(""),
                    new JoinToken(
                            value(secret, "token-id"),
                            value(secret, "token-secret"),
                            Instant.parse(value(secret, "expiration"))));
            // Kubernetes finds a token by this name.
            return kept.name().equals(NAME + kept.token().id()) ? Optional.of(kept) : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException edited) {
            return Optional.empty();
        }
    }

    private static String value(Secret secret, String key) {
        return Optional.ofNullable(Base64Data.decode(secret.getData()).get(key))
                .orElseThrow(() -> new IllegalArgumentException(key));
    }
}
