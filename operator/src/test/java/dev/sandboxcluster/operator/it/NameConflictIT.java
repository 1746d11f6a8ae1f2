package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.junit.jupiter.api.Test;

/** Somebody else's objects of the same names are left alone, and said. */
class NameConflictIT extends OperatorFixture {

    @Test
    void aForeignKubeconfigSecretIsLeftAlone() {
        Secret foreign = HOST.admin().resource(foreignSecret("demo-kubeconfig")).create();
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "SecretConflict").getMessage())
                .contains("Secret demo-kubeconfig", "left alone");
        assertThat(sandboxes.object(Secret.class, "demo-kubeconfig").get()).isEqualTo(foreign);

        sandboxes.object(Secret.class, "demo-kubeconfig").delete();
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
    }

    @Test
    void aForeignPkiSecretIsLeftAlone() {
        Secret foreign = HOST.admin().resource(foreignSecret("demo-pki")).create();
        sandboxes.apply("demo", "");

        sandboxes.awaitReason("demo", "Ready", "NameConflict");
        assertThat(sandboxes.object(Secret.class, "demo-pki").get()).isEqualTo(foreign);
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();
    }

    @Test
    void aForeignServiceIsLeftAlone() {
        Service foreign = HOST.admin()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("demo")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "NameConflict").getMessage())
                .contains("Service demo");
        assertThat(sandboxes.object(Service.class, "demo").get()).isEqualTo(foreign);
    }

    @Test
    void aForeignClaimIsLeftAlone() {
        PersistentVolumeClaim foreign = HOST.admin()
                .resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("demo-data")
                        .withNamespace(sandboxes.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .build())
                .create();
        sandboxes.apply("demo", "storage: {type: Persistent}");

        assertThat(sandboxes.awaitReason("demo", "Ready", "NameConflict").getMessage())
                .contains("PersistentVolumeClaim demo-data");
        assertThat(sandboxes.object(PersistentVolumeClaim.class, "demo-data").get())
                .isEqualTo(foreign);
    }

    @Test
    void aSuccessorOfTheSameNameWaitsForTheOldObjectsToGo() {
        sandboxes.apply("demo", "");
        Secret old = sandboxes.awaitObject(Secret.class, "demo-pki");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.apply("demo", "");

        assertThat(sandboxes.awaitReason("demo", "Ready", "Creating").getMessage())
                .contains("deleted SandboxCluster of the same name");

        // What the garbage collector would do.
        sandboxes.collect("demo");
        sandboxes.awaitReason("demo", "Ready", "PodPending");
        Secret fresh = sandboxes.awaitObject(Secret.class, "demo-pki");
        assertThat(fresh.getData()).isNotEqualTo(old.getData());
    }

    private Secret foreignSecret(String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(sandboxes.namespace())
                .endMetadata()
                .addToData("mine", "bWluZQ==")
                .build();
    }
}
