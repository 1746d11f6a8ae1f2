package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	certutil "k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

const (
	caLifetime   = 3650 * 24 * time.Hour
	leafLifetime = 365 * 24 * time.Hour
)

// layout is where k3s keeps things below its data directory.
type layout struct{ dataDir string }

func (l layout) server(elements ...string) string {
	return filepath.Join(append([]string{l.dataDir, "server"}, elements...)...)
}
func (l layout) tls(name string) string  { return l.server("tls", name) }
func (l layout) cred(name string) string { return l.server("cred", name) }

// authority is a CA on disk.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	pem         []byte
}

// authorities are the CAs of a cluster. Those that are on disk are used as they
// are, the others are made.
type authorities struct {
	server, client, requestHeader authority
}

func (l layout) prepareAuthorities() (*authorities, error) {
	for _, folder := range []string{l.server("tls", "etcd"), l.server("cred"), l.server("db")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	made := map[string]authority{}
	for _, name := range []string{"server-ca", "client-ca", "request-header-ca", "etcd/server-ca", "etcd/peer-ca"} {
		ca, err := loadOrMakeAuthority(l.tls(name))
		if err != nil {
			return nil, err
		}
		made[name] = ca
	}
	if err := ensureServiceAccountKey(l.tls("service.key")); err != nil {
		return nil, err
	}
	return &authorities{
		server: made["server-ca"], client: made["client-ca"], requestHeader: made["request-header-ca"],
	}, nil
}

func loadOrMakeAuthority(path string) (authority, error) {
	certPEM, err := os.ReadFile(path + ".crt")
	if os.IsNotExist(err) {
		return makeAuthority(path)
	}
	if err != nil {
		return authority{}, err
	}
	keyPEM, err := os.ReadFile(path + ".key")
	if err != nil {
		return authority{}, err
	}
	certificates, err := certutil.ParseCertsPEM(certPEM)
	if err != nil {
		return authority{}, fmt.Errorf("%s.crt: %w", path, err)
	}
	key, err := keyutil.ParsePrivateKeyPEM(keyPEM)
	if err != nil {
		return authority{}, fmt.Errorf("%s.key: %w", path, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return authority{}, fmt.Errorf("%s.key: cannot sign", path)
	}
	if public, ok := signer.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !public.Equal(certificates[0].PublicKey) {
		return authority{}, fmt.Errorf("%s: the key does not belong to the certificate", path)
	}
	return authority{certificate: certificates[0], key: signer, pem: certPEM}, nil
}

func makeAuthority(path string) (authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "k3s-" + strings.ReplaceAll(filepath.Base(path), "/", "-")},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	der, err := sign(template, template, key.Public(), key, caLifetime)
	if err != nil {
		return authority{}, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return authority{}, err
	}
	made := authority{certificate: certificate, key: key, pem: certificatePEM(der)}
	if err := writeKey(path+".key", key); err != nil {
		return authority{}, err
	}
	return made, os.WriteFile(path+".crt", made.pem, 0o644)
}

// issue writes a certificate and its key to path.crt and path.key.
func (a authority) issue(path string, template *x509.Certificate) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment
	der, err := sign(template, a.certificate, key.Public(), a.key, leafLifetime)
	if err != nil {
		return err
	}
	if err := writeKey(path+".key", key); err != nil {
		return err
	}
	return os.WriteFile(path+".crt", append(certificatePEM(der), a.pem...), 0o644)
}

func (a authority) issueClient(path, name string, groups ...string) error {
	return a.issue(path, &x509.Certificate{
		Subject:     pkix.Name{CommonName: name, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
}

func (a authority) issueServer(path string, o *options) error {
	names := []string{
		"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + o.clusterDomain,
		"localhost", "127.0.0.1", o.advertiseAddress,
	}
	// At one port for all, k3s adds the address at which it is asked.
	if own, err := ownAddress(); err == nil && !o.supervisorApart() {
		names = append(names, own)
	}
	firstService, err := addressInRange(o.serviceCIDR, 1)
	if err != nil {
		return err
	}
	names = append(names, firstService.String())
	if o.nodeIP != "" {
		names = append(names, o.nodeIP)
	}
	names = append(names, o.tlsSANs...)
	slices.Sort(names)
	names = slices.Compact(names)

	certificate := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		switch address := net.ParseIP(name); {
		case address != nil:
			certificate.IPAddresses = append(certificate.IPAddresses, address)
		case strings.Contains(name, "*"):
			say("error", "dropping invalid CN: "+name)
		default:
			certificate.DNSNames = append(certificate.DNSNames, name)
		}
	}
	return a.issue(path, certificate)
}

func sign(template, parent *x509.Certificate, public crypto.PublicKey, signer crypto.Signer, lifetime time.Duration) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore = time.Now().Add(-time.Hour)
	template.NotAfter = time.Now().Add(lifetime)
	return x509.CreateCertificate(rand.Reader, template, parent, public, signer)
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func writeKey(path string, key *ecdsa.PrivateKey) error {
	encoded, err := keyutil.MarshalPrivateKeyToPEM(key)
	if err != nil {
		return err
	}
	return os.WriteFile(path, encoded, 0o600)
}

func ensureServiceAccountKey(path string) error {
	encoded, err := os.ReadFile(path)
	if err == nil {
		_, err = keyutil.ParsePrivateKeyPEM(encoded)
		return err
	}
	if !os.IsNotExist(err) {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	return writeKey(path, key)
}
