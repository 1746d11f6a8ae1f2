package dev.sandboxcluster.operator.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxcluster.operator.credentials.ClientCertificatePolicy.Violation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientCertificatePolicyTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String USER = "system:admin";
    private static final String GROUP = "system:masters";

    private final KeyPairPem ca = ClusterPki.mint("demo", NOW).clientCa();
    private final ClientCertificatePolicy policy = new ClientCertificatePolicy(ca.certificate(), USER, GROUP);
    /** 1 hour backdated: its life has 720 + 1 hours, of which two thirds are 480 h 40 min. */
    private final KeyPairPem good = ClientCertificate.mint(ca, USER, GROUP, NOW, Duration.ofDays(30));

    private static final Instant START = NOW.minus(Duration.ofHours(1));
    private static final Instant RENEWAL = Instant.parse("2026-03-21T11:40:00Z");
    private static final Instant END = NOW.plus(Duration.ofDays(30));

    @Test
    void aNewCertificateIsFine() {
        assertThat(check(good, NOW)).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \n"})
    void certificateMissing(String nothing) {
        assertThat(policy.check(nothing, good.privateKey(), NOW)).contains(Violation.CERTIFICATE_MISSING);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \n"})
    void privateKeyMissing(String nothing) {
        assertThat(policy.check(good.certificate(), nothing, NOW)).contains(Violation.PRIVATE_KEY_MISSING);
    }

    @Test
    void unparsable() {
        assertThat(policy.check("s3cret", good.privateKey(), NOW)).contains(Violation.UNPARSABLE);
        assertThat(policy.check(good.certificate(), "s3cret", NOW)).contains(Violation.UNPARSABLE);
    }

    @Test
    void privateKeyMismatch() {
        assertThat(policy.check(good.certificate(), ca.privateKey(), NOW)).contains(Violation.PRIVATE_KEY_MISMATCH);
    }

    @Test
    void whetherOnlyItsTimeIsWrong() {
        assertThat(check(good, END.plusSeconds(1)))
                .hasValueSatisfying(v -> assertThat(v.onlyOfTime()).isTrue());
        assertThat(check(good, RENEWAL))
                .hasValueSatisfying(v -> assertThat(v.onlyOfTime()).isTrue());
        assertThat(Violation.SIGNED_BY_ANOTHER.onlyOfTime()).isFalse();
        assertThat(Violation.WRONG_SUBJECT.onlyOfTime()).isFalse();
        assertThat(Violation.PRIVATE_KEY_MISMATCH.onlyOfTime()).isFalse();
    }

    @Test
    void signedByAnother() {
        KeyPairPem otherCa = ClusterPki.mint("demo", NOW).clientCa();
        KeyPairPem foreign = ClientCertificate.mint(otherCa, USER, GROUP, NOW, Duration.ofDays(30));
        assertThat(check(foreign, NOW)).contains(Violation.SIGNED_BY_ANOTHER);
    }

    @Test
    void signedByAnotherOfTheSameName(@TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        openssl.must(issueCa("/O=demo/CN=twin", "ca.crt", "ca.key"));
        openssl.must(issueCa("/O=demo/CN=twin", "impostor.crt", "impostor.key"));
        KeyPairPem client = ClientCertificate.mint(
                new KeyPairPem(openssl.read("impostor.crt"), openssl.read("impostor.key")),
                USER,
                GROUP,
                Instant.now(),
                Duration.ofDays(30));
        assertThat(new ClientCertificatePolicy(openssl.read("ca.crt"), USER, GROUP)
                        .check(client.certificate(), client.privateKey(), Instant.now()))
                .contains(Violation.SIGNED_BY_ANOTHER);
        assertThat(new ClientCertificatePolicy(openssl.read("impostor.crt"), USER, GROUP)
                        .check(client.certificate(), client.privateKey(), Instant.now()))
                .isEmpty();
    }

    /** A server looks an issuer up by its name: the right key under another name is of no use. */
    @Test
    void signedByTheSameKeyUnderAnotherName(@TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        openssl.file("ca.key", ca.privateKey());
        openssl.must("req", "-x509", "-key", "ca.key", "-days", "3650", "-subj", "/CN=other", "-out", "other.crt");
        ClientCertificatePolicy other = new ClientCertificatePolicy(openssl.read("other.crt"), USER, GROUP);
        assertThat(other.check(good.certificate(), good.privateKey(), NOW)).contains(Violation.SIGNED_BY_ANOTHER);
    }

    @ParameterizedTest
    @CsvSource({
        "system:node, system:masters",
        "system:admin, system:nodes",
        "System:Admin, system:masters",
        "system:admin, System:masters",
        "system:masters, system:admin",
        "'system:admin ', system:masters",
        "'system:admin,O=system:masters', x"
    })
    void wrongSubject(String user, String group) {
        KeyPairPem other = ClientCertificate.mint(ca, user, group, NOW, Duration.ofDays(30));
        assertThat(check(other, NOW)).contains(Violation.WRONG_SUBJECT);
    }

    /** openssl as the issuer: the policy must not depend on who wrote a certificate. */
    @ParameterizedTest
    @CsvSource({
        "/O=system:masters/CN=system:admin,",
        "/CN=system:admin/O=system:masters,",
        "/O=system:masters/O=other/CN=system:admin, WRONG_SUBJECT",
        "/O=system:masters/CN=system:admin/CN=other, WRONG_SUBJECT",
        "/CN=system:admin, WRONG_SUBJECT",
        "/O=system:masters, WRONG_SUBJECT"
    })
    void namesExactlyOneUserAndOneGroup(String subject, Violation expected, @TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        Instant today = Instant.now();
        KeyPairPem currentCa = ClusterPki.mint("demo", today).clientCa();
        openssl.file("ca.crt", currentCa.certificate());
        openssl.file("ca.key", currentCa.privateKey());
        openssl.must(
                "req",
                "-x509",
                "-CA",
                "ca.crt",
                "-CAkey",
                "ca.key",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "30",
                "-subj",
                subject,
                "-keyout",
                "client.key",
                "-out",
                "client.crt");
        assertThat(new ClientCertificatePolicy(currentCa.certificate(), USER, GROUP)
                        .check(openssl.read("client.crt"), openssl.read("client.key"), today.plusSeconds(60)))
                .isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void notYetValidToTheSecond() {
        assertThat(check(good, START.minusSeconds(1))).contains(Violation.NOT_YET_VALID);
        assertThat(check(good, START)).isEmpty();
    }

    @Test
    void renewalDueToTheSecond() {
        assertThat(ClientCertificatePolicy.renewAt(good.certificate())).isEqualTo(RENEWAL);
        assertThat(check(good, RENEWAL.minusSeconds(1))).isEmpty();
        assertThat(check(good, RENEWAL)).contains(Violation.RENEWAL_DUE);
        assertThat(check(good, END)).contains(Violation.RENEWAL_DUE);
    }

    @Test
    void expiredToTheSecond() {
        assertThat(check(good, END.plusSeconds(1))).contains(Violation.EXPIRED);
    }

    /** A certificate that is due when it is made would be made again and again. */
    @ParameterizedTest
    @ValueSource(strings = {"P3650D", "P365D", "P1D", "PT1H", "PT30M", "PT1M", "PT10S", "PT2S"})
    void renewalIsNeverDueAtOnce(Duration lifetime) {
        KeyPairPem fresh = ClientCertificate.mint(ca, USER, GROUP, NOW, lifetime);
        assertThat(check(fresh, NOW)).isEmpty();
        assertThat(ClientCertificatePolicy.renewAt(fresh.certificate()))
                .isAfter(NOW)
                .isBefore(NOW.plus(lifetime));
    }

    @Test
    void anUnparsableAuthorityIsAnErrorAndNoReasonToRenew() {
        ClientCertificatePolicy broken = new ClientCertificatePolicy("s3cret", USER, GROUP);
        assertThatThrownBy(() -> broken.check(good.certificate(), good.privateKey(), NOW))
                .isExactlyInstanceOf(InvalidPkiException.class)
                .hasMessage("the client CA's certificate is not exactly one PEM certificate");
    }

    @Test
    void renewAtNeedsACertificate() {
        assertThatThrownBy(() -> ClientCertificatePolicy.renewAt("s3cret"))
                .isExactlyInstanceOf(InvalidPkiException.class)
                .hasMessage("the client certificate is not exactly one PEM certificate");
    }

    private Optional<Violation> check(KeyPairPem client, Instant now) {
        return policy.check(client.certificate(), client.privateKey(), now);
    }

    private static String[] issueCa(String subject, String certificate, String key) {
        return new String[] {
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "3650",
            "-subj",
            subject,
            "-addext",
            "keyUsage=critical,keyCertSign",
            "-keyout",
            key,
            "-out",
            certificate
        };
    }
}
