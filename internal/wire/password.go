package wire

import (
	"crypto/sha256"
	_ "embed" // for the list of common passwords
	"encoding/hex"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// digestLen is the length of a password's digest, and of what is refused as a
// password because one dialect sends the digest instead.
const digestLen = 2 * sha256.Size

// MinPassword is the number of characters that a new password needs at least.
// There are older ones, so a client asks for no such thing at a login.
const MinPassword = 8

// CheckNewPassword reports whether s may become the password of the account of that
// name: what CheckPassword says, at least MinPassword characters, not the name,
// and none of the passwords that everybody tries first. The error is as there.
func CheckNewPassword(name string, s Secret) error {
	if err := CheckPassword(s); err != nil {
		return err
	}
	p := passwordText(s)
	switch {
	case utf8.RuneCountInString(p) < MinPassword:
		return badPassword("The password needs at least " + strconv.Itoa(MinPassword) + " characters. Choose a longer one.")
	case Fold(p) == Fold(name):
		return badPassword("The password is the name, which is tried first. Choose another one.")
	case commonPasswords.words[strings.ToLower(p)]:
		return badPassword("The password is among the thousand that are tried first. Choose another one.")
	}
	return nil
}

// CheckNewDigest is CheckNewPassword where a program has sent the digest of the
// password: of its length nothing can be known, but that it is not empty.
func CheckNewDigest(name string, d Digest) error {
	switch {
	case d == PasswordDigest(""):
		return CheckPassword("")
	case d == PasswordDigest(Secret(name)), d == PasswordDigest(Secret(Fold(name))):
		return badPassword("The password is the name, which is tried first. Choose another one.")
	case commonPasswords.digests[d]:
		return badPassword("The password is among the thousand that are tried first. Choose another one.")
	}
	return nil
}

//go:embed common_passwords.txt
var commonPasswordList string

// common are the passwords that are chosen most often, in small letters, and
// the digests of them as people spell them.
type common struct {
	words   map[string]bool
	digests map[Digest]bool
}

// commonPasswords are read at start, which takes less than a millisecond.
var commonPasswords = readCommon(commonPasswordList)

func readCommon(list string) common {
	c := common{words: make(map[string]bool, 1024), digests: make(map[Digest]bool, 1024)}
	for line := range strings.Lines(list) {
		word := strings.TrimSpace(line)
		if word == "" || strings.HasPrefix(line, "#") {
			continue
		}
		small := strings.ToLower(word)
		c.words[small] = true
		c.digests[PasswordDigest(Secret(word))] = true
		if small != word {
			c.digests[PasswordDigest(Secret(small))] = true
		}
	}
	return c
}

// CheckPassword reports whether s can be a password at all. Blanks around it don't
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
	case strings.ContainsFunc(p, func(r rune) bool { return r == '\t' || r == '\n' || IsForbiddenControl(r) }):
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
	sum := sha256.Sum256([]byte(passwordText(s)))
	return Digest{Secret(hex.EncodeToString(sum[:]))}
}

// passwordText is what counts of a password.
func passwordText(s Secret) string { return norm.NFC.String(strings.TrimSpace(s.Reveal())) }

// SentDigest returns the digest that a program has sent as the password.
func SentDigest(s Secret) (d Digest, ok bool) {
	p := strings.TrimSpace(s.Reveal())
	return Digest{Secret(strings.ToLower(p))}, len(p) == digestLen && isHex(p)
}
