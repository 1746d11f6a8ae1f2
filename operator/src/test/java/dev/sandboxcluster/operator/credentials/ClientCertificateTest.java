package dev.sandboxcluster.operator.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientCertificateTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.750Z");
    private static final Duration LIFETIME = Duration.ofDays(30);

    private final KeyPairPem ca = ClusterPki.mint("demo", NOW).clientCa();
    private final KeyPairPem otherCa = ClusterPki.mint("demo", NOW).clientCa();
    private final KeyPairPem client = mint(NOW, LIFETIME);

    @Test
    void namesTheUserForClientAuthenticationOnly() throws GeneralSecurityException {
        X509Certificate certificate = Jdk.certificate(client.certificate());
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=system:admin,O=system:masters");
        assertThat(certificate.getIssuerX500Principal())
                .isEqualTo(Jdk.certificate(ca.certificate()).getSubjectX500Principal());
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getBasicConstraints()).isNegative();
        assertThat(certificate.getKeyUsage())
                .containsExactly(true, false, false, false, false, false, false, false, false);
        assertThat(certificate.getSerialNumber()).isPositive();
        assertThat(certificate.getSerialNumber().bitLength()).isBetween(64, 128);
        assertThat(certificate.getSerialNumber())
                .isNotEqualTo(Jdk.certificate(mint(NOW, LIFETIME).certificate()).getSerialNumber());
    }

    @Test
    void jdkValidatesItForItsLifeToTheSecond() throws GeneralSecurityException {
        Instant start = Instant.parse("2026-03-01T11:00:00Z");
        Instant end = Instant.parse("2026-03-31T12:00:00Z");
        for (Instant inside : new Instant[] {start, NOW, end}) {
            assertThatCode(() -> Jdk.validate(client.certificate(), ca.certificate(), inside))
                    .doesNotThrowAnyException();
        }
        for (Instant outside : new Instant[] {start.minusSeconds(1), end.plusSeconds(1)}) {
            assertThatThrownBy(() -> Jdk.validate(client.certificate(), ca.certificate(), outside))
                    .isInstanceOf(CertPathValidatorException.class);
        }
    }

    @Test
    void jdkRefusesItUnderAnotherAuthority() {
        assertThatThrownBy(() -> Jdk.validate(client.certificate(), otherCa.certificate(), NOW))
                .isInstanceOf(CertPathValidatorException.class);
    }

    @Test
    void opensslVerifiesItAsAClientOnly(@TempDir Path directory) {
        OpenSsl openssl = new OpenSsl(directory);
        openssl.file("ca.crt", ca.certificate());
        openssl.file("other-ca.crt", otherCa.certificate());
        openssl.file("client.crt", client.certificate());
        openssl.file("client.key", client.privateKey());
        String now = Long.toString(NOW.getEpochSecond());

        assertThat(openssl.must(verify("ca.crt", "sslclient", now))).contains("client.crt: OK");
        OpenSsl.Result asServer = openssl.run(verify("ca.crt", "sslserver", now));
        assertThat(asServer.exitCode()).isNotZero();
        assertThat(asServer.output()).contains("unsuitable certificate purpose");
        OpenSsl.Result elsewhere = openssl.run(verify("other-ca.crt", "sslclient", now));
        assertThat(elsewhere.exitCode()).isNotZero();
        assertThat(elsewhere.output()).contains("unable to get local issuer certificate");

        assertThat(openssl.must("ec", "-in", "client.key", "-check", "-noout")).contains("EC Key valid");
        assertThat(openssl.must("x509", "-in", "client.crt", "-noout", "-pubkey"))
                .isEqualTo(openssl.must("pkey", "-in", "client.key", "-pubout"));
    }

    /** A tenth of the life ahead, at most an hour. */
    @ParameterizedTest
    @CsvSource({"P30D,3600", "PT10H,3600", "PT9H59M50S,3599", "PT1H,360", "PT10S,1", "PT9S,0", "PT1S,0"})
    void beginsEarlierForClocksThatAreBehind(Duration lifetime, int secondsBefore) throws GeneralSecurityException {
        X509Certificate certificate = Jdk.certificate(mint(NOW, lifetime).certificate());
        Instant second = Instant.parse("2026-03-01T12:00:00Z");
        assertThat(certificate.getNotBefore()).isEqualTo(second.minusSeconds(secondsBefore));
        assertThat(certificate.getNotAfter()).isEqualTo(second.plus(lifetime));
    }

    @Test
    void neverOutlivesItsAuthority() throws GeneralSecurityException {
        Instant caEnd = Jdk.certificate(ca.certificate()).getNotAfter().toInstant();
        Instant minuteBefore = caEnd.minusSeconds(60);
        assertThat(Jdk.certificate(mint(minuteBefore, LIFETIME).certificate()).getNotAfter())
                .isEqualTo(caEnd);
        assertThat(Jdk.certificate(mint(minuteBefore, Duration.ofSeconds(60)).certificate())
                        .getNotAfter())
                .isEqualTo(caEnd);
        assertThat(Jdk.certificate(mint(minuteBefore, Duration.ofSeconds(59)).certificate())
                        .getNotAfter())
                .isEqualTo(caEnd.minusSeconds(1));
        assertThatIllegalArgumentException().isThrownBy(() -> mint(caEnd, LIFETIME));
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT-1S", "PT0.2S"})
    void aLifeMustBeASecondAtLeast(Duration lifetime) {
        assertThatIllegalArgumentException().isThrownBy(() -> mint(NOW, lifetime));
    }

    @Test
    void theAuthorityMustHoldTogether() {
        KeyPairPem mixed = new KeyPairPem(ca.certificate(), otherCa.privateKey());
        assertThatThrownBy(() -> ClientCertificate.mint(mixed, "a", "b", NOW, LIFETIME))
                .isExactlyInstanceOf(InvalidPkiException.class)
                .hasMessage("the client CA's key does not belong to the client CA's certificate");
        assertThatThrownBy(() -> ClientCertificate.mint(client, "a", "b", NOW, LIFETIME))
                .isExactlyInstanceOf(InvalidPkiException.class)
                .hasMessage("the client CA's certificate is not a certificate authority's");
    }

    private KeyPairPem mint(Instant now, Duration lifetime) {
        return ClientCertificate.mint(ca, "system:admin", "system:masters", now, lifetime);
    }

    private static String[] verify(String ca, String purpose, String time) {
        return new String[] {"verify", "-x509_strict", "-CAfile", ca, "-purpose", purpose, "-attime", time, "client.crt"
        };
    }
}
