/**
 * The API group {@code sandboxcluster.dev/v1alpha1} as Java types. The CustomResourceDefinitions under {@code crds/}
 * are generated from them at build time.
 */
package dev.sandboxcluster.api.v1alpha1;
