package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import java.util.List;

/** An issuer of tokens, and what makes a user of them. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "claimValidationRules": {"maxItems": 16, "x-kubernetes-list-type": "atomic",
                    "x-kubernetes-validations": [
                      {"rule": "self.all(r, !has(r.claim) || self.exists_one(o, has(o.claim) && o.claim == r.claim))",
                       "message": "two claimValidationRules are about the same claim"}]},
                  "userValidationRules": {"maxItems": 16, "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["expression"]}}}
                """)
public record JWTAuthenticator(
        @JsonPropertyDescription("Who signs the tokens, and for whom.") @Required
        Issuer issuer,

        @JsonPropertyDescription("What must hold of a token's claims.")
        List<ClaimValidationRule> claimValidationRules,

        @JsonPropertyDescription("Which claims become which attributes of the user.") @Required
        ClaimMappings claimMappings,

        @JsonPropertyDescription("What must hold of the user: CEL expressions over user.")
        List<UserValidationRule> userValidationRules) {

    /** The provider, and how its keys are found. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "url": {"maxLength": 1024, "x-kubernetes-validations": [
                        {"rule": "self.matches('^https://[^/?#@[:space:]]+(/[^?#[:space:]]*)?$')",
                         "message": "must be an https URL without user, query and fragment"}]},
                      "discoveryURL": {"maxLength": 1024, "x-kubernetes-validations": [
                        {"rule": "self.matches('^https://[^/?#@[:space:]]+(/[^?#[:space:]]*)?$')",
                         "message": "must be an https URL without user, query and fragment"}]},
                      "certificateAuthority": {"maxLength": 65536, "x-kubernetes-validations": [
                        {"rule": "self.contains('-----BEGIN CERTIFICATE-----')",
                         "message": "must be CA certificates in PEM form"}]},
                      "audiences": {"minItems": 1, "maxItems": 64, "x-kubernetes-list-type": "set",
                        "items": {"type": "string", "minLength": 1, "maxLength": 1024}}},
                     "x-kubernetes-validations": [
                        {"rule": "!has(self.discoveryURL) || self.discoveryURL != self.url && self.discoveryURL + '/' != self.url && self.discoveryURL != self.url + '/'",
                         "message": "issuer.discoveryURL must be another URL than issuer.url"},
                        {"rule": "self.audiences.size() == 1 || has(self.audienceMatchPolicy)",
                         "message": "issuer.audienceMatchPolicy must be MatchAny where there are several audiences"}]}
                    """)
    public record Issuer(
            @JsonPropertyDescription("The issuer: the claim iss of its tokens. Its keys are found by"
                    + " <url>/.well-known/openid-configuration.")
            @Required
            String url,

            @JsonPropertyDescription("The whole URL of the discovery document, where it isn't below the issuer's.")
            String discoveryURL,

            @JsonPropertyDescription(
                    "CA certificates, PEM, by which the provider's server is known. Default: those of the image.")
            String certificateAuthority,

            @JsonPropertyDescription("For whom tokens must be made: one of these in the claim aud.") @Required
            List<String> audiences,

            @JsonPropertyDescription("MatchAny: one of several audiences suffices.")
            AudienceMatchPolicy audienceMatchPolicy) {

        /** How several audiences are meant. */
        public enum AudienceMatchPolicy {
            @JsonProperty("MatchAny")
            MatchAny
        }
    }

    /** A claim that must have a value, or an expression that must be true. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "claim": {"minLength": 1, "maxLength": 256}, "requiredValue": {"maxLength": 1024},
                      "expression": {"minLength": 1, "maxLength": 4096}, "message": {"maxLength": 1024}},
                     "x-kubernetes-validations": [
                        {"rule": "has(self.claim) != has(self.expression)",
                         "message": "a claimValidationRule has either a claim or an expression"},
                        {"rule": "has(self.claim) ? !has(self.message) : !has(self.requiredValue)",
                         "message": "requiredValue goes with claim, message with expression"}]}
                    """)
    public record ClaimValidationRule(String claim, String requiredValue, String expression, String message) {}

    /** An expression about the user that must be true. */
    @ApiType
    @SchemaCustomizer(value = SchemaPatch.class, input = """
                    {"properties": {
                      "expression": {"minLength": 1, "maxLength": 4096}, "message": {"maxLength": 1024}}}
                    """)
    public record UserValidationRule(@Required String expression, String message) {}
}
