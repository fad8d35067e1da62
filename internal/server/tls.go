package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"labchat/internal/wire"
)

// TLSConfig is how the chat port answers a TLS client.
type TLSConfig struct {
	Off       bool
	Cert, Key string // PEM files; both empty: a certificate of our own, kept in the data directory
}

const (
	certFile = "tls.crt"
	keyFile  = "tls.key"
	// certYears is how long our own certificate is valid: clients pin its key,
	// so that nobody has to renew it while a lab host lives.
	certYears = 20
	// serialBits is how many random bits name the certificate.
	serialBits = 127
)

// load returns the server's side of TLS and the fingerprint of its key, nil
// and "" where TLS is off. Without a data directory the certificate lives as
// long as the daemon.
func (t TLSConfig) load(dir string) (*tls.Config, string, error) {
	if t.Off {
		return nil, "", nil
	}
	pair, err := t.pair(dir)
	if err != nil {
		return nil, "", err
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, "", fmt.Errorf("read TLS certificate: %w", err)
	}
	cfg := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return cfg, wire.KeyPrint(leaf.RawSubjectPublicKeyInfo), nil
}

// OwnKey returns the fingerprint of the key that a daemon keeps in its data
// directory: who may read that knows its server without having met it.
func OwnKey(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, certFile))
	if err != nil {
		return "", fmt.Errorf("read TLS certificate: %w", err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return "", fmt.Errorf("read TLS certificate: %s holds none", filepath.Join(dir, certFile))
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", fmt.Errorf("read TLS certificate: %w", err)
	}
	return wire.KeyPrint(leaf.RawSubjectPublicKeyInfo), nil
}

func (t TLSConfig) pair(dir string) (tls.Certificate, error) {
	cert, key := t.Cert, t.Key
	if cert == "" && key == "" {
		if dir == "" {
			c, k, err := newCertificate()
			if err != nil {
				return tls.Certificate{}, err
			}
			return tls.X509KeyPair(c, k)
		}
		cert, key = filepath.Join(dir, certFile), filepath.Join(dir, keyFile)
		if err := ensureCertificate(cert, key); err != nil {
			return tls.Certificate{}, err
		}
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("load TLS certificate %q and key %q: %w", cert, key, err)
	}
	return pair, nil
}

// ensureCertificate makes a key and a certificate on the first run. The key
// is written first: a certificate is there only with its key.
func ensureCertificate(cert, key string) error {
	_, errCert := os.Stat(cert)
	_, errKey := os.Stat(key)
	switch {
	case errCert == nil && errKey == nil:
		return nil
	case errCert == nil && errors.Is(errKey, fs.ErrNotExist):
		return fmt.Errorf("the TLS certificate %q has lost its key %q: restore the key, or delete the certificate to make new ones", cert, key)
	}
	c, k, err := newCertificate()
	if err != nil {
		return err
	}
	if err := os.WriteFile(key, k, 0o600); err != nil {
		return fmt.Errorf("write TLS key: %w", err)
	}
	if err := os.WriteFile(cert, c, 0o600); err != nil {
		return fmt.Errorf("write TLS certificate: %w", err)
	}
	return nil
}

// newCertificate makes a self-signed certificate, both in PEM.
func newCertificate() (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("make TLS key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, nil, fmt.Errorf("make TLS certificate: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "labchat"},
		DNSNames:     []string{"labchat"},
		NotBefore:    now.Add(-24 * time.Hour), // clocks of a lab differ
		NotAfter:     now.AddDate(certYears, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, fmt.Errorf("make TLS certificate: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("make TLS key: %w", err)
	}
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	key = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
	return cert, key, nil
}
