package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/client-go/util/keyutil"
)

const (
	dataDir      = "/var/lib/rancher/k3s"
	passwordFile = "/etc/rancher/node/password"
)

// options are the flags of k3s's agent as far as the stand-in knows them.
type options struct {
	server      string
	tokenFile   string
	nodeName    string
	nodeLabels  repeated
	nodeTaints  repeated
	kubeletArgs repeated
}

// repeated is a flag that may be repeated; a comma in it belongs to the value.
type repeated []string

func (r *repeated) String() string { return strings.Join(*r, " ") }

func (r *repeated) Set(value string) error {
	*r = append(*r, value)
	return nil
}

func parseOptions(args []string) (*options, error) {
	o := &options{}
	flags := flag.NewFlagSet("k3s agent", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.server, "server", "", "")
	flags.StringVar(&o.tokenFile, "token-file", "", "")
	flags.StringVar(&o.nodeName, "node-name", "", "")
	flags.Var(&o.nodeLabels, "node-label", "")
	flags.Var(&o.nodeTaints, "node-taint", "")
	flags.Var(&o.kubeletArgs, "kubelet-arg", "")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.server == "" || o.tokenFile == "" || o.nodeName == "":
		return nil, errors.New("the stand-in for k3s's agent needs --server, --token-file and --node-name")
	}
	return o, nil
}

// node is one that has its certificates.
type node struct {
	*options
	address   net.IP
	serverCA  []byte
	clientCA  []byte
	kubelet   pair
	serving   pair
	proxy     pair
	settings  clusterSettings
	bearer    string
	password  string
	joinsWith *tls.Certificate
}

// pair is a certificate, with the CA's behind it, and its key, as PEM.
type pair struct{ certificate, key []byte }

// clusterSettings are those of the server's that a node needs.
type clusterSettings struct {
	ClusterDNS    string
	ClusterDomain string
	ClusterCIDR   string
}

// refusal is an answer that is not a success.
type refusal struct {
	status  int
	message string
}

func (r refusal) Error() string { return fmt.Sprintf("%d: %s", r.status, r.message) }

func (n *node) file(parts ...string) string {
	return filepath.Join(append([]string{dataDir, "agent"}, parts...)...)
}

// join gets what the node needs of the server, and waits for it as long as it
// takes. A node that has a certificate asks by that, as in k3s, and not by its token.
func join(o *options) (*node, error) {
	token, err := os.ReadFile(o.tokenFile)
	if err != nil {
		return nil, err
	}
	hash, bearer, pinned := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(token)), "K10"), "::")
	if !pinned {
		return nil, errors.New("the token has not the form K10<hash>::<id>.<secret>")
	}
	password, err := os.ReadFile(passwordFile)
	if err != nil {
		return nil, err
	}
	address, err := addressTowards(o.server)
	if err != nil {
		return nil, err
	}
	n := &node{options: o, address: address, bearer: bearer, password: strings.TrimSpace(string(password))}
	if own, err := tls.LoadX509KeyPair(n.file("client-kubelet.crt"), n.file("client-kubelet.key")); err == nil {
		n.joinsWith = &own
	}
	for {
		err := n.fetch(hash)
		if err == nil {
			return n, nil
		}
		say("error", "Failed to retrieve agent configuration: "+err.Error())
		time.Sleep(5 * time.Second)
	}
}

func (n *node) fetch(hash string) (err error) {
	anyServer := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	if n.serverCA, err = ask(anyServer, http.MethodGet, n.server+"/cacerts", nil, nil); err != nil {
		return err
	}
	if digest := sha256.Sum256(n.serverCA); hex.EncodeToString(digest[:]) != hash {
		return errors.New("token CA hash does not match the Cluster CA certificate hash")
	}
	if n.clientCA, err = n.get("/v1-k3s/client-ca.crt"); err != nil {
		return err
	}
	settings, err := n.get("/v1-k3s/config")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(settings, &n.settings); err != nil {
		return err
	}
	for name, into := range map[string]*pair{
		"client-kubelet": &n.kubelet, "serving-kubelet": &n.serving, "client-kube-proxy": &n.proxy,
	} {
		if *into, err = n.certificate(name); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) client() *http.Client {
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(n.serverCA)
	config := &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12}
	if n.joinsWith != nil {
		config.Certificates = []tls.Certificate{*n.joinsWith}
	}
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: config}}
}

func (n *node) headers() map[string]string {
	headers := map[string]string{
		"k3s-Node-Name": n.nodeName, "k3s-Node-Password": n.password, "k3s-Node-IP": n.address.String(),
	}
	if n.joinsWith == nil {
		headers["Authorization"] = "Bearer " + n.bearer
	}
	return headers
}

func (n *node) get(path string) ([]byte, error) {
	return ask(n.client(), http.MethodGet, n.server+path, n.headers(), nil)
}

func (n *node) certificate(name string) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return pair{}, err
	}
	certificate, err := ask(n.client(), http.MethodPost, n.server+"/v1-k3s/"+name+".crt", n.headers(), request)
	if err != nil {
		return pair{}, err
	}
	encoded, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return pair{}, err
	}
	return pair{certificate, pem.EncodeToMemory(&pem.Block{Type: keyutil.ECPrivateKeyBlockType, Bytes: encoded})}, nil
}

func ask(client *http.Client, method, address string, headers map[string]string, body []byte) ([]byte, error) {
	request, err := http.NewRequest(method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err == nil && response.StatusCode != http.StatusOK {
		err = refusal{response.StatusCode, strings.TrimSpace(string(content))}
	}
	return content, err
}

// addressTowards is the node's own, from which it reaches the server.
func addressTowards(server string) (net.IP, error) {
	target, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	connection, err := net.Dial("udp", target.Host)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	return connection.LocalAddr().(*net.UDPAddr).IP, nil
}
