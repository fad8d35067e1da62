package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// digestLen is the length of a password's digest, and of what is refused as a
// password because one dialect sends the digest instead.
const digestLen = 2 * sha256.Size

// CheckPassword says whether s may become a password. Blanks around it don't
// count. The error is a *FrameError with CodePasswordInvalid; it does not hold
// the password.
func CheckPassword(s Secret) error {
	p := strings.TrimSpace(s.Reveal())
	switch {
	case p == "":
		return badPassword("The password is empty. Choose one with at least one character.")
	case len(p) > MaxPassword:
		return badPassword("The password is longer than 256 bytes. Choose a shorter one.")
	case !utf8.ValidString(p):
		return badPassword("The password is not UTF-8. Choose another one.")
	case strings.ContainsFunc(p, func(r rune) bool { return r == '\t' || r == '\n' || isForbiddenControl(r) }):
		return badPassword("The password holds a control character, which not every program can type. Choose another one.")
	case len(p) == digestLen && isHex(p):
		return badPassword("A password of 64 hexadecimal digits would be taken for a digest. Choose another one.")
	}
	return nil
}

func badPassword(text string) error { return &FrameError{Code: CodePasswordInvalid, Text: text} }

func isHex(s string) bool {
	_, err := hex.DecodeString(s)
	return err == nil
}

// Digest is what the store hashes of a password. One old client sends it
// instead of the password, so it is as good as the password on that dialect.
type Digest struct{ Secret }

// PasswordDigest returns the SHA-256 of the password in NFC without the blanks
// around it, as 64 lower-case hexadecimal digits.
func PasswordDigest(s Secret) Digest {
	sum := sha256.Sum256([]byte(norm.NFC.String(strings.TrimSpace(s.Reveal()))))
	return Digest{Secret(hex.EncodeToString(sum[:]))}
}

// SentDigest returns the digest that a program has sent as the password.
func SentDigest(s Secret) (d Digest, ok bool) {
	p := strings.TrimSpace(s.Reveal())
	return Digest{Secret(strings.ToLower(p))}, len(p) == digestLen && isHex(p)
}
