package dev.sandboxcluster.operator.capability.workers.external.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A DNS name or an IP address, in the one form in which two can be compared. Nothing is ever looked up.
 *
 * @param name in lower case, without the root's dot; the text of the address, if it is one
 */
record Host(String name, Optional<InetAddress> address) {

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|[01]?\\d?\\d)";
    /** Narrow, because the JDK asks DNS for what it cannot read as an address. */
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");

    private static final Pattern IPV6 = Pattern.compile("[0-9a-f]*:[0-9a-f:.]*");
    private static final String LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
    private static final Pattern DNS_1123 = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
    private static final int LONGEST_DNS_NAME = 253;

    static Host of(String text) {
        String lower = text.strip().toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return parse(name).map(Host::of).orElseGet(() -> new Host(name, Optional.empty()));
    }

    static Host of(InetAddress address) {
        return new Host(address.getHostAddress(), Optional.of(address));
    }

    /** The address of 4 or 16 octets; nothing if they are of another number. IPv4 in IPv6 becomes IPv4. */
    static Optional<Host> of(byte[] octets) {
        try {
            return Optional.of(of(InetAddress.getByAddress(octets)));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    /** Whether Kubernetes takes it for the name of an object: lower case, no wildcard. */
    static boolean isDnsName(String text) {
        return text.length() <= LONGEST_DNS_NAME && DNS_1123.matcher(text).matches();
    }

    private static Optional<InetAddress> parse(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
