# shellcheck shell=bash
# shellcheck disable=SC2154
# The demo's place in a cluster: objects with names of its own and a mark. What is there without the mark is
# somebody else's, and is neither changed nor removed. Sourced by e2e/demo.

MARK=sandboxcluster.dev/demo
NAMESPACE=sandboxcluster-demo
DEFINITION=sandboxclusters.sandboxcluster.dev
CLASSES=sandboxclusterclasses.sandboxcluster.dev
ROUTES=sandboxclusterroutes.sandboxcluster.dev

# namespace_mark NAME: demo, foreign, or nothing where there is no such namespace.
namespace_mark() {
  local found
  found=$(kubectl get namespace "$1" --ignore-not-found \
    --output "jsonpath={.metadata.name} {.metadata.labels.${MARK//./\\.}}") || return
  case $found in
    '') ;;
    *' true') echo demo ;;
    *) echo foreign ;;
  esac
}

refuse_foreign_namespaces() {
  local name mark
  for name in "$@"; do
    mark=$(namespace_mark "$name")
    [[ $mark != foreign ]] || die "that cluster has a namespace \"$name\" that the demo did not make
(it lacks the label $MARK=true): the demo leaves it alone, and can't run there"
  done
}

own_namespace() {
  local mark
  refuse_foreign_namespaces "$1"
  mark=$(namespace_mark "$1")
  [[ -z $mark ]] || return 0
  kubectl create --filename - >/dev/null <<END
apiVersion: v1
kind: Namespace
metadata:
  name: $1
  labels:
    $MARK: "true"
    pod-security.kubernetes.io/enforce: restricted
END
}

# The demo's own operator, beside whatever else is there.
name_own_operator() {
  SYSTEM=$NAMESPACE-system
  RELEASE=$NAMESPACE
}

# use_given_cluster [OPERATOR_IMAGE]
use_given_cluster() {
  local image=$1 installed
  require_tools
  name_own_operator
  headline "The cluster of $KUBECONFIG"
  try kubectl get nodes
  kubectl get runtimeclass gvisor >/dev/null ||
    die "that cluster has no RuntimeClass \"gvisor\": see https://gvisor.dev/docs/user_guide/containerd/quick_start/"
  refuse_foreign_namespaces "$NAMESPACE" "$SYSTEM"
  headline "The operator"
  installed=$(other_operators)
  if [[ -n $installed ]]; then
    use_installed "$installed"
    return
  fi
  refuse_foreign_objects
  require_tag "${K3S_IMAGE:-image:tag}"
  if [[ -z $image ]]; then
    require_builders
    make_operator_image
    die "the operator's image is in $OPERATOR_ARCHIVE: push it to a registry of that cluster
or import it on its nodes, and name it with --operator-image REFERENCE"
  fi
  require_tag "$image"
  own_namespace "$SYSTEM"
  install_operator "$image" ${K3S_IMAGE:+--set controlPlane.imageRepository="${K3S_IMAGE%:*}"} \
    ${K3S_IMAGE:+--set controlPlane.version="${K3S_IMAGE##*:}"}
}

require_tools() {
  local tool
  for tool in kubectl helm; do
    command -v "$tool" >/dev/null || build tools
  done
}

require_tag() { [[ ${1##*/} == *:* ]] || die "the image $1 needs a tag"; }

# Those that the demo did not install, a line each: namespace/name, and the namespaces that it serves, if not all.
other_operators() {
  local serves='.spec.template.spec.containers[?(@.name=="operator")].env[?(@.name=="WATCH_NAMESPACES")].value'
  kubectl get deployments --all-namespaces --selector app.kubernetes.io/name=sandboxcluster-operator --output \
    "jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {$serves}{\"\n\"}{end}" |
    awk -v mine="$SYSTEM/" 'NF && index($0, mine) != 1'
}

# It is used as it is: the demo neither upgrades it nor installs a second one.
use_installed() {
  local operator serves
  while read -r operator serves; do
    if [[ -z $serves || ",$serves," == *",$NAMESPACE,"* ]]; then
      echo "$operator is installed there, and is used as it is."
      return
    fi
  done <<<"$1"
  die "that cluster has an operator that serves some namespaces only: ${1//$'\n'/; }
The demo neither changes it nor installs another one. To use it, add \"$NAMESPACE\" to its watchNamespaces"
}

# Cluster-wide names, above all: the definition and roles of an operator that was removed, or of somebody else.
refuse_foreign_objects() {
  local foreign
  foreign=$(helm template "$RELEASE" "$root/helm/sandboxcluster-operator" --namespace "$SYSTEM" |
    kubectl get --ignore-not-found --filename - --output "jsonpath={range .items[*]}$(release_of){\"\n\"}{end}" |
    awk -v mine="$SYSTEM/$RELEASE" 'NF && $1 != mine {print "  " $2 " " $3}')
  [[ -z $foreign ]] || die "that cluster has objects that the demo did not make, with names that it needs:
$foreign
It leaves them alone and can't install its operator beside them. If they are left of an operator
that was uninstalled, install that one again, and the demo uses it; or delete them, if nobody needs them"
}

# A jsonpath: namespace and name of the Helm release that an object is part of, its kind and name.
release_of() {
  local annotation='.metadata.annotations.meta\.helm\.sh/release'
  echo "{$annotation-namespace}/{$annotation-name} {.kind} {.metadata.name}"
}

# Whether somebody has SandboxClusters that are not the demo's; their names, a line each.
other_sandboxes() {
  kubectl get "$DEFINITION" --all-namespaces --selector "$MARK!=true" --output \
    'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}{"\n"}{end}'
}

remove_from_cluster() {
  local definition others='' operators mark
  require_tools
  name_own_operator
  definition=$(kubectl get customresourcedefinition "$DEFINITION" --ignore-not-found --output "jsonpath=$(release_of)")
  if [[ -n $definition ]]; then
    kubectl delete "$DEFINITION" --all-namespaces --selector "$MARK=true"
    others=$(other_sandboxes)
  fi
  if grep -q "^$NAMESPACE/" <<<"$others"; then
    say "The namespace $NAMESPACE stays: there are SandboxClusters in it that the demo did not make."
  else
    remove_namespace "$NAMESPACE"
  fi
  rm -f "$SANDBOX_KUBECONFIG"
  mark=$(namespace_mark "$SYSTEM")
  operators=$(other_operators)
  if [[ -n $others && $mark == demo ]]; then
    say "The demo's operator stays, for these SandboxClusters are not the demo's:
$others
Once they are gone, the same command removes it."
    return
  fi
  if [[ $mark == demo ]]; then
    helm uninstall "$RELEASE" --namespace "$SYSTEM" --ignore-not-found --wait
    remove_namespace "$SYSTEM"
  fi
  if [[ $definition == "$SYSTEM/$RELEASE "* && -z $others && -z $operators ]]; then
    kubectl delete customresourcedefinition "$DEFINITION"
    remove_definition "$ROUTES"
    remove_definition "$CLASSES"
  fi
}

# remove_definition NAME: one that came with the demo's operator, unless somebody has objects of it.
remove_definition() {
  local definition
  definition=$(kubectl get customresourcedefinition "$1" --ignore-not-found --output "jsonpath=$(release_of)")
  [[ $definition == "$SYSTEM/$RELEASE "* ]] || return 0
  if [[ -z $(kubectl get "$1" --all-namespaces --output name) ]]; then
    kubectl delete customresourcedefinition "$1"
  else
    say "The CustomResourceDefinition $1 stays: there are objects of it that the demo did not make."
  fi
}

# remove_namespace NAME: only with the mark.
remove_namespace() {
  kubectl delete namespace --selector "$MARK=true" --field-selector "metadata.name=$1"
}
