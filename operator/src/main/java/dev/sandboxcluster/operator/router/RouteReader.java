package dev.sandboxcluster.operator.router;

import dev.sandboxcluster.api.v1alpha1.SandboxClusterRoute;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteSpec.State;
import dev.sandboxcluster.api.v1alpha1.SandboxClusterRouteStatus;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** What an object of the API says of a route. What can't be read is as if it weren't there. */
final class RouteReader {

    private static final Duration REPORT_EVERY = Duration.ofSeconds(60);
    private static final int HIGHEST_PORT = 65535;

    private RouteReader() {}

    static Route read(SandboxClusterRoute object) {
        SandboxClusterRouteSpec spec = Optional.ofNullable(object.getSpec()).orElse(SandboxClusterRouteSpec.EMPTY);
        SandboxClusterRouteStatus status =
                Optional.ofNullable(object.getStatus()).orElse(SandboxClusterRouteStatus.EMPTY);
        return new Route(
                id(object),
                Optional.ofNullable(object.getMetadata().getGeneration()).orElse(0L),
                names(spec.serverNames()),
                names(spec.quietServerNames()),
                list(spec.addresses()).stream()
                        .flatMap(text -> address(text).stream())
                        .toList(),
                Optional.ofNullable(spec.state()).orElse(State.Stopped),
                Optional.ofNullable(spec.reportSeconds())
                        .map(Duration::ofSeconds)
                        .orElse(REPORT_EVERY),
                status.demandedGeneration() == null
                        ? OptionalLong.empty()
                        : OptionalLong.of(status.demandedGeneration()),
                Optional.ofNullable(status.lastUsedAt()).flatMap(RouteReader::instant));
    }

    static Route.Id id(SandboxClusterRoute object) {
        return new Route.Id(
                object.getMetadata().getNamespace(),
                object.getMetadata().getName(),
                object.getMetadata().getUid());
    }

    /** An address and a port; never a name, for nothing is looked up. */
    static Optional<InetSocketAddress> address(String text) {
        int colon = text.lastIndexOf(':');
        byte[] address = colon < 0 ? null : NetUtil.createByteArrayFromIpAddressString(text.substring(0, colon));
        if (address == null) {
            return Optional.empty();
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            return port < 1 || port > HIGHEST_PORT
                    ? Optional.empty()
                    : Optional.of(new InetSocketAddress(InetAddress.getByAddress(address), port));
        } catch (NumberFormatException | UnknownHostException unreadable) {
            return Optional.empty();
        }
    }

    private static Set<String> names(List<String> names) {
        return list(names).stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> list(List<String> texts) {
        return texts == null ? List.of() : texts;
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException unreadable) {
            return Optional.empty();
        }
    }
}
