package dev.sandboxcluster.operator.sandbox.probe;

import dev.sandboxcluster.api.v1alpha1.EndpointFailure;
import dev.sandboxcluster.operator.sandbox.SandboxAccess;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts what another trust manager does, and says why it doesn't in terms of the cluster. */
final class SandboxTrust extends X509ExtendedTrustManager {

    private static final int MOST_NAMES = 12;

    /** How k3s calls the CA of API servers (k3s, pkg/daemons/control/deps, genServerCerts), and so the operator. */
    private static final Pattern CLUSTER_CA = Pattern.compile("CN=k3s-server-ca@");

    private final X509ExtendedTrustManager delegate;
    private final SandboxAccess access;

    /** @param delegate verifies chain and, as the TLS engine demands it, name */
    SandboxTrust(X509ExtendedTrustManager delegate, SandboxAccess access) {
        this.delegate = delegate;
        this.access = access;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        try {
            delegate.checkServerTrusted(chain, authType, engine);
        } catch (CertificateException e) {
            checkServerTrusted(chain, authType);
            throw rejected(EndpointFailure.TLSNameMismatch, otherNames(chain[0]));
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        delegate.checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        try {
            delegate.checkServerTrusted(chain, authType);
        } catch (CertificateException e) {
            throw new CertificateException(notTrusted(chain[0], e));
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw new CertificateException("not a server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        throw new CertificateException("not a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return delegate.getAcceptedIssuers();
    }

    /** TLS wants an exception of its own kind; what is told to people is its cause. */
    private static CertificateException rejected(EndpointFailure kind, String message) {
        return new CertificateException(new ProbeException(kind, message));
    }

    private ProbeException notTrusted(X509Certificate leaf, CertificateException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
                return new ProbeException(
                        EndpointFailure.TLSUntrusted,
                        "the certificate of " + access.address() + " is valid from "
                                + leaf.getNotBefore().toInstant() + " to "
                                + leaf.getNotAfter().toInstant());
            }
        }
        String issuer = leaf.getIssuerX500Principal().getName();
        boolean sameName = List.of(getAcceptedIssuers()).stream()
                .anyMatch(ca -> ca.getSubjectX500Principal().equals(leaf.getIssuerX500Principal()));
        if (sameName) {
            return new ProbeException(
                    EndpointFailure.WrongServer,
                    "the certificate of " + access.address() + " names the cluster's CA (" + issuer
                            + ") as its issuer but isn't signed with that CA's key: another cluster, or an earlier one"
                            + " of the same name, answers there");
        }
        return CLUSTER_CA.matcher(issuer).find()
                ? new ProbeException(
                        EndpointFailure.WrongServer,
                        "the certificate of " + access.address() + " was issued by \"" + issuer
                                + "\", the CA of another cluster, which answers there")
                : new ProbeException(
                        EndpointFailure.TLSTerminatedByProxy,
                        "the certificate of " + access.address() + " was issued by \"" + issuer
                                + "\", not by the cluster's CA: something else answers there, perhaps a proxy that"
                                + " terminates TLS");
    }

    private String otherNames(X509Certificate leaf) {
        return "the certificate of " + access.address() + " isn't valid for " + access.verifiedName() + " but for "
                + names(leaf);
    }

    private static String names(X509Certificate leaf) {
        Collection<List<?>> alternatives;
        try {
            alternatives = leaf.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            alternatives = null;
        }
        if (alternatives == null) {
            return "no name at all";
        }
        String names = alternatives.stream()
                .limit(MOST_NAMES)
                .map(name -> String.valueOf(name.get(1)))
                .collect(Collectors.joining(", "));
        return alternatives.size() <= MOST_NAMES
                ? names
                : names + " and " + (alternatives.size() - MOST_NAMES) + " more";
    }
}
