package dev.sandboxcluster.operator.host;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import dev.sandboxcluster.operator.leadership.Leadership;
import dev.sandboxcluster.operator.objects.Identity;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.SSABasedGenericKubernetesResourceMatcher;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The objects of one SandboxCluster on the host cluster: read from the informers' caches, written by server-side apply,
 * and only where they differ from what is desired. An object that belongs to somebody else is never written.
 */
public final class HostObjects {

    private static final Logger LOG = LoggerFactory.getLogger(HostObjects.class);

    private static final Duration LOOK_FOR_WARNINGS_AFTER = Duration.ofSeconds(2);

    /**
     * What names it is applied to an object that is not there, and refused as a conflict for one that is: the store's
     * first revision comes before all objects.
     */
    private static final String OF_NO_OBJECT = "1";

    private final SandboxCluster owner;
    private final Leadership leadership;
    private final Context<SandboxCluster> context;
    private final Map<Key, Optional<? extends HasMetadata>> seen = new ConcurrentHashMap<>();

    private record Key(Class<?> type, ResourceID id) {}

    HostObjects(SandboxCluster owner, Leadership leadership, Context<SandboxCluster> context) {
        this.owner = owner;
        this.leadership = leadership;
        this.context = context;
    }

    /** An object that carries the operator's labels, as it was when this was asked first, or written since; no request. */
    public <R extends HasMetadata> Optional<R> cached(Class<R> type, String name) {
        return cached(type, owner.getMetadata().getNamespace(), name);
    }

    /** The same in another namespace, in which the operator may have objects for this SandboxCluster. */
    public <R extends HasMetadata> Optional<R> cached(Class<R> type, String namespace, String name) {
        return cached(type, new ResourceID(name, namespace));
    }

    private <R extends HasMetadata> Optional<R> cached(Class<R> type, ResourceID id) {
        return seen.computeIfAbsent(new Key(type, id), key -> source(type, id).get(id))
                .map(type::cast);
    }

    /** The labels of the SandboxCluster's namespace; one request. */
    public Map<String, String> namespaceLabels() {
        return Optional.ofNullable(context.getClient()
                        .namespaces()
                        .withName(owner.getMetadata().getNamespace())
                        .get())
                .map(namespace -> namespace.getMetadata().getLabels())
                .orElse(Map.of());
    }

    /** Says in an event of the SandboxCluster what is about to happen; what cannot be said is no reason not to do it. */
    public void announce(String reason, String message, Instant now) {
        try {
            new HostEvents(context.getClient()).announce(owner, reason, message, now);
        } catch (KubernetesClientException refused) {
            LOG.warn("Could not announce: {}", message, refused);
        }
    }

    /**
     * Deletes the SandboxCluster, if it is still the one that was looked at; returns it.
     *
     * @throws KubernetesClientException with code 409 if somebody changed it since
     */
    public SandboxCluster deleteOwner() {
        leadership.require();
        context.getClient()
                .resource(owner)
                .lockResourceVersion(owner.getMetadata().getResourceVersion())
                .delete();
        return owner;
    }

    /**
     * Deletes an object, if nobody changed it since; returns it. Only for what no owner's end takes along.
     *
     * @throws KubernetesClientException with code 409 if somebody changed it
     */
    public <R extends HasMetadata> R delete(R object) {
        leadership.require();
        context.getClient()
                .resource(object)
                .lockResourceVersion(object.getMetadata().getResourceVersion())
                .delete();
        seen.put(new Key(object.getClass(), ResourceID.fromResource(object)), Optional.empty());
        return object;
    }

    /** All objects of a cluster-scoped type; no request. */
    public <R extends HasMetadata> Stream<R> allCached(Class<R> type) {
        return source(type).list(any -> true);
    }

    /** All objects of a cluster-scoped type, as the API server has them now; one request. */
    public <R extends HasMetadata> List<R> all(Class<R> type) {
        return context.getClient().resources(type).list().getItems();
    }

    /** The objects of a type that belong to this SandboxCluster; no request. */
    public <R extends HasMetadata> Stream<R> allOwned(Class<R> type) {
        return source(type).getSecondaryResources(owner).stream().filter(this::owns);
    }

    /** The objects of a type that an object of this SandboxCluster owns; no request. */
    public <R extends HasMetadata> Stream<R> allOwnedBy(HasMetadata object, Class<R> type) {
        return source(type).getSecondaryResources(owner).stream().filter(found -> controller(found)
                .filter(reference ->
                        reference.getUid().equals(object.getMetadata().getUid()))
                .isPresent());
    }

    /** An object of that name, whoever owns it: one request where the cache has none. */
    public <R extends HasMetadata> Optional<R> find(Class<R> type, String name) {
        return find(type, id(name));
    }

    private <R extends HasMetadata> Optional<R> find(Class<R> type, ResourceID id) {
        return cached(type, id)
                .or(() -> Optional.ofNullable(context.getClient()
                        .resources(type)
                        .inNamespace(id.getNamespace().orElseThrow())
                        .withName(id.getName())
                        .get()));
    }

    /** Whether an object belongs to this SandboxCluster, and not to an earlier one of the same name. */
    public boolean owns(HasMetadata object) {
        return controller(object)
                .filter(reference ->
                        reference.getUid().equals(owner.getMetadata().getUid()))
                .isPresent();
    }

    /**
     * Whether an earlier SandboxCluster of the same name left an object, or a backup brought it back: nobody owns it, and
     * it has the labels.
     */
    public boolean left(HasMetadata object) {
        return Identity.of(owner).left(object);
    }

    /**
     * Brings an object to the desired state, unless it belongs to somebody else or the host cluster refuses it. One that
     * was left is taken over: for objects from whose content nobody gains anything.
     */
    public <R extends HasMetadata> Written<R> tryApply(R desired) {
        return tryApply(desired, this::left);
    }

    /**
     * The same for one whose content decides.
     *
     * @param mine whether an object that nobody owns may be taken
     */
    public <R extends HasMetadata> Written<R> tryApply(R desired, Predicate<? super R> mine) {
        return attempt(() -> apply(desired, mine));
    }

    /**
     * This SandboxCluster's object of that name, taken over if it was left.
     *
     * @param mine whether one that was left may be taken
     */
    public <R extends HasMetadata> Optional<R> takeOver(Class<R> type, String name, Predicate<? super R> mine) {
        return cached(type, name)
                .filter(object -> owns(object) || left(object) && mine.test(object))
                .map(object ->
                        settleOwner(object, Identity.of(owner).metadata(name).getOwnerReferences()));
    }

    /** Turns refusals, which no retry mends, into a verdict; everything else is the caller's to retry. */
    public static <T> Written<T> attempt(Supplier<? extends T> write) {
        try {
            return new Written<>(Optional.of(write.get()), Optional.empty());
        } catch (NameConflictException conflict) {
            return new Written<>(Optional.empty(), Optional.of(conflict.verdict()));
        } catch (KubernetesClientException refused) {
            return new Written<>(
                    Optional.empty(), Optional.of(Refusal.of(refused).orElseThrow(() -> refused)));
        }
    }

    /** The host cluster's warning events about objects. Asks only about those that should have gone on by now. */
    List<Event> warnings(Stream<? extends HasMetadata> objects, Instant now) {
        HostEvents events = new HostEvents(context.getClient());
        return objects.filter(object -> Instant.parse(object.getMetadata().getCreationTimestamp())
                        .plus(LOOK_FOR_WARNINGS_AFTER)
                        .isBefore(now))
                .flatMap(object -> events.warnings(object).stream())
                .toList();
    }

    /**
     * Brings an object to the desired state.
     *
     * @return the object as the API server has it
     * @throws NameConflictException if an object of that name belongs to somebody else
     */
    public <R extends HasMetadata> R apply(R desired) {
        return apply(desired, any -> false);
    }

    private <R extends HasMetadata> R apply(R desired, Predicate<? super R> mine) {
        ResourceID id = ResourceID.fromResource(desired);
        if (cached(type(desired), id).isEmpty()) {
            Optional<R> first = writeFirst(desired);
            if (first.isPresent()) {
                return first.get();
            }
        }
        Optional<R> actual = find(type(desired), id);
        actual.filter(object -> !owns(object) && !mine.test(object)).ifPresent(object -> {
            throw new NameConflictException(Refusal.nameConflict(
                    object,
                    left(object),
                    controller(object).filter(this::earlier).isPresent()));
        });
        if (actual.isEmpty()) {
            return write(desired);
        }
        R owned = settleOwner(actual.get(), desired.getMetadata().getOwnerReferences());
        return matches(owned, desired) ? owned : write(desired);
    }

    /**
     * Gives an object the owners that it is to have, if it has others. Server-side apply could not take away one that
     * was set when the object was created.
     */
    public <R extends HasMetadata> R settleOwner(R actual, List<OwnerReference> owners) {
        if (owns(actual) != owners.isEmpty()) {
            return actual;
        }
        requireOwner();
        return patchMetadata(actual, "\"ownerReferences\": " + Serialization.asJson(owners));
    }

    /**
     * Asks whether the SandboxCluster is still there, as Kubernetes's own controllers do before they adopt
     * (k8s.io/kubernetes, pkg/controller, RecheckDeletionTimestamp): objects that are orphaned with it lose their owner
     * before its end is heard of, and given one that is gone they would be garbage.
     */
    private void requireOwner() {
        if (still(context.getClient(), owner)
                .filter(now -> !now.isMarkedForDeletion())
                .isEmpty()) {
            throw new OwnerGoneException(owner.getMetadata().getName());
        }
    }

    /** The SandboxCluster as it is now, unless it is gone and another one, or none, has its name; one request. */
    public static Optional<SandboxCluster> still(KubernetesClient client, SandboxCluster cluster) {
        return Optional.ofNullable(client.resource(cluster).get())
                .filter(now ->
                        now.getMetadata().getUid().equals(cluster.getMetadata().getUid()));
    }

    /** Takes a label off an object that is never applied, if it has that value. */
    public <R extends HasMetadata> R withoutLabel(R actual, String label, String value) {
        String present = Optional.ofNullable(actual.getMetadata().getLabels())
                .map(labels -> labels.get(label))
                .orElse(null);
        return value.equals(present) ? patchMetadata(actual, "\"labels\": {\"" + label + "\": null}") : actual;
    }

    private <R extends HasMetadata> R patchMetadata(R actual, String fields) {
        return patch(
                actual,
                "{\"metadata\": {\"resourceVersion\": \"%s\", %s}}"
                        .formatted(actual.getMetadata().getResourceVersion(), fields));
    }

    /**
     * Changes fields of an object that is there.
     *
     * @param change a JSON merge patch
     */
    public <R extends HasMetadata> R patch(R actual, String change) {
        return remembering(
                actual, client -> client.resource(actual).patch(PatchContext.of(PatchType.JSON_MERGE), change));
    }

    /** Applies without asking who owns the object: for one that is known to be ours by its content. */
    public <R extends HasMetadata> R adopt(R desired) {
        return write(desired);
    }

    /**
     * Creates an object that must not be there yet.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if it is there
     */
    public <R extends HasMetadata> R create(R desired) {
        return remembering(desired, client -> client.resource(desired).create());
    }

    /** Applies an object unless one of that name is there, which spares asking first; empty: it may be there. */
    private <R extends HasMetadata> Optional<R> writeFirst(R desired) {
        desired.getMetadata().setResourceVersion(OF_NO_OBJECT);
        try {
            return Optional.of(write(desired));
        } catch (KubernetesClientException taken) {
            if (taken.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw taken;
            }
            return Optional.empty();
        } finally {
            desired.getMetadata().setResourceVersion(null);
        }
    }

    private <R extends HasMetadata> R write(R desired) {
        return remembering(desired, client -> client.resource(desired)
                .fieldManager(context.getControllerConfiguration().fieldManager())
                .forceConflicts()
                .serverSideApply());
    }

    /** Writes, and has what was written known at once: it is told some time later, on a busy machine seconds. */
    private <R extends HasMetadata> R remembering(R object, Function<KubernetesClient, R> write) {
        leadership.require();
        ResourceID id = ResourceID.fromResource(object);
        InformerEventSource<R, SandboxCluster> source = source(type(object), id);
        Optional<R> known = source.get(id);
        R written = write.apply(context.getClient());
        seen.put(new Key(object.getClass(), id), Optional.of(written));
        known.ifPresentOrElse(
                before -> source.handleRecentResourceUpdate(id, written, before),
                () -> source.handleRecentResourceCreate(id, written));
        return written;
    }

    /** Whether an object is as desired: what the API server wrote differently but means the same is. */
    public <R extends HasMetadata> boolean matches(R actual, R desired) {
        try {
            return SSABasedGenericKubernetesResourceMatcher.<R>getInstance().matches(actual, desired, context);
        } catch (NullPointerException gone) {
            // The SDK's ResourceRequirementsSanitizer, of requests or limits that are not desired any more.
            return false;
        }
    }

    private boolean earlier(OwnerReference reference) {
        return reference.getKind().equals(owner.getKind())
                && reference.getName().equals(owner.getMetadata().getName());
    }

    private static Optional<OwnerReference> controller(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(reference -> Boolean.TRUE.equals(reference.getController()))
                .findFirst();
    }

    private ResourceID id(String name) {
        return new ResourceID(name, owner.getMetadata().getNamespace());
    }

    private <R extends HasMetadata> InformerEventSource<R, SandboxCluster> source(Class<R> type) {
        return source(type, id(""));
    }

    private <R extends HasMetadata> InformerEventSource<R, SandboxCluster> source(Class<R> type, ResourceID id) {
        return HostEventSources.find(
                context.eventSourceRetriever(), type, id.getNamespace().orElseThrow());
    }

    @SuppressWarnings("unchecked")
    private static <R extends HasMetadata> Class<R> type(R object) {
        return (Class<R>) object.getClass();
    }
}
