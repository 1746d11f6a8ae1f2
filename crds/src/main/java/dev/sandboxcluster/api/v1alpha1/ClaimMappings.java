package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import java.util.List;

/** Which claims of a token become which attributes of the user. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "extra": {"maxItems": 32, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["key"]}},
                 "x-kubernetes-validations": [
                    {"rule": "has(self.username.claim) || has(self.username.expression)",
                     "message": "claimMappings.username has either a claim or an expression"}]}
                """)
public record ClaimMappings(
        @JsonPropertyDescription("The user's name.") @Required
        PrefixedClaimOrExpression username,

        @JsonPropertyDescription("The user's groups.") PrefixedClaimOrExpression groups,

        @JsonPropertyDescription("The user's UID.") ClaimOrExpression uid,

        @JsonPropertyDescription("Further attributes of the user.")
        List<ExtraMapping> extra) {

    /** A claim with what is put before its value, or a CEL expression over claims. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "claim": {"minLength": 1, "maxLength": 256}, "prefix": {"maxLength": 256},
                      "expression": {"minLength": 1, "maxLength": 4096}},
                     "x-kubernetes-validations": [
                        {"rule": "!has(self.claim) || !has(self.expression)",
                         "message": "either a claim or an expression, not both"},
                        {"rule": "has(self.claim) == has(self.prefix)",
                         "message": "prefix goes with claim, and may be an empty text, so that there is none"}]}
                    """)
    public record PrefixedClaimOrExpression(String claim, String prefix, String expression) {}

    /** A claim, or a CEL expression over claims. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "claim": {"minLength": 1, "maxLength": 256}, "expression": {"minLength": 1, "maxLength": 4096}},
                     "x-kubernetes-validations": [
                        {"rule": "!has(self.claim) || !has(self.expression)",
                         "message": "either a claim or an expression, not both"}]}
                    """)
    public record ClaimOrExpression(String claim, String expression) {}

    /** A further attribute. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "key": {"maxLength": 512, "x-kubernetes-validations": [
                        {"rule": "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?/[^A-Z[:space:]]+$')",
                         "message": "must be a DNS name, a slash and a name, in small letters: example.org/team"},
                        {"rule": "!self.matches('^([^/]*[.])?(kubernetes|k8s)[.]io/')",
                         "message": "names of kubernetes.io and k8s.io are Kubernetes' own"}]},
                      "valueExpression": {"minLength": 1, "maxLength": 4096}}}
                    """)
    public record ExtraMapping(
            @Required String key, @Required String valueExpression) {}
}
