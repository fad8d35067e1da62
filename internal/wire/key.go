package wire

import (
	"crypto/sha256"
	"encoding/base64"
)

// KeyPrint names a server's public key as ssh does: "SHA256:" and the unpadded
// base64 of the SHA-256 of its SubjectPublicKeyInfo (DER). The daemon prints it
// at start, the client pins it, and both sides of a telephone can read it out.
func KeyPrint(subjectPublicKeyInfo []byte) string {
	sum := sha256.Sum256(subjectPublicKeyInfo)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}
