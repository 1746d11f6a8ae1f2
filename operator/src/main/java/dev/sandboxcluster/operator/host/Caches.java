package dev.sandboxcluster.operator.host;

import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.health.InformerWrappingEventSourceHealthIndicator;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the informers' caches do that a reconciliation reads. */
public final class Caches {

    private static final Logger LOG = LoggerFactory.getLogger(Caches.class);

    private final List<InformerWrappingEventSourceHealthIndicator<?>> sources;
    /** Where watches were down at the last look; and where that was said. */
    private Set<String> down = Set.of();

    private Set<String> said = Set.of();

    private Caches(List<InformerWrappingEventSourceHealthIndicator<?>> sources) {
        this.sources = sources;
    }

    /** Of those of some objects that have informers. */
    public static Caches of(Collection<?> sources) {
        return new Caches(sources.stream()
                .<InformerWrappingEventSourceHealthIndicator<?>>flatMap(
                        source -> source instanceof InformerWrappingEventSourceHealthIndicator<?> found
                                ? Stream.of(found)
                                : Stream.empty())
                .toList());
    }

    /** Whether each was filled at least once: what one that was not does not hold may be there all the same. */
    public boolean filled(String namespace) {
        return informers()
                .filter(informer -> informer.getTargetNamespace().equals(namespace)
                        || informer.getTargetNamespace().equals(Constants.WATCH_ALL_NAMESPACES))
                .allMatch(InformerHealthIndicator::hasSynced);
    }

    /** Whether each is kept up to date, or will be once the API lets it: one that has given up never is again. */
    public boolean alive() {
        sayWhatIsDown();
        return informers().allMatch(InformerHealthIndicator::isRunning);
    }

    /** A watch that is down twice in a row has not just been opened anew, as all are every few minutes. */
    private synchronized void sayWhatIsDown() {
        Set<String> now = informers()
                .filter(informer -> !informer.isWatching())
                .map(Caches::where)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> twice = new TreeSet<>(now);
        twice.retainAll(down);
        if (!said.containsAll(twice)) {
            LOG.warn("Changes are not seen in {}: the host cluster's API is away or refuses it; trying again", twice);
        } else if (!said.isEmpty() && now.isEmpty()) {
            LOG.info("Changes are seen again in {}", said);
        }
        said = now.isEmpty()
                ? Set.of()
                : Stream.concat(said.stream(), twice.stream()).collect(Collectors.toSet());
        down = now;
    }

    private static String where(InformerHealthIndicator informer) {
        String namespace = informer.getTargetNamespace();
        return namespace.equals(Constants.WATCH_ALL_NAMESPACES) ? "all namespaces" : namespace;
    }

    private Stream<InformerHealthIndicator> informers() {
        return sources.stream().flatMap(source -> source.informerHealthIndicators().values().stream());
    }
}
