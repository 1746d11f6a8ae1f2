package dev.sandboxcluster.operator.objects;

import java.net.URI;

/** Hosts as URLs write them, and as everybody else does. */
public final class Hosts {

    private Hosts() {}

    /** That of a URL: a name, or an IP address without brackets. */
    public static String of(URI url) {
        return url.getHost().replaceAll("[\\[\\]]", "");
    }

    /** With its port, as URLs have both. */
    public static String withPort(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
