package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// settleToken checks the token that was given, or makes one, and writes it in
// k3s's full form: the hash of the server's CA, so that a joining node can know
// the server, and the password by which the server knows the node.
func (l layout) settleToken(o *options, serverCA []byte) error {
	sum := sha256.Sum256(serverCA)
	hash := hex.EncodeToString(sum[:])
	password, err := givenPassword(o, hash)
	if err != nil {
		return err
	}
	if password == "" {
		if kept, err := os.ReadFile(l.server("token")); err == nil {
			password, err = passwordOf(string(kept), hash)
			if err != nil {
				return err
			}
		}
	}
	if password == "" {
		password = rand.Text()
	}
	token := fmt.Sprintf("K10%s::server:%s\n", hash, password)
	return os.WriteFile(l.server("token"), []byte(token), 0o600)
}

func givenPassword(o *options, hash string) (string, error) {
	if o.agentTokenFile != "" {
		if _, err := os.ReadFile(o.agentTokenFile); err != nil {
			return "", err
		}
	}
	if o.tokenFile == "" {
		return "", nil
	}
	content, err := os.ReadFile(o.tokenFile)
	if err != nil {
		return "", err
	}
	if len(bytes.TrimSpace(content)) == 0 {
		return "", fmt.Errorf("%s: the token is empty", o.tokenFile)
	}
	return passwordOf(string(content), hash)
}

func passwordOf(token, hash string) (string, error) {
	token = strings.TrimSpace(token)
	full, ok := strings.CutPrefix(token, "K10")
	if !ok {
		return token, nil
	}
	tokenHash, credentials, ok := strings.Cut(full, "::")
	if !ok {
		return "", fmt.Errorf("invalid token format")
	}
	if tokenHash != hash {
		return "", fmt.Errorf("token CA hash does not match the Cluster CA certificate hash: %s != %s", tokenHash, hash)
	}
	if _, password, ok := strings.Cut(credentials, ":"); ok {
		credentials = password
	}
	return credentials, nil
}

// keepBootstrap refuses to start on the data of a cluster that has other CAs.
func (l layout) keepBootstrap() error {
	sum := sha256.New()
	for _, name := range []string{"server-ca.crt", "client-ca.crt", "service.key"} {
		content, err := os.ReadFile(l.tls(name))
		if err != nil {
			return err
		}
		sum.Write(content)
	}
	digest := hex.EncodeToString(sum.Sum(nil))
	kept, err := os.ReadFile(l.server("db", "bootstrap"))
	if os.IsNotExist(err) {
		return os.WriteFile(l.server("db", "bootstrap"), []byte(digest), 0o600)
	}
	if err == nil && string(kept) != digest {
		return fmt.Errorf("%s newer than datastore and could cause a cluster outage. "+
			"Remove the file(s) from disk and restart to be recreated from datastore", l.server("tls"))
	}
	return err
}

func (s *server) ensureEncryptionConfig() (string, error) {
	path := s.cred("encryption-config.yaml")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(`apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
- resources: [secrets]
  providers:
  - aescbc: {keys: [{name: aescbckey, secret: `+base64.StdEncoding.EncodeToString(key)+`}]}
  - identity: {}
`), 0o600)
}
