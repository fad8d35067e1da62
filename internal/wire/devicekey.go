package wire

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strconv"
)

var errDeviceKey = errors.New("a device's key has 32 bytes in unpadded base64")

// DeviceKey spells an ed25519 public key: its 32 bytes in unpadded base64.
func DeviceKey(key ed25519.PublicKey) string { return base64.RawStdEncoding.EncodeToString(key) }

// ParseDeviceKey reads what DeviceKey has spelled, and nothing else.
func ParseDeviceKey(s string) (ed25519.PublicKey, error) {
	key, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || len(key) != ed25519.PublicKeySize || DeviceKey(key) != s { // line feeds are passed over
		return nil, errDeviceKey
	}
	return key, nil
}

// DevicePrint names a device's key for people, as KeyPrint does a server's; ""
// where it is none.
func DevicePrint(key string) string {
	raw, err := ParseDeviceKey(key)
	if err != nil {
		return ""
	}
	der, err := x509.MarshalPKIXPublicKey(raw)
	if err != nil {
		return ""
	}
	return KeyPrint(der)
}

// Signed reports whether sig is a device's signature over text.
func Signed(key string, text, sig []byte) bool {
	raw, err := ParseDeviceKey(key)
	return err == nil && ed25519.Verify(raw, text, sig)
}

// EndorsementText is what one device of an account signs to vouch for another
// of the same account at a server's node.
func EndorsementText(node, name, key string) []byte {
	return signedText("labchat device 1", node, Fold(name), key)
}

// ProofText is what a device signs to prove to the server at a node that whoever has
// logged in there under a name has its key. The nonce is that of the session's
// Welcome.
func ProofText(node, name, key, nonce string) []byte {
	return signedText("labchat udp 1", node, Fold(name), key, nonce)
}

// Vouched returns which of the devices of an account at a server's node can be
// believed to be its own: the roots, and each that one of those has signed which can
// be believed. The server only says who has signed whom: the signatures are checked.
func Vouched(all []Device, node, name string, roots ...string) map[string]bool {
	vouched := map[string]bool{}
	for _, key := range roots {
		vouched[key] = true
	}
	for more := true; more; {
		more = false
		for _, d := range all {
			if !vouched[d.Key] && vouched[d.By] && Signed(d.By, EndorsementText(node, name, d.Key), d.Sig) {
				vouched[d.Key], more = true, true
			}
		}
	}
	return vouched
}

// PrekeyText is what a device signs of a prekey.
func PrekeyText(k *Prekey) []byte {
	return signedText("labchat prekey 1", k.ID, k.Device, string(k.Key), strconv.FormatInt(int64(k.Expires), 10), strconv.FormatBool(k.Last))
}

// NoteText is what a device signs of a note.
func NoteText(n *Note) []byte {
	return signedText("labchat note 1", n.Device, n.Prekey, n.By, n.Seq.String(), string(n.Box))
}

// NoteContext is what a note of NotesBound is bound to beside its prekey: it is sealed
// with it, and begins with its SHA-256, which the signature covers. from and to are
// the names of both sides at the server of a node.
func NoteContext(node, from, to string, n *Note) []byte {
	return signedText("labchat sealed 2", node, Fold(from), Fold(to), n.Device, n.By, n.Prekey)
}

// signedText joins fields so that no two lists of fields are the same text: each
// after its length in 32 bits, big endian.
func signedText(fields ...string) []byte {
	var b []byte
	for _, f := range fields {
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return b
}
