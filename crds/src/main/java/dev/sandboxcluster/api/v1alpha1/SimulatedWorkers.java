package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.List;
import java.util.Map;

/** Nodes without machines: pods become Ready there, Jobs complete, and no container runs. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "capacity": {"maxProperties": 8, "additionalProperties": {"maxLength": 16},
                    "x-kubernetes-validations": [
                      {"rule": "self.all(k, k.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'))",
                       "message": "must be names of resources, such as cpu, memory or example.com/gpu"},
                      {"rule": "self.all(k, type(self[k]) == int ? int(self[k]) > 0 : isQuantity(self[k]) && quantity(self[k]).isGreaterThan(quantity('0')))",
                       "message": "must be quantities of more than 0, such as 500m, 2 or 256Mi"}]},
                  "labels": {"maxProperties": 32,
                    "additionalProperties": {"maxLength": 63},
                    "x-kubernetes-validations": [
                """ + NodeSchema.LABEL_FORM + """
                      ,
                      {"rule": "self.all(k, !k.startsWith('sandboxcluster.dev/') && !k.startsWith('node-restriction.kubernetes.io/sandboxcluster') && !(k in ['kubernetes.io/arch', 'kubernetes.io/os', 'kubernetes.io/hostname', 'node.kubernetes.io/instance-type']))",
                       "message": "labels of sandboxcluster.dev and kubernetes.io/arch, os and hostname, and node.kubernetes.io/instance-type are the operator's"}]},
                """ + NodeSchema.TAINTS + "}}")
public record SimulatedWorkers(
        @JsonPropertyDescription("How many nodes there are: simulated-1 and so on. Changed without a restart.")
        @Required
        @Min(1)
        @Max(1000)
        Integer count,

        @JsonPropertyDescription(
                "What each node has to give, by name of the resource. Default: cpu 8, memory 32Gi, pods"
                        + " 110, ephemeral-storage 100Gi; what is named here comes besides, or in place.")
        Map<String, Quantity> capacity,

        @JsonPropertyDescription("Labels that the operator sets on the nodes, besides sandboxcluster.dev/simulated.")
        Map<String, String> labels,

        @JsonPropertyDescription("Taints that the operator sets on the nodes.")
        List<Taint> taints,

        @JsonPropertyDescription("What the nodes say of their processors, by which pods may select. Default: amd64.")
        Architecture architecture,

        @JsonPropertyDescription(
                "What becomes of admission webhooks whose pods are all simulated, so that nobody answers. Default:"
                        + " AsWritten. Ignore: the operator sets their failurePolicy to Ignore and timeoutSeconds to 1, and puts"
                        + " back what was there when they can be answered.")
        WebhookFailurePolicy webhookFailurePolicy) {

    /** Of processors, as Kubernetes names them. */
    public enum Architecture {
        amd64,
        arm64
    }

    /** What becomes of webhooks that nobody answers. */
    public enum WebhookFailurePolicy {
        AsWritten,
        Ignore
    }
}
