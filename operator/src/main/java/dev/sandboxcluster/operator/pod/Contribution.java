package dev.sandboxcluster.operator.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a capability adds to the control plane's pod.
 *
 * @param preparation shell commands that the k3s container runs before it starts k3s
 * @param arguments flags of {@code k3s server}; {@link dev.sandboxcluster.operator.k3s.ServerArguments} has them
 * @param env environment variables of the k3s container; of one that several set, the last value counts
 * @param podFields environment variables of the k3s container that are fields of its pod, by name; flags may name them,
 *     as {@code $(NAME)}
 * @param volumes volumes of the pod
 * @param mounts where the k3s container sees them
 * @param containers further containers; they run as whom k3s does, and with no more rights
 * @param wake command that has k3s's processes go on, which may be stopped for a time; empty: they never are
 */
public record Contribution(
        List<String> preparation,
        List<String> arguments,
        Map<String, String> env,
        Map<String, String> podFields,
        List<Volume> volumes,
        List<VolumeMount> mounts,
        List<Container> containers,
        List<String> wake) {

    /** The volume with all that k3s keeps, {@link dev.sandboxcluster.operator.k3s.K3s#DATA_DIR}. */
    public static final String DATA = "data";

    /** Nothing. */
    public static final Contribution NONE =
            new Contribution(List.of(), List.of(), Map.of(), Map.of(), List.of(), List.of(), List.of(), List.of());

    /** Flags alone. */
    public static Contribution ofArguments(List<String> arguments) {
        return NONE.withArguments(arguments);
    }

    /**
     * A volume that the k3s container sees.
     *
     * @param readOnly null: it may write
     */
    public static Contribution ofVolume(Volume volume, String path, Boolean readOnly) {
        VolumeMount mount = new VolumeMountBuilder()
                .withName(volume.getName())
                .withMountPath(path)
                .withReadOnly(readOnly)
                .build();
        return new Contribution(
                List.of(), List.of(), Map.of(), Map.of(), List.of(volume), List.of(mount), List.of(), List.of());
    }

    /** The same with these flags. */
    public Contribution withArguments(List<String> flags) {
        return new Contribution(preparation, flags, env, podFields, volumes, mounts, containers, wake);
    }

    /** The same with these commands. */
    public Contribution withPreparation(List<String> commands) {
        return new Contribution(commands, arguments, env, podFields, volumes, mounts, containers, wake);
    }

    /** The same with these variables. */
    public Contribution withEnv(Map<String, String> variables) {
        return new Contribution(preparation, arguments, variables, podFields, volumes, mounts, containers, wake);
    }

    /** The same with these fields of the pod, by the variable's name. */
    public Contribution withPodFields(Map<String, String> fields) {
        return new Contribution(preparation, arguments, env, fields, volumes, mounts, containers, wake);
    }

    /** The same with these containers. */
    public Contribution withContainers(List<Container> others) {
        return new Contribution(preparation, arguments, env, podFields, volumes, mounts, others, wake);
    }

    /** The same, where k3s may be stopped for a time, and this command has it go on. */
    public Contribution stoppable(List<String> command) {
        return new Contribution(preparation, arguments, env, podFields, volumes, mounts, containers, command);
    }

    /** All of them in one, in this order. */
    public static Contribution sum(List<Contribution> contributions) {
        Map<String, String> env = new LinkedHashMap<>();
        Map<String, String> podFields = new LinkedHashMap<>();
        contributions.forEach(contribution -> {
            env.putAll(contribution.env());
            podFields.putAll(contribution.podFields());
        });
        return new Contribution(
                all(contributions, Contribution::preparation),
                all(contributions, Contribution::arguments),
                env,
                podFields,
                all(contributions, Contribution::volumes),
                all(contributions, Contribution::mounts),
                all(contributions, Contribution::containers),
                all(contributions, Contribution::wake));
    }

    private static <T> List<T> all(List<Contribution> contributions, Function<Contribution, List<T>> part) {
        return contributions.stream().map(part).flatMap(Collection::stream).toList();
    }
}
