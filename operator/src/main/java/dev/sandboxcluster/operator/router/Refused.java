package dev.sandboxcluster.operator.router;

import java.util.Locale;

/** Why a connection did not come to its sandbox. */
enum Refused {
    /** There are as many as may be, or they hold as much memory. */
    TOO_MANY,
    /** Its source has as many as it may, all together or to its sandbox. */
    SOURCE_LIMIT,
    /** No PROXY protocol, where it must be, or a malformed one. */
    PROXY_HEADER,
    /** What begins it is no TLS, or too long, or ends. */
    BAD_HELLO,
    /** Its beginning takes too long. */
    SLOW_HELLO,
    /** Nobody has the name. */
    NO_ROUTE,
    /** Its sandbox has as many as it may. */
    SANDBOX_LIMIT,
    /** Its sandbox is stopped, or asleep and not to be woken by this one. */
    STOPPED,
    /** Its sandbox is gone. */
    GONE,
    /** Its sandbox didn't answer in time. */
    NO_ANSWER;

    /** As in metrics. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
