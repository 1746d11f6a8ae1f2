package dev.sandboxcluster.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crdv2.generator.v1.SchemaCustomizer;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.LocalObjectReference;

/** Files that the control plane reads: every key of a ConfigMap or a Secret of the namespace is one. */
@ApiType
@SchemaCustomizer(value = SchemaPatch.class, input = """
                {"properties": {
                  "mountPath": {"maxLength": 128, "pattern": "^(/[A-Za-z0-9_][-A-Za-z0-9._]*)+$",
                    "x-kubernetes-validations": [
                      {"rule": "['/data', '/tmp', '/pki', '/etc/sandboxcluster', '/bin', '/sbin', '/lib', '/lib64', '/usr', '/proc', '/sys', '/dev'].all(p, self != p && !self.startsWith(p + '/') && !p.startsWith(self + '/'))",
                       "message": "must not hide what the control plane needs: /data, /tmp, /pki, /etc/sandboxcluster, /bin, /sbin, /lib, /lib64, /usr, /proc, /sys, /dev"}]},
                  "configMap": {"properties": {"name": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}}, "required": ["name"]},
                  "secret": {"properties": {"name": {"maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$",
                    "x-kubernetes-validations": [{"rule": "!self.endsWith('-pki')",
                      "message": "Secrets whose names end in -pki hold the CA keys of sandboxes"}]}}, "required": ["name"]}}}
                """)
@ValidationRule(value = "has(self.configMap) != has(self.secret)", message = "name either a configMap or a secret")
public record MountedFiles(
        @JsonPropertyDescription("The directory in which they are.") @Required
        String mountPath,

        @JsonPropertyDescription("The ConfigMap.") LocalObjectReference configMap,

        @JsonPropertyDescription("The Secret.") LocalObjectReference secret) {}
