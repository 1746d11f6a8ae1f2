package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/keyutil"
)

const (
	joining        = "/v1-k3s/"
	largestRequest = 64 << 10
	bootstrappers  = "system:bootstrappers"
	agents         = "k3s:agent"
)

// supervisor is what k3s serves besides Kubernetes's API, as far as a machine
// needs it to get certificates. As in k3s it asks the API server who somebody
// is, and nobody what he may do: to be of one of three groups is enough. All
// other requests are the API server's.
type supervisor struct {
	authorities   *authorities
	layout        layout
	authenticator authenticator.Request
	apiServer     http.Handler
	client        kubernetes.Interface
	settings      map[string]string
}

// refusal is an answer that is not a success.
type refusal struct {
	status  int
	message string
}

func (r refusal) Error() string { return r.message }

func (s *server) newSupervisor(authenticator authenticator.Request, apiServer http.Handler) (*supervisor, error) {
	config, err := clientcmd.BuildConfigFromFlags("", s.cred("admin.kubeconfig"))
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	settings := map[string]string{
		"ClusterDNS": s.clusterDNS, "ClusterDomain": s.clusterDomain, "ClusterCIDR": s.clusterCIDR,
	}
	return &supervisor{s.authorities, s.layout, authenticator, apiServer, client, settings}, nil
}

// serveApart serves it at a port of its own.
func (s *server) serveApart(handler http.Handler) error {
	apart := &http.Server{
		Addr:              net.JoinHostPort(s.bindAddress, strconv.Itoa(s.supervisorPort)),
		Handler:           handler,
		ReadHeaderTimeout: 30 * time.Second,
		TLSConfig:         &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12},
	}
	return apart.ListenAndServeTLS(s.tls("serving-kube-apiserver.crt"), s.tls("serving-kube-apiserver.key"))
}

func (s *supervisor) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	name, joins := strings.CutPrefix(request.URL.Path, joining)
	switch {
	case request.URL.Path == "/ping":
		s.text(response, []byte("pong"))
	case request.URL.Path == "/cacerts":
		s.text(response, s.authorities.server.pem)
	case joins && s.answers(name) != nil:
		s.answer(response, request, s.answers(name))
	default:
		s.apiServer.ServeHTTP(response, request)
	}
}

// answers is what answers at a path below /v1-k3s/: nil if nothing does.
func (s *supervisor) answers(name string) func(*http.Request, user.Info) ([]byte, error) {
	switch name {
	case "client-ca.crt":
		return func(*http.Request, user.Info) ([]byte, error) { return s.authorities.client.pem, nil }
	case "server-ca.crt":
		return func(*http.Request, user.Info) ([]byte, error) { return s.authorities.server.pem, nil }
	case "readyz":
		return func(*http.Request, user.Info) ([]byte, error) { return []byte("ok"), nil }
	case "config":
		return func(*http.Request, user.Info) ([]byte, error) { return json.Marshal(s.settings) }
	case "client-kubelet.crt":
		return s.clientKubelet
	case "serving-kubelet.crt":
		return s.servingKubelet
	case "client-kube-proxy.crt":
		return func(request *http.Request, _ user.Info) ([]byte, error) {
			return s.issued("client-kube-proxy", user.KubeProxy, request)
		}
	case "client-k3s-controller.crt":
		return func(request *http.Request, _ user.Info) ([]byte, error) {
			return s.issued("client-k3s-controller", "system:k3s-controller", request)
		}
	}
	return nil
}

func (s *supervisor) answer(response http.ResponseWriter, request *http.Request, answer func(*http.Request, user.Info) ([]byte, error)) {
	who, err := s.authenticate(request)
	if err == nil {
		var content []byte
		if content, err = answer(request, who); err == nil {
			s.text(response, content)
			return
		}
	}
	status := http.StatusInternalServerError
	var refused refusal
	if errors.As(err, &refused) {
		status = refused.status
	}
	say("error", fmt.Sprintf("Sending HTTP %d response to %s: %v", status, request.RemoteAddr, err))
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	_ = json.NewEncoder(response).Encode(metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusFailure, Message: err.Error(), Code: int32(status),
	})
}

func (s *supervisor) text(response http.ResponseWriter, content []byte) {
	response.Header().Set("Content-Type", "text/plain")
	_, _ = response.Write(content)
}

func (s *supervisor) authenticate(request *http.Request) (user.Info, error) {
	who, ok, err := s.authenticator.AuthenticateRequest(request)
	if err != nil {
		return nil, refusal{http.StatusUnauthorized, "not authorized"}
	}
	if ok {
		for _, group := range who.User.GetGroups() {
			if group == agents || group == user.NodesGroup || group == bootstrappers {
				return who.User, nil
			}
		}
	}
	return nil, refusal{http.StatusForbidden, "forbidden"}
}

func (s *supervisor) clientKubelet(request *http.Request, who user.Info) ([]byte, error) {
	node, err := s.node(request, who)
	if err != nil {
		return nil, err
	}
	return s.issued("client-kubelet", "system:node:"+node, request, user.NodesGroup)
}

func (s *supervisor) servingKubelet(request *http.Request, who user.Info) ([]byte, error) {
	node, err := s.node(request, who)
	if err != nil {
		return nil, err
	}
	addresses := []net.IP{net.IPv4(127, 0, 0, 1)}
	if given := request.Header.Get("k3s-Node-IP"); given != "" {
		for _, text := range strings.Split(given, ",") {
			address := net.ParseIP(text)
			if address == nil {
				return nil, fmt.Errorf("invalid node IP address %s", text)
			}
			addresses = append(addresses, address)
		}
	}
	return s.certificate(s.authorities.server, "serving-kubelet", request, &x509.Certificate{
		Subject:     pkix.Name{CommonName: node},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{node, "localhost"},
		IPAddresses: addresses,
	})
}

// node is the name that the request's headers claim. A node must keep to its
// own; somebody with a token may take any whose password is not another's.
func (s *supervisor) node(request *http.Request, who user.Info) (string, error) {
	name, password := strings.ToLower(request.Header.Get("k3s-Node-Name")), request.Header.Get("k3s-Node-Password")
	if name == "" || password == "" {
		return "", refusal{http.StatusBadRequest, "node name or node password not set"}
	}
	if own, isNode := strings.CutPrefix(who.GetName(), "system:node:"); isNode && slices.Contains(who.GetGroups(), user.NodesGroup) {
		if own != name {
			return "", refusal{http.StatusBadRequest, "header node name does not match auth node name"}
		}
		if _, err := s.client.CoreV1().Nodes().Get(request.Context(), name, metav1.GetOptions{}); err != nil {
			return "", refusal{http.StatusUnauthorized, "unable to verify node identity"}
		}
	}
	return name, s.ensurePassword(request.Context(), name, password)
}

func (s *supervisor) ensurePassword(ctx context.Context, node, password string) error {
	secrets, name := s.client.CoreV1().Secrets(metav1.NamespaceSystem), node+".node-password.k3s"
	digest := sha256.Sum256([]byte(node + ":" + password))
	hash, immutable := hex.EncodeToString(digest[:]), true
	kept, err := secrets.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		_, err = secrets.Create(ctx, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: name},
			Immutable:  &immutable,
			Data:       map[string][]byte{"hash": []byte(hash)},
		}, metav1.CreateOptions{})
		return err
	}
	if err == nil && string(kept.Data["hash"]) != hash {
		return refusal{http.StatusForbidden, "unable to verify password for node " + node}
	}
	return err
}

func (s *supervisor) issued(key, name string, request *http.Request, groups ...string) ([]byte, error) {
	return s.certificate(s.authorities.client, key, request, &x509.Certificate{
		Subject:     pkix.Name{CommonName: name, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
}

// certificate is one for the key of the certificate request that was sent, with
// the CA's behind it; or, if none was sent, for a key that all share, and that
// comes along.
func (s *supervisor) certificate(ca authority, shared string, request *http.Request, template *x509.Certificate) ([]byte, error) {
	template.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	public, private, err := s.keyOf(request, s.layout.tls(shared+".key"))
	if err != nil {
		return nil, err
	}
	der, err := sign(template, ca.certificate, public, ca.key, leafLifetime)
	if err != nil {
		return nil, err
	}
	return slices.Concat(certificatePEM(der), ca.pem, private), nil
}

func (s *supervisor) keyOf(request *http.Request, shared string) (crypto.PublicKey, []byte, error) {
	if request.Method == http.MethodPost {
		if sent, err := io.ReadAll(io.LimitReader(request.Body, largestRequest)); err == nil {
			if signing, err := x509.ParseCertificateRequest(sent); err == nil {
				return signing.PublicKey, nil, nil
			}
		}
	}
	if _, err := os.Stat(shared); os.IsNotExist(err) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, nil, err
		}
		if err := writeKey(shared, key); err != nil {
			return nil, nil, err
		}
	}
	encoded, err := os.ReadFile(shared)
	if err != nil {
		return nil, nil, err
	}
	key, err := keyutil.ParsePrivateKeyPEM(encoded)
	if err != nil {
		return nil, nil, err
	}
	return key.(crypto.Signer).Public(), encoded, nil
}
