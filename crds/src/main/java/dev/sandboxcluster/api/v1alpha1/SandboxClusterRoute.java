package dev.sandboxcluster.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * What the router knows of a sandbox, and what it says of those who use it. The operator writes the spec, for
 * SandboxClusters with {@code expose.type: Router}; the router writes the status, and nothing else anywhere.
 */
@Group(SandboxCluster.GROUP)
@Version(SandboxCluster.VERSION)
@Kind("SandboxClusterRoute")
@Plural("sandboxclusterroutes")
@ShortNames("sbcroute")
@AdditionalPrinterColumn(name = "State", jsonPath = ".spec.state", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Last-Used", jsonPath = ".status.lastUsedAt", type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
public class SandboxClusterRoute extends CustomResource<SandboxClusterRouteSpec, SandboxClusterRouteStatus>
        implements Namespaced {

    private static final long serialVersionUID = 1L;

    @Override
    protected SandboxClusterRouteSpec initSpec() {
        return SandboxClusterRouteSpec.EMPTY;
    }

    @Override
    protected SandboxClusterRouteStatus initStatus() {
        return SandboxClusterRouteStatus.EMPTY;
    }
}
