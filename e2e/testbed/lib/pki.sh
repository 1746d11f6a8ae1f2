# shellcheck shell=bash
# The host cluster's certificates and kubeconfigs, made anew for each cluster.

PKI=$CLUSTER/pki

make_pki() (
  set -euo pipefail
  umask 077
  mkdir -p "$PKI"
  cd "$PKI"
  openssl ecparam -name prime256v1 -genkey -noout -out service-account.key
  openssl ec -in service-account.key -pubout -out service-account.pub
  authority cluster-ca
  authority front-proxy-ca
  certificate cluster-ca kube-apiserver /CN=kube-apiserver serverAuth \
    "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$NODE_ADDRESS,IP:$API_SERVICE_ADDRESS"
  certificate cluster-ca kubelet-serving "/O=system:nodes/CN=system:node:$NODE" serverAuth "DNS:$NODE,IP:$NODE_ADDRESS"
  certificate cluster-ca kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
  certificate front-proxy-ca front-proxy-client /CN=front-proxy-client clientAuth
  certificate cluster-ca admin /O=system:masters/CN=testbed-admin clientAuth
  certificate cluster-ca controller-manager /CN=system:kube-controller-manager clientAuth
  certificate cluster-ca scheduler /CN=system:kube-scheduler clientAuth
  certificate cluster-ca kubelet "/O=system:nodes/CN=system:node:$NODE" clientAuth
  certificate cluster-ca proxy /CN=system:kube-proxy clientAuth
  local name
  for name in admin controller-manager scheduler kubelet proxy; do
    kubeconfig_for "$name" >"$CLUSTER/$name.kubeconfig"
  done
)

authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$1" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,digitalSignature \
    -keyout "$1.key" -out "$1.crt"
}

# certificate AUTHORITY NAME SUBJECT USAGE [ALTERNATIVE NAMES]
certificate() {
  local extensions="keyUsage=critical,digitalSignature
extendedKeyUsage=$4"
  [[ -z ${5:-} ]] || extensions+="
subjectAltName=$5"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$3" -keyout "$2.key" -out "$2.csr"
  openssl x509 -req -in "$2.csr" -CA "$1.crt" -CAkey "$1.key" -days 3650 -extfile <(echo "$extensions") -out "$2.crt"
  rm "$2.csr"
}

kubeconfig_for() {
  cat <<END
apiVersion: v1
kind: Config
clusters:
- name: testbed
  cluster:
    server: https://$NODE_ADDRESS:6443
    certificate-authority-data: $(base64 -w0 cluster-ca.crt)
users:
- name: $1
  user:
    client-certificate-data: $(base64 -w0 "$1.crt")
    client-key-data: $(base64 -w0 "$1.key")
contexts:
- name: testbed
  context: {cluster: testbed, user: $1}
current-context: testbed
END
}
