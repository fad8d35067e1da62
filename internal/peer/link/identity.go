package link

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"

	"labchat/internal/wire"
)

// protocol is what the two sides of a link speak, for ALPN.
const protocol = "labchat-peer/1"

var (
	errNoKey    = errors.New("the other side shows no device key")
	errOtherKey = errors.New("the other side has another key than expected")
	errNobody   = errors.New("this side has no device key yet")
	errStranger = errors.New("nothing was agreed with the other side")
)

// Identity is this device's key, and the certificate that shows it.
type Identity struct {
	private ed25519.PrivateKey
	cert    tls.Certificate
}

// NewIdentity makes the identity of a seed of 32 bytes.
func NewIdentity(seed wire.Secret) (*Identity, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("device key: the seed has %d bytes, want %d", len(seed), ed25519.SeedSize)
	}
	private := ed25519.NewKeyFromSeed([]byte(seed.Reveal()))
	// The certificate says nothing but the key: no name, and always the same times.
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "device"},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, fmt.Errorf("device key: %w", err)
	}
	return &Identity{private: private, cert: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}}, nil
}

// Key is the public key, as wire.DeviceKey spells it; "" of nil.
func (id *Identity) Key() string {
	if id == nil {
		return ""
	}
	return wire.DeviceKey(id.private.Public().(ed25519.PublicKey))
}

// Sign signs with the device's key.
func (id *Identity) Sign(text []byte) []byte { return ed25519.Sign(id.private, text) }

// Private is the key itself, for sealing.
func (id *Identity) Private() ed25519.PrivateKey { return id.private }

// config is TLS 1.3 with a key on both sides and no names; check judges the
// other side's.
func (id *Identity) config(check func(key string) error) *tls.Config {
	return &tls.Config{
		MinVersion:             tls.VersionTLS13,
		Certificates:           []tls.Certificate{id.cert},
		NextProtos:             []string{protocol},
		ClientAuth:             tls.RequireAnyClientCert,
		InsecureSkipVerify:     true, //nolint:gosec // there is no authority: VerifyConnection compares the key
		SessionTicketsDisabled: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			key, err := keyOf(s)
			if err != nil {
				return err
			}
			return check(key)
		},
	}
}

// keyOf is the device key that the other side has proved to have.
func keyOf(s tls.ConnectionState) (string, error) {
	if len(s.PeerCertificates) == 0 {
		return "", errNoKey
	}
	key, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok {
		return "", errNoKey
	}
	return wire.DeviceKey(key), nil
}
