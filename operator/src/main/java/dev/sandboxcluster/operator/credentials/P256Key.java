package dev.sandboxcluster.operator.credentials;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentSignerBuilder;
import org.bouncycastle.util.BigIntegers;

/** A private key on the curve P-256 (secp256r1), and with it its public key. */
final class P256Key {

    private static final int BITS = 256;
    private static final AlgorithmIdentifier ALGORITHM =
            new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, SECObjectIdentifiers.secp256r1);
    private static final AlgorithmIdentifier SHA256_WITH_ECDSA =
            new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    /** The secret number, between 1 and the order of the curve minus 1. */
    private final BigInteger scalar;

    /** The public key: uncompressed, as in certificates. Kept, because it takes most of the time to make one. */
    private final byte[] publicPoint;

    private P256Key(BigInteger scalar) {
        X9ECParameters curve = curve();
        if (scalar.signum() <= 0 || scalar.compareTo(curve.getN()) >= 0) {
            throw new IllegalArgumentException("the number is outside of the curve's order");
        }
        this.scalar = scalar;
        this.publicPoint =
                new FixedPointCombMultiplier().multiply(curve.getG(), scalar).getEncoded(false);
    }

    /** Draws a key as FIPS 186-5 A.2.2 does: numbers until one is in range, all equally likely. */
    static P256Key generate(SecureRandom random) {
        BigInteger largest = curve().getN().subtract(BigInteger.ONE);
        return new P256Key(BigIntegers.createRandomInRange(BigInteger.ONE, largest, random));
    }

    /** The key in a SEC 1 {@code ECPrivateKey}, or nothing if it is none on this curve. */
    static Optional<P256Key> fromSec1(byte[] der) {
        try {
            ECPrivateKey key = ECPrivateKey.getInstance(der);
            return onThisCurve(key.getParametersObject()) ? Optional.of(new P256Key(key.getKey())) : Optional.empty();
        } catch (RuntimeException e) { // BouncyCastle's parsers throw many kinds
            return Optional.empty();
        }
    }

    /** The key in a PKCS#8 {@code PrivateKeyInfo}, or nothing if it is none on this curve. */
    static Optional<P256Key> fromPkcs8(byte[] der) {
        try {
            PrivateKeyInfo info = PrivateKeyInfo.getInstance(der);
            AlgorithmIdentifier algorithm = info.getPrivateKeyAlgorithm();
            boolean ours = X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm.getAlgorithm())
                    && onThisCurve(algorithm.getParameters());
            return ours
                    ? Optional.of(new P256Key(
                            ECPrivateKey.getInstance(info.parsePrivateKey()).getKey()))
                    : Optional.empty();
        } catch (IOException | RuntimeException e) { // BouncyCastle's parsers throw many kinds
            return Optional.empty();
        }
    }

    /** DER, with the curve's name and the public key, as Go and OpenSSL write it. */
    byte[] toSec1() {
        try {
            return new ECPrivateKey(BITS, scalar, new DERBitString(publicPoint), SECObjectIdentifiers.secp256r1)
                    .getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory must not fail", e);
        }
    }

    /** Makes signatures of the kind {@code ecdsa-with-SHA256}. */
    ContentSigner signer(SecureRandom random) {
        try {
            return new BcECContentSignerBuilder(
                            SHA256_WITH_ECDSA, new DefaultDigestAlgorithmIdentifierFinder().find(SHA256_WITH_ECDSA))
                    .setSecureRandom(random)
                    .build(new ECPrivateKeyParameters(
                            scalar, new ECNamedDomainParameters(SECObjectIdentifiers.secp256r1, curve())));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException("BouncyCastle must be able to sign with P-256", e);
        }
    }

    SubjectPublicKeyInfo publicKey() {
        return new SubjectPublicKeyInfo(ALGORITHM, publicPoint);
    }

    boolean belongsTo(X509Certificate certificate) {
        return publicKey()
                .equals(SubjectPublicKeyInfo.getInstance(
                        certificate.getPublicKey().getEncoded()));
    }

    @Override
    public String toString() {
        return "P256Key[hidden]";
    }

    private static boolean onThisCurve(ASN1Encodable parameters) {
        return SECObjectIdentifiers.secp256r1.equals(parameters);
    }

    private static X9ECParameters curve() {
        return CustomNamedCurves.getByOID(SECObjectIdentifiers.secp256r1);
    }
}
