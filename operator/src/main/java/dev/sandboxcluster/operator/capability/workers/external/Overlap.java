package dev.sandboxcluster.operator.capability.workers.external;

import dev.sandboxcluster.api.v1alpha1.Reason;
import dev.sandboxcluster.operator.verdict.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the sandbox's address ranges overlap the host cluster's. What a worker sends to an address of its own cluster's
 * ranges never leaves it, so it could not reach an endpoint there.
 */
final class Overlap {

    private Overlap() {}

    /**
     * The verdict if they do; pure. Only IPv4 counts, as sandboxes have no other.
     *
     * @param podCidr the sandbox's range of pod addresses
     * @param serviceCidr the sandbox's range of Service addresses
     * @param ranges what is known of the host cluster's ranges, in CIDR notation
     * @param addresses addresses of the host cluster that the sandbox has to do with
     */
    static Optional<Verdict> check(String podCidr, String serviceCidr, List<String> ranges, List<String> addresses) {
        return first("network.podCIDR", podCidr, ranges, addresses)
                .or(() -> first("network.serviceCIDR", serviceCidr, ranges, addresses))
                .map(what -> Verdict.fails(
                        Reason.CIDR_OVERLAP,
                        what + " of the host cluster, so machines could not reach the one or the other. Address ranges"
                                + " are fixed for a cluster's life: apply a new SandboxCluster with another one"));
    }

    private static Optional<String> first(String field, String range, List<String> ranges, List<String> addresses) {
        Range own = Range.parse(range).orElseThrow();
        return Stream.concat(
                        ranges.stream(),
                        addresses.stream()
                                .filter(address -> address.indexOf(':') < 0)
                                .map(address -> address + "/32"))
                .filter(other -> Range.parse(other).filter(own::overlaps).isPresent())
                .findFirst()
                .map(other -> field + " " + range + " overlaps " + other.replace("/32", ""));
    }

    private record Range(long first, long last) {

        private static final int BITS = 32;

        static Optional<Range> parse(String cidr) {
            int slash = cidr.indexOf('/');
            if (slash < 0 || cidr.indexOf(':') >= 0) {
                return Optional.empty();
            }
            long address = 0;
            for (String octet : cidr.substring(0, slash).split("[.]")) {
                address = (address << Byte.SIZE) + Integer.parseInt(octet);
            }
            long size = 1L << (BITS - Integer.parseInt(cidr.substring(slash + 1)));
            long first = address / size * size;
            return Optional.of(new Range(first, first + size - 1));
        }

        boolean overlaps(Range other) {
            return first <= other.last && other.first <= last;
        }
    }
}
