package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import java.util.List;

/**
 * Who may use the cluster's API besides the holders of its kubeconfig: the part of Kubernetes' AuthenticationConfiguration
 * (apiserver.config.k8s.io, v1beta1) that is the user's. Names and rules are those of k8s.io/apiserver 1.33,
 * {@code pkg/apis/apiserver}; the lengths are this API's.
 */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {"jwt": {"maxItems": 64, "x-kubernetes-list-type": "atomic",
                  "x-kubernetes-validations": [
                    {"rule": "self.all(a, self.exists_one(b, a.issuer.url == b.issuer.url))",
                     "message": "two items of authentication.jwt have the same issuer.url"},
                    {"rule": "self.all(a, !has(a.issuer.discoveryURL) || self.exists_one(b, has(b.issuer.discoveryURL) && a.issuer.discoveryURL == b.issuer.discoveryURL))",
                     "message": "two items of authentication.jwt have the same issuer.discoveryURL"}]}}}
                """)
public record Authentication(
        @JsonPropertyDescription(
                "Issuers whose JSON Web Tokens, such as the ID tokens of OpenID Connect, the cluster accepts: the list"
                        + " jwt of Kubernetes' AuthenticationConfiguration.")
        List<JWTAuthenticator> jwt) {}
