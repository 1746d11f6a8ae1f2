package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/yaml"
)

// coreDNSManifest is what k3s deploys. Its pod is Pending without a worker.
//
//go:embed coredns.yaml
var coreDNSManifest string

var collections = map[string]string{
	"ServiceAccount":     "/api/v1/namespaces/kube-system/serviceaccounts",
	"ConfigMap":          "/api/v1/namespaces/kube-system/configmaps",
	"Service":            "/api/v1/namespaces/kube-system/services",
	"Deployment":         "/apis/apps/v1/namespaces/kube-system/deployments",
	"ClusterRole":        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
	"ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
}

func (s *server) deployCoreDNS(client *kubernetes.Clientset) {
	manifest := strings.NewReplacer("CLUSTER_DOMAIN", s.clusterDomain, "CLUSTER_DNS", s.clusterDNS).Replace(coreDNSManifest)
	for _, document := range bytes.Split([]byte(manifest), []byte("\n---\n")) {
		var err error
		// The namespace comes a moment after the API server.
		for attempt := 0; attempt < 100; attempt++ {
			if err = apply(client, document); err == nil {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		if err != nil {
			say("error", fmt.Sprintf("CoreDNS is not deployed: %v", err))
			return
		}
	}
}

func apply(client *kubernetes.Clientset, document []byte) error {
	object := &unstructured.Unstructured{}
	if err := yaml.Unmarshal(document, object); err != nil {
		return err
	}
	return client.RESTClient().Patch(types.ApplyYAMLPatchType).
		AbsPath(collections[object.GetKind()], object.GetName()).
		Param("fieldManager", "deploy@k3s").Param("force", "true").
		Body(document).Do(context.Background()).Error()
}
