package dev.sandboxcluster.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A throw-away Kubernetes cluster: a k3s control plane in a sandboxed pod, and a Secret with its kubeconfig. */
@Group(SandboxCluster.GROUP)
@Version(SandboxCluster.VERSION)
@Kind("SandboxCluster")
@Plural("sandboxclusters")
@ShortNames("sbc")
@AdditionalPrinterColumn(
        name = "Ready",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Reason",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Version", jsonPath = ".status.version", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Endpoint", jsonPath = ".status.endpoint", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Expires", jsonPath = ".status.expiresAt", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Used-By",
        jsonPath = ".metadata.annotations.sandboxcluster\\.dev/used-by",
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Age",
        jsonPath = ".metadata.creationTimestamp",
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Kubeconfig",
        jsonPath = ".status.kubeconfigSecret.name",
        priority = 1,
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Internal",
        jsonPath = ".status.internalEndpoint",
        priority = 1,
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Last-Used",
        jsonPath = ".status.lastUsedAt",
        type = AdditionalPrinterColumn.Type.DATE,
        priority = 1)
@AdditionalPrinterColumn(
        name = "Volume",
        jsonPath = ".status.volumeClaimName",
        priority = 1,
        type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
        name = "Started",
        jsonPath = ".status.startedAt",
        priority = 1,
        type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
        name = "Message",
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
        priority = 1,
        type = AdditionalPrinterColumn.Type.STRING)
@ValidationRule(
        value = "self.metadata.name.size() <= 52 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
        message = "metadata.name must be a DNS label of at most 52 characters that starts with a letter: "
                + "a Service and a StatefulSet get the same name")
@ValidationRule(
        value = "!(" + SandboxCluster.HAS_SECRET_NAME
                + ") || !(self.spec.kubeconfig.secretName in [self.metadata.name + '-pki',"
                + " self.metadata.name + '-workers'])"
                + " && !self.spec.kubeconfig.secretName.startsWith(self.metadata.name + '-join')",
        message =
                "spec.kubeconfig.secretName must not be <name>-pki, which holds the cluster's CA keys, nor <name>-workers,"
                        + " nor begin with <name>-join, as what machines join with")
@ValidationRule(
        value = "!has(self.spec) || !has(self.spec.workers) || !has(self.spec.workers.hosted)"
                + " || self.metadata.name.size() <= 44",
        message = "metadata.name must be of at most 44 characters with workers.hosted: a second StatefulSet is called"
                + " <name>-workers")
@ValidationRule(
        value = "!(" + SandboxCluster.HAS_SECRET_NAME + ") || !has(self.spec.outputs) || !has(self.spec.outputs.argoCD)"
                + " || self.spec.kubeconfig.secretName != self.metadata.name + '-argocd'",
        message = "spec.kubeconfig.secretName must not be <name>-argocd where outputs.argoCD is set: that is Argo CD's")
@ValidationRule(
        value = "!has(self.spec) || !has(self.spec.outputs) || !has(self.spec.outputs.caConfigMap)"
                + " || !has(self.spec.outputs.caConfigMap.name)"
                + " || !(self.spec.outputs.caConfigMap.name in [self.metadata.name + '-config',"
                + " self.metadata.name + '-simulation', self.metadata.name + '-workers'])",
        message =
                "spec.outputs.caConfigMap.name must be none of <name>-config, <name>-simulation and <name>-workers, which"
                        + " configure the cluster's API server and its workers")
@ValidationRule(
        value = "(" + SandboxCluster.HAS_SECRET_NAME + ") == (" + SandboxCluster.HAD_SECRET_NAME + ") && (!("
                + SandboxCluster.HAS_SECRET_NAME
                + ") || self.spec.kubeconfig.secretName == oldSelf.spec.kubeconfig.secretName)",
        message = "spec.kubeconfig.secretName cannot be changed: who reads the Secret would be left with an old one")
@ValidationRule(
        value = "(" + SandboxCluster.STORAGE_TYPE + ") == (" + SandboxCluster.OLD_STORAGE_TYPE + ")",
        message = "spec.storage.type cannot be changed: the objects would stay behind in the old place."
                + " Apply a new SandboxCluster")
@ValidationRule(
        value = "!(" + SandboxCluster.STAYS_PERSISTENT + ") || (" + SandboxCluster.STORAGE_CLASS + ") == ("
                + SandboxCluster.OLD_STORAGE_CLASS + ")",
        message = "spec.storage.storageClassName cannot be changed: Kubernetes does not move a volume to another class")
@ValidationRule(
        value = "!(" + SandboxCluster.STAYS_PERSISTENT + ") || quantity(" + SandboxCluster.SIZE
                + ").compareTo(quantity(" + SandboxCluster.OLD_SIZE + ")) >= 0",
        message = "spec.storage.size cannot shrink: Kubernetes only lets volumes grow (default: that of the class, or"
                + " 2Gi)")
@ValidationRule(
        value = "(" + SandboxCluster.HAS_POD_CIDR + ") == (" + SandboxCluster.HAD_POD_CIDR + ") && (!("
                + SandboxCluster.HAS_POD_CIDR + ") || self.spec.network.podCIDR == oldSelf.spec.network.podCIDR)",
        message = "spec.network.podCIDR cannot be changed: nodes of the cluster keep the addresses they have")
@ValidationRule(
        value = "(" + SandboxCluster.HAS_SERVICE_CIDR + ") == (" + SandboxCluster.HAD_SERVICE_CIDR + ") && (!("
                + SandboxCluster.HAS_SERVICE_CIDR
                + ") || self.spec.network.serviceCIDR == oldSelf.spec.network.serviceCIDR)",
        message = "spec.network.serviceCIDR cannot be changed: Services of the cluster keep the addresses they have")
@ValidationRule(
        value = "(" + SandboxCluster.HAS_CLUSTER_DOMAIN + " ? self.spec.network.clusterDomain : 'cluster.local') == ("
                + SandboxCluster.HAD_CLUSTER_DOMAIN + " ? oldSelf.spec.network.clusterDomain : 'cluster.local')",
        message = "spec.network.clusterDomain cannot be changed: pods, certificates and tokens of the cluster keep the"
                + " names they have")
@ValidationRule(
        value = "(" + SandboxCluster.MINOR + ") == (" + SandboxCluster.OLD_MINOR + ") || (" + SandboxCluster.MINOR
                + ") == -1 || !has(oldSelf.status) || !has(oldSelf.status.version)"
                + " || !oldSelf.status.version.matches('^v1[.][0-9]{1,3}[.]')"
                + " || (" + SandboxCluster.MINOR + ") >= int(oldSelf.status.version.split('.')[1])"
                + " && (" + SandboxCluster.MINOR + ") <= int(oldSelf.status.version.split('.')[1]) + 1",
        message = "spec.version and the tag of spec.controlPlane.image can neither name an earlier minor version than"
                + " status.version nor skip one: Kubernetes supports neither. Go one minor version at a time, or apply a"
                + " new SandboxCluster")
public class SandboxCluster extends CustomResource<SandboxClusterSpec, SandboxClusterStatus> implements Namespaced {

    public static final String GROUP = "sandboxcluster.dev";
    public static final String VERSION = "v1alpha1";

    static final String HAS_SECRET_NAME =
            "has(self.spec) && has(self.spec.kubeconfig) && has(self.spec.kubeconfig.secretName)";
    static final String HAD_SECRET_NAME =
            "has(oldSelf.spec) && has(oldSelf.spec.kubeconfig) && has(oldSelf.spec.kubeconfig.secretName)";

    /** What a SandboxCluster has of its class. It changes with the status, so the same is taken for before and after. */
    static final String OF_CLASS =
            "has(oldSelf.status) && has(oldSelf.status.class) && has(oldSelf.status.class.defaults)"
                    + " && has(oldSelf.status.class.defaults.storage) && has(oldSelf.status.class.defaults.storage.";

    static final String STORAGE_TYPE = "has(self.spec) && has(self.spec.storage) && has(self.spec.storage.type)"
            + " ? self.spec.storage.type : " + OF_CLASS + "type) ? oldSelf.status.class.defaults.storage.type"
            + " : 'Ephemeral'";
    static final String OLD_STORAGE_TYPE =
            "has(oldSelf.spec) && has(oldSelf.spec.storage) && has(oldSelf.spec.storage.type)"
                    + " ? oldSelf.spec.storage.type : " + OF_CLASS
                    + "type) ? oldSelf.status.class.defaults.storage.type : 'Ephemeral'";
    static final String STAYS_PERSISTENT =
            "(" + STORAGE_TYPE + ") == 'Persistent' && (" + OLD_STORAGE_TYPE + ") == 'Persistent'";

    static final String STORAGE_CLASS =
            "has(self.spec) && has(self.spec.storage) && has(self.spec.storage.storageClassName)"
                    + " ? self.spec.storage.storageClassName : " + OF_CLASS
                    + "storageClassName) ? oldSelf.status.class.defaults.storage.storageClassName : ''";
    static final String OLD_STORAGE_CLASS =
            "has(oldSelf.spec) && has(oldSelf.spec.storage) && has(oldSelf.spec.storage.storageClassName)"
                    + " ? oldSelf.spec.storage.storageClassName : " + OF_CLASS
                    + "storageClassName) ? oldSelf.status.class.defaults.storage.storageClassName : ''";
    static final String SIZE = "has(self.spec) && has(self.spec.storage) && has(self.spec.storage.size)"
            + " ? self.spec.storage.size : " + OF_CLASS + "size) ? oldSelf.status.class.defaults.storage.size : '2Gi'";
    static final String OLD_SIZE = "has(oldSelf.spec) && has(oldSelf.spec.storage) && has(oldSelf.spec.storage.size)"
            + " ? oldSelf.spec.storage.size : " + OF_CLASS
            + "size) ? oldSelf.status.class.defaults.storage.size : '2Gi'";

    static final String HAS_POD_CIDR = "has(self.spec) && has(self.spec.network) && has(self.spec.network.podCIDR)";
    static final String HAD_POD_CIDR =
            "has(oldSelf.spec) && has(oldSelf.spec.network) && has(oldSelf.spec.network.podCIDR)";
    static final String HAS_SERVICE_CIDR =
            "has(self.spec) && has(self.spec.network) && has(self.spec.network.serviceCIDR)";
    static final String HAD_SERVICE_CIDR =
            "has(oldSelf.spec) && has(oldSelf.spec.network) && has(oldSelf.spec.network.serviceCIDR)";

    static final String HAS_CLUSTER_DOMAIN =
            "has(self.spec) && has(self.spec.network) && has(self.spec.network.clusterDomain)";
    static final String HAD_CLUSTER_DOMAIN =
            "has(oldSelf.spec) && has(oldSelf.spec.network) && has(oldSelf.spec.network.clusterDomain)";

    /** 33 for v1.33, by the tag of the image, or else the version; -1: neither says. */
    static final String MINOR = "has(self.spec) && has(self.spec.controlPlane) && has(self.spec.controlPlane.image)"
            + " && self.spec.controlPlane.image.find(':v1[.][0-9]{1,3}[.]') != ''"
            + " ? int(self.spec.controlPlane.image.find(':v1[.][0-9]{1,3}[.]').split('.')[1])"
            + " : has(self.spec) && has(self.spec.version) ? int(self.spec.version.split('.')[1]) : -1";

    static final String OLD_MINOR =
            "has(oldSelf.spec) && has(oldSelf.spec.controlPlane) && has(oldSelf.spec.controlPlane.image)"
                    + " && oldSelf.spec.controlPlane.image.find(':v1[.][0-9]{1,3}[.]') != ''"
                    + " ? int(oldSelf.spec.controlPlane.image.find(':v1[.][0-9]{1,3}[.]').split('.')[1])"
                    + " : has(oldSelf.spec) && has(oldSelf.spec.version) ? int(oldSelf.spec.version.split('.')[1]) : -1";

    private static final long serialVersionUID = 1L;

    @Override
    protected SandboxClusterSpec initSpec() {
        return SandboxClusterSpec.EMPTY;
    }
}
