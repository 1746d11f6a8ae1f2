package dev.sandboxcluster.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.api.v1alpha1.SandboxCluster;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.junit.jupiter.api.Test;

/** The volume of a Persistent cluster, and what of it outlives the SandboxCluster. */
class StorageIT extends OperatorFixture {

    @Test
    void aPersistentClusterHasAVolume() {
        sandboxes.apply("demo", "storage: {type: Persistent, size: 3Gi, storageClassName: fast}");

        PersistentVolumeClaim claim = sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data");
        assertThat(claim.getMetadata().getOwnerReferences()).hasSize(1);
        assertThat(claim.getSpec().getStorageClassName()).isEqualTo("fast");
        assertThat(claim.getSpec().getResources().getRequests()).containsEntry("storage", new Quantity("3Gi"));
        StatefulSet statefulSet = sandboxes.awaitObject(StatefulSet.class, "demo");
        assertThat(Sandboxes.k3s(statefulSet).getArgs())
                .contains("--node-ip="
                        + sandboxes.awaitObject(Service.class, "demo").getSpec().getClusterIP());
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        assertThat(sandboxes.get("demo").getStatus().volumeClaimName()).isEqualTo("demo-data");
    }

    @Test
    void withoutADefaultStorageClassItSaysSo() {
        sandboxes.apply("demo", "storage: {type: Persistent}");

        assertThat(sandboxes
                        .awaitReason("demo", "StorageReady", "StorageClassNotFound")
                        .getMessage())
                .contains("no default StorageClass");
        sandboxes.awaitReason("demo", "Ready", "StorageClassNotFound");
    }

    @Test
    void whatWasRetainedIsTakenUpAgain() {
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}");
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        PersistentVolumeClaim claim = sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data");
        Secret pki = sandboxes.awaitObject(Secret.class, "demo-pki");
        assertThat(claim.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(pki.getMetadata().getOwnerReferences()).isEmpty();

        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.apply("demo", "storage: {type: Persistent}");
        sandboxes.awaitReason("demo", "Ready", "Creating");
        sandboxes.collectAllButKept("demo");

        sandboxes.awaitReason("demo", "CredentialsReady", "Published");
        assertThat(sandboxes.object(Secret.class, "demo-pki").get().getData()).isEqualTo(pki.getData());
        PersistentVolumeClaim same =
                sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data", now -> !now.getMetadata()
                        .getOwnerReferences()
                        .isEmpty());
        assertThat(same.getMetadata().getUid()).isEqualTo(claim.getMetadata().getUid());
        sandboxes.awaitObject(Secret.class, "demo-pki", now -> !now.getMetadata()
                .getOwnerReferences()
                .isEmpty());
    }

    /** Argo CD tracks by it, and prunes what nobody owns; earlier releases set it. */
    @Test
    void whatIsRetainedLosesTheLabelOfEarlierReleases() {
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}");
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        operator.close();
        sandboxes.labelAsEarlier(PersistentVolumeClaim.class, "demo-data", "demo");
        sandboxes.labelAsEarlier(Secret.class, "demo-pki", "demo");
        operator = RunningOperator.start(HOST);

        PersistentVolumeClaim claim =
                sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data", now -> !now.getMetadata()
                        .getLabels()
                        .containsKey("app.kubernetes.io/instance"));
        assertThat(claim.getMetadata().getLabels()).containsEntry("sandboxcluster.dev/name", "demo");
        sandboxes.awaitObject(Secret.class, "demo-pki", now -> !now.getMetadata()
                .getLabels()
                .containsKey("app.kubernetes.io/instance"));
    }

    @Test
    void aRetainedVolumeWithoutItsKeysIsNotGivenOthers() {
        sandboxes.apply("demo", "storage: {type: Persistent, storageClassName: fast, retentionPolicy: Retain}");
        sandboxes.awaitReason("demo", "StorageReady", "VolumePending");
        String caHash = sandboxes.get("demo").getStatus().caHash();
        sandboxes.object(SandboxCluster.class, "demo").delete();
        sandboxes.object(Secret.class, "demo-pki").delete();
        sandboxes.apply("demo", "storage: {type: Persistent}");
        sandboxes.awaitReason("demo", "Ready", "Creating");
        sandboxes.collectAllButKept("demo");

        assertThat(sandboxes.awaitReason("demo", "Ready", "PKISecretMissing").getMessage())
                .contains(caHash);
        assertThat(sandboxes.object(StatefulSet.class, "demo").get()).isNull();
    }

    @Test
    void retentionCanBeChosenLater() {
        sandboxes.apply("demo", "storage: {type: Persistent}");
        sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data");
        sandboxes.awaitReason("demo", "CredentialsReady", "Published");

        sandboxes.apply("demo", "storage: {type: Persistent, retentionPolicy: Retain}");
        sandboxes.awaitObject(PersistentVolumeClaim.class, "demo-data", claim -> claim.getMetadata()
                .getOwnerReferences()
                .isEmpty());
        sandboxes.awaitObject(Secret.class, "demo-pki", pki -> pki.getMetadata()
                .getOwnerReferences()
                .isEmpty());
    }
}
