package dev.sandboxcluster.api.v1alpha1;

/** Why a sandbox's API can't be used; in the order in which an attempt gets that far. */
public enum EndpointFailure {
    /** The URL, the certificates or the key can't be read: nothing is dialled. */
    InvalidTarget,
    /** The URL's host has no address, or the name servers don't answer. */
    DNSFailure,
    /** Nothing listens there (yet), or something rejects. */
    ConnectionRefused,
    /** There's no way to the address. */
    Unreachable,
    /** Nobody answers the request to connect. */
    ConnectTimeout,
    /** The router that all sandboxes share isn't reached. */
    RouterUnavailable,
    /** The router is reached, and knows nobody of that name. */
    NameNotRouted,
    /** A connection was closed by the other side. */
    ConnectionReset,
    /** There's a connection, but no answer in time. */
    NoAnswer,
    /** The other side doesn't speak TLS, or not with us. */
    TLSFailure,
    /** The certificate isn't one of a cluster's CA: something that ends TLS is in between. */
    TLSTerminatedByProxy,
    /** The certificate is one of another cluster's CA. */
    WrongServer,
    /** The certificate isn't valid at this time. */
    TLSUntrusted,
    /** The certificate is one of the cluster's CA, but for other names. */
    TLSNameMismatch,
    /** HTTP 401. */
    Unauthorized,
    /** HTTP 403. */
    Forbidden,
    /** The API server says itself that it isn't ready. */
    NotReady,
    /** An answer that no API server gives. */
    UnexpectedResponse,
    /** Ready, but pods couldn't be created: their ServiceAccount isn't there yet and couldn't be made. */
    DefaultServiceAccountMissing
}
