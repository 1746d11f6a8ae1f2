package dev.sandboxcluster.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** What a platform team gives SandboxClusters, and what it lets them be: defaults, and limits that none exceeds. */
@Group(SandboxCluster.GROUP)
@Version(SandboxCluster.VERSION)
@Kind("SandboxClusterClass")
@Plural("sandboxclusterclasses")
@ShortNames("sbcclass")
@AdditionalPrinterColumn(name = "Default", jsonPath = ".spec.default", type = AdditionalPrinterColumn.Type.BOOLEAN)
@AdditionalPrinterColumn(
        name = "Version",
        jsonPath = ".spec.defaults.version",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Longest", jsonPath = ".spec.limits.ttl", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class SandboxClusterClass extends CustomResource<SandboxClusterClassSpec, Void> {

    private static final long serialVersionUID = 1L;

    @Override
    protected SandboxClusterClassSpec initSpec() {
        return SandboxClusterClassSpec.EMPTY;
    }
}
