package dev.sandboxcluster.api.v1alpha1;

/** The reasons of the condition {@code Denied} that the operator gives a CertificateSigningRequest. */
public final class DenyReason {

    public static final String TOKEN_UNKNOWN = "TokenUnknown";
    public static final String REQUESTER_REFUSED = "RequesterRefused";
    public static final String REQUEST_MALFORMED = "RequestMalformed";
    public static final String KEY_REFUSED = "KeyRefused";
    public static final String SUBJECT_REFUSED = "SubjectRefused";
    public static final String EXTENSION_REFUSED = "ExtensionRefused";
    public static final String USAGES_REFUSED = "UsagesRefused";
    public static final String NAME_INVALID = "NameInvalid";
    public static final String NAME_RESERVED = "NameReserved";
    public static final String NAME_IN_USE = "NameInUse";
    public static final String GROUP_FULL = "GroupFull";

    public static final String NODE_NOT_FOUND = "NodeNotFound";
    public static final String ADDRESS_MISSING = "AddressMissing";
    public static final String ADDRESS_REFUSED = "AddressRefused";
    public static final String ADDRESS_RESERVED = "AddressReserved";
    public static final String ADDRESS_IN_USE = "AddressInUse";
    public static final String ADDRESS_NOT_REPORTED = "AddressNotReported";

    private DenyReason() {}
}
