package dev.sandboxcluster.operator.capability.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxcluster.operator.verdict.Verdict;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeResourceRequirementsBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StorageCheckTest {

    @Test
    void bound() {
        assertThat(check(claim("Bound", "fast"))).satisfies(verdict -> {
            assertThat(verdict.met()).isTrue();
            assertThat(verdict.message()).isEqualTo("The objects are on pv-1 of 2Gi");
        });
    }

    @Test
    void onItsWay() {
        assertThat(check(claim("Pending", "fast"))).extracting(Verdict::reason).isEqualTo("VolumePending");
        assertThat(StorageCheck.verdict(Optional.empty(), Optional.empty(), "demo-0", Optional.empty(), List.of()))
                .extracting(Verdict::reason)
                .isEqualTo("VolumePending");
    }

    @Test
    void withoutAStorageClass() {
        assertThat(check(claim("Pending", null))).satisfies(verdict -> {
            assertThat(verdict.reason()).isEqualTo("StorageClassNotFound");
            assertThat(verdict.message()).contains("no default StorageClass");
        });
        assertThat(check(
                        claim("Pending", "fats"),
                        warning("ProvisioningFailed", "storageclass.storage.k8s.io \"fats\" not found")))
                .satisfies(verdict -> {
                    assertThat(verdict.reason()).isEqualTo("StorageClassNotFound");
                    assertThat(verdict.message()).contains("no StorageClass fats");
                });
    }

    @Test
    void theProvisionersOwnWords() {
        assertThat(check(claim("Pending", "fast"), warning("ProvisioningFailed", "out of disks")))
                .satisfies(verdict -> {
                    assertThat(verdict.reason()).isEqualTo("ProvisioningFailed");
                    assertThat(verdict.message()).endsWith("out of disks");
                });
    }

    @Test
    void lostOrAboutToBe() {
        assertThat(check(claim("Lost", "fast"))).extracting(Verdict::reason).isEqualTo("VolumeLost");
        PersistentVolumeClaim terminating = claim("Bound", "fast");
        terminating.getMetadata().setDeletionTimestamp("2026-11-23T11:00:00Z");
        assertThat(check(terminating)).extracting(Verdict::reason).isEqualTo("VolumeClaimTerminating");
    }

    @Test
    void boundAndFull() {
        Verdict full = Verdict.fails("VolumeFull", "");
        assertThat(StorageCheck.verdict(
                        Optional.empty(), Optional.of(claim("Bound", "fast")), "demo-0", Optional.of(full), List.of()))
                .isEqualTo(full);
    }

    @Test
    void whatKeepsTheClaimFromBeingWrittenComesFirst() {
        assertThat(StorageCheck.verdict(
                        Optional.of(StorageCheck.missing("demo-data")),
                        Optional.of(claim("Bound", "fast")),
                        "demo-0",
                        Optional.empty(),
                        List.of()))
                .extracting(Verdict::reason)
                .isEqualTo("VolumeClaimMissing");
    }

    @Test
    void aLargerVolumeThatIsAskedForIsAwaited() {
        assertThat(check(expanding(""))).satisfies(verdict -> {
            assertThat(verdict.reason()).isEqualTo("VolumeExpanding");
            assertThat(verdict.message())
                    .contains("has 2Gi of the 3Gi", "kubectl describe persistentvolumeclaim demo-data");
        });
        assertThat(check(expanding("Resizing"))).satisfies(verdict -> {
            assertThat(verdict.reason()).isEqualTo("VolumeExpanding");
            assertThat(verdict.message()).contains("since 2026-11-23T11:00:00Z");
        });
    }

    @Test
    void aFileSystemThatGrowsOnlyAtAStartNeedsOne() {
        PersistentVolumeClaim claim = expanding("FileSystemResizePending");
        assertThat(check(claim)).satisfies(verdict -> {
            assertThat(verdict.met()).isFalse();
            assertThat(verdict.reason()).isEqualTo("FileSystemResizePending");
            assertThat(verdict.message()).contains("kubectl delete pod demo-0");
        });
        // A driver may round up, and the claim's size be that of the disk by then.
        claim.getStatus().setCapacity(Map.of("storage", new Quantity("3Gi")));
        assertThat(check(claim)).extracting(Verdict::reason).isEqualTo("FileSystemResizePending");

        PersistentVolumeClaim newer = expanding("");
        newer.getStatus().setAllocatedResourceStatuses(Map.of("storage", "NodeResizePending"));
        assertThat(check(newer)).extracting(Verdict::reason).isEqualTo("FileSystemResizePending");
    }

    @Test
    void aDriverThatCannotExpandTheVolumeSaysWhy() {
        PersistentVolumeClaim newer = expanding("ControllerResizeError");
        newer.getStatus().getConditions().get(0).setMessage("the volume is in use");
        assertThat(check(newer)).satisfies(verdict -> {
            assertThat(verdict.reason()).isEqualTo("ExpansionFailed");
            assertThat(verdict.message()).endsWith("the volume is in use");
        });
        assertThat(check(expanding("Resizing"), warning("VolumeResizeFailed", "it is in use")))
                .satisfies(verdict -> {
                    assertThat(verdict.reason()).isEqualTo("ExpansionFailed");
                    assertThat(verdict.message()).endsWith("it is in use");
                });
        PersistentVolumeClaim state = expanding("");
        state.getStatus().setAllocatedResourceStatuses(Map.of("storage", "ControllerResizeInfeasible"));
        assertThat(check(state)).extracting(Verdict::reason).isEqualTo("ExpansionFailed");
    }

    @Test
    void aFullVolumeSaysWhyItDoesNotGrow() {
        assertThat(StorageCheck.verdict(
                        Optional.empty(),
                        Optional.of(expanding("FileSystemResizePending")),
                        "demo-0",
                        Optional.of(Verdict.fails("VolumeFull", "Full")),
                        List.of()))
                .satisfies(verdict -> {
                    assertThat(verdict.reason()).isEqualTo("VolumeFull");
                    assertThat(verdict.message()).contains("kubectl delete pod demo-0");
                });
    }

    private static PersistentVolumeClaim expanding(String condition) {
        PersistentVolumeClaim claim = claim("Bound", "fast");
        claim.getSpec()
                .setResources(new VolumeResourceRequirementsBuilder()
                        .addToRequests("storage", new Quantity("3Gi"))
                        .build());
        if (!condition.isEmpty()) {
            claim.getStatus()
                    .setConditions(List.of(new PersistentVolumeClaimConditionBuilder()
                            .withType(condition)
                            .withStatus("True")
                            .withLastTransitionTime("2026-11-23T11:00:00Z")
                            .build()));
        }
        return claim;
    }

    private static Verdict check(PersistentVolumeClaim claim, Event... warnings) {
        return StorageCheck.verdict(
                Optional.empty(), Optional.of(claim), "demo-0", Optional.empty(), List.of(warnings));
    }

    private static PersistentVolumeClaim claim(String phase, String storageClass) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("demo-data")
                .endMetadata()
                .withNewSpec()
                .withStorageClassName(storageClass)
                .withVolumeName("pv-1")
                .endSpec()
                .withNewStatus()
                .withPhase(phase)
                .withCapacity(Map.of("storage", new Quantity("2Gi")))
                .endStatus()
                .build();
    }

    private static Event warning(String reason, String message) {
        return new EventBuilder()
                .withReason(reason)
                .withMessage(message)
                .withLastTimestamp("2026-11-23T11:00:00Z")
                .build();
    }
}
