// The process that keeps a pod's namespaces.
module sandboxcluster.dev/testbed/pause

go 1.24.0
