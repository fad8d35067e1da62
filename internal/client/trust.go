package client

import (
	"crypto/tls"
	"crypto/x509"
	"strings"

	"labchat/internal/wire"
)

// proof is what a server showed in the TLS handshake, and what we know of it.
type proof struct {
	server   string
	key      string // SHA256:... of its public key
	valid    bool   // its certificate is valid for its name
	local    bool   // over loopback
	demanded string // by --server-key
	pin      string // the key seen last time,
	seen     bool   // if there was one; an empty pin is a valid certificate
}

// verdict is what follows from a proof that holds.
type verdict struct {
	pin    bool   // store the key,
	key    string // or "" for a valid certificate
	notice string // for people
}

// judge decides as ssh does with its known hosts. Loopback is not pinned, nor
// is a certificate that is valid for the name. Any other key is pinned when it
// is first seen, and a changed one ends the session.
func (p proof) judge() (verdict, error) {
	switch {
	case p.demanded != "" && p.key != normalKey(p.demanded):
		return verdict{}, ended(wire.CodeDenied, "%s has the key %s, not %s as --server-key demands. "+
			"Ask its operator which key chatd prints at start.", p.server, p.key, normalKey(p.demanded))
	case p.local:
		return verdict{}, nil
	case p.valid:
		return verdict{pin: !p.seen || p.pin != ""}, nil
	case p.demanded != "":
		return verdict{pin: true, key: p.key}, nil
	case !p.seen:
		return verdict{pin: true, key: p.key, notice: "First contact with " + p.server + ". Its key is " + p.key +
			": compare it with what chatd prints at start. From now on no other key is accepted."}, nil
	case p.pin == p.key:
		return verdict{}, nil
	}
	return verdict{}, p.changed()
}

// changed explains a key that is not the one we know.
func (p proof) changed() error {
	known := "its certificate was valid for its name"
	if p.pin != "" {
		known = "it had the key " + p.pin
	}
	return ended(wire.CodeDenied, "The key of %s has changed: when it was last seen, %s; now it has the key %s. "+
		"Either the server was set up anew, or somebody stands between it and you. Nothing was sent. "+
		"Ask its operator which key chatd prints at start; if it is the new one, start again with --server-key %s", p.server, known, p.key, p.key)
}

// normalKey writes a key as wire.KeyPrint does.
func normalKey(key string) string {
	key = strings.TrimRight(strings.TrimSpace(key), "=")
	if name, rest, found := strings.Cut(key, ":"); found && strings.EqualFold(name, "sha256") {
		return "SHA256:" + rest
	}
	return "SHA256:" + key
}

// certified says whether the certificate is valid for the host.
func certified(cs tls.ConnectionState, host string, roots *x509.CertPool) bool {
	between := x509.NewCertPool()
	for _, c := range cs.PeerCertificates[1:] {
		between.AddCert(c)
	}
	_, err := cs.PeerCertificates[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between})
	return err == nil
}
