package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.Map;

/** Labels and annotations of the control plane's pod, besides the operator's. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "labels": {"maxProperties": 32, "additionalProperties": {"maxLength": 63},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$') && self[k].matches('^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$'))",
                       "message": "must be labels: a name of at most 63 characters, perhaps behind a DNS name and a slash, and a value of at most 63"},
                      {"rule": "self.all(k, !k.matches('^(sandboxcluster[.]dev|statefulset[.]kubernetes[.]io|apps[.]kubernetes[.]io)/|^app[.]kubernetes[.]io/(name|instance|component|managed-by)$|^controller-revision-hash$'))",
                       "message": "the operator and the StatefulSet set these labels: sandboxcluster.dev/*, app.kubernetes.io/name, instance, component and managed-by, statefulset.kubernetes.io/*, apps.kubernetes.io/*, controller-revision-hash"}]},
                  "annotations": {"maxProperties": 32, "additionalProperties": {"maxLength": 4096},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.lowerAscii().matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[a-z0-9]([-a-z0-9_.]{0,61}[a-z0-9])?$'))",
                       "message": "must be annotations: a name of at most 63 characters, perhaps behind a DNS name and a slash"},
                      {"rule": "self.all(k, !k.matches('^sandboxcluster[.]dev/|^kubectl[.]kubernetes[.]io/last-applied-configuration$|^dev[.]gvisor[.]|^(container[.]apparmor[.]security[.]beta|seccomp[.]security[.]alpha|container[.]seccomp[.]security[.]alpha)[.]kubernetes[.]io/'))",
                       "message": "sandboxcluster.dev/* and kubectl.kubernetes.io/last-applied-configuration are not yours to set, nor annotations that loosen gVisor (dev.gvisor.*), AppArmor or seccomp"}]}}}
                """)
public record PodMetadata(
        @JsonPropertyDescription("Labels. Those of the operator stay.")
        Map<String, String> labels,

        @JsonPropertyDescription("Annotations, such as one by which the pod gets no injected container.")
        Map<String, String> annotations) {}
