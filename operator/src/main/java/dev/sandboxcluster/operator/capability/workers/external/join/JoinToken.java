package dev.sandboxcluster.operator.capability.workers.external.join;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/**
 * A bootstrap token of the sandbox, as Kubernetes defines it.
 *
 * @param id its public half: 6 of a–z and 0–9
 * @param secret the other half: 16 of a–z and 0–9; never printed
 * @param expiration from when on the sandbox refuses it; kept in whole seconds
 * @throws IllegalArgumentException if a half has another form; the message doesn't contain it
 */
public record JoinToken(String id, String secret, Instant expiration) {

    private static final Pattern ID = Pattern.compile("[a-z0-9]{6}");
    private static final Pattern SECRET = Pattern.compile("[a-z0-9]{16}");

    public JoinToken {
        expiration = expiration.truncatedTo(ChronoUnit.SECONDS);
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("the id of a bootstrap token is 6 of a-z and 0-9");
        }
        if (!SECRET.matcher(secret).matches()) {
            throw new IllegalArgumentException("the secret of a bootstrap token is 16 of a-z and 0-9");
        }
    }

    /** {@code <id>.<secret>}: what a client shows to the API. */
    public String bearer() {
        return id + "." + secret;
    }

    /** Says which token this is, and not its secret: records end up in log lines. */
    @Override
    public String toString() {
        return "JoinToken[id=" + id + ", expiration=" + expiration + "]";
    }
}
