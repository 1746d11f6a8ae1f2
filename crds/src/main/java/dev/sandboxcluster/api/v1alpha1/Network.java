package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;

/**
 * The cluster's own networks. They must not overlap those of the host cluster, nor what its workers have to reach. With
 * the longest names that a Service and its namespace can have, the name of a Service must fit the 253 characters of DNS.
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "podCIDR": {"maxLength": 18, "x-kubernetes-validations": [
                    {"rule": "isCIDR(self) && cidr(self).ip().family() == 4 && cidr(self) == cidr(self).masked() && cidr(self).prefixLength() >= 8 && cidr(self).prefixLength() <= 22",
                     "message": "must be an IPv4 range of /8 to /22, such as 10.52.0.0/16: every worker gets a /24 of it"}]},
                  "serviceCIDR": {"maxLength": 18, "x-kubernetes-validations": [
                    {"rule": "isCIDR(self) && cidr(self).ip().family() == 4 && cidr(self) == cidr(self).masked() && cidr(self).prefixLength() >= 12 && cidr(self).prefixLength() <= 24",
                     "message": "must be an IPv4 range of /12 to /24, such as 10.53.0.0/16"}]},
                  "clusterDomain": {"maxLength": 121, "x-kubernetes-validations": [
                    {"rule": "self.matches('^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?([.][a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$') && !isIP(self)",
                     "message": "must be a DNS name in small letters, such as cluster.local: labels of at most 63 characters, no dot at the end"}]}},
                 "x-kubernetes-validations": [
                    {"rule": "has(self.podCIDR) ? (has(self.serviceCIDR) ? !cidr(self.podCIDR).containsCIDR(self.serviceCIDR) && !cidr(self.serviceCIDR).containsCIDR(self.podCIDR) : !cidr(self.podCIDR).containsCIDR('10.53.0.0/16') && !cidr('10.53.0.0/16').containsCIDR(self.podCIDR)) : !has(self.serviceCIDR) || !cidr(self.serviceCIDR).containsCIDR('10.52.0.0/16') && !cidr('10.52.0.0/16').containsCIDR(self.serviceCIDR)",
                     "message": "network.podCIDR (default 10.52.0.0/16) and network.serviceCIDR (default 10.53.0.0/16) overlap"}]}
                """)
public record Network(
        @JsonPropertyDescription("Addresses of pods. Default: 10.52.0.0/16. Cannot be changed.")
        String podCIDR,

        @JsonPropertyDescription("Addresses of Services. Default: 10.53.0.0/16. Cannot be changed.")
        String serviceCIDR,

        @JsonPropertyDescription(
                "The domain of the cluster's DNS names: a Service is <name>.<namespace>.svc.<domain>. Default:"
                        + " cluster.local. Cannot be changed.")
        String clusterDomain,

        @JsonPropertyDescription(
                "How pods of different k3s agents reach each other. vxlan: UDP 8472 between them. wireguard-native:"
                        + " UDP 51820, encrypted. host-gw: routes, within one layer 2 network. none: you bring a CNI."
                        + " Default: vxlan. Agents take a change over when they are restarted.")
        FlannelBackend flannelBackend) {

    /** k3s's flannel backends. */
    public enum FlannelBackend {
        @JsonProperty("vxlan")
        VXLAN("vxlan"),
        @JsonProperty("wireguard-native")
        WIREGUARD_NATIVE("wireguard-native"),
        @JsonProperty("host-gw")
        HOST_GW("host-gw"),
        @JsonProperty("none")
        NONE("none");

        private final String flag;

        FlannelBackend(String flag) {
            this.flag = flag;
        }

        /** The value of k3s's flag {@code --flannel-backend}. */
        public String flag() {
            return flag;
        }
    }

    /** The pods' range where the spec names none; not k3s's own, for the host cluster may be a k3s. */
    public static final String DEFAULT_POD_CIDR = "10.52.0.0/16";

    /** The Services' range where the spec names none. */
    public static final String DEFAULT_SERVICE_CIDR = "10.53.0.0/16";

    /** The domain of the cluster's DNS names where the spec names none; k3s's own default. */
    public static final String DEFAULT_CLUSTER_DOMAIN = "cluster.local";
}
