package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

func TestANewPasswordIsLongAndNeitherTheNameNorACommonOne(t *testing.T) {
	const name = "Alexandra"
	for _, p := range []Secret{
		"sturdy-pass", "  12 3 4 56  ", "pässwörd", "почемубы", "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301", "alexandra1",
		Secret(strings.Repeat("x", MaxPassword)),
	} {
		if err := CheckNewPassword(name, p); err != nil {
			t.Errorf("%q: got %v, want that it is taken", p.Reveal(), err)
		}
	}
	for p, want := range map[Secret]string{
		"pw":                           "at least 8 characters",
		"1234567":                      "at least 8 characters",
		"  sevench  ":                  "at least 8 characters",
		"ééééééé":                      "at least 8 characters", // more than 8 bytes
		"e\u0301e\u0301e\u0301e\u0301": "at least 8 characters", // 8 code points before NFC
		"alexandra":                    "is the name",
		" ALEXANDRA ":                  "is the name",
		"password":                     "tried first",
		"Password1":                    "tried first",
		"QWERTYUIOP":                   "tried first",
		"1234567890":                   "tried first",
		"":                             "empty",
		"with\ttab and more":           "control character",
	} {
		err := CheckNewPassword(name, p)
		bad, ok := errors.AsType[*FrameError](err)
		if !ok || bad.Code != CodePasswordInvalid || !strings.Contains(bad.Text, want) || !strings.Contains(bad.Text, "Choose") {
			t.Errorf("%q: got %v, want %s with %q and what to do", p.Reveal(), err, CodePasswordInvalid, want)
		}
	}
}

func TestOfASentDigestOnlyTheNameAndTheCommonOnesAreRefused(t *testing.T) {
	sent := func(password string) Digest {
		sum := sha256.Sum256([]byte(password))
		d, _ := SentDigest(Secret(hex.EncodeToString(sum[:])))
		return d
	}
	for _, p := range []string{"pw", "tom", "sturdy-pass"} { // a digest does not tell a length
		if err := CheckNewDigest("Alice", sent(p)); err != nil {
			t.Errorf("the digest of %q: got %v, want that it is taken", p, err)
		}
	}
	for _, p := range []string{"", "Alice", "alice", "secret", "password", "Password", "123456", "1234567890"} {
		bad, ok := errors.AsType[*FrameError](CheckNewDigest("Alice", sent(p)))
		if !ok || bad.Code != CodePasswordInvalid || !strings.Contains(bad.Text, "Choose") {
			t.Errorf("the digest of %q: got %v, want %s", p, bad, CodePasswordInvalid)
		}
	}
}

func TestTheCommonPasswordsAreAThousand(t *testing.T) {
	c, long := commonPasswords, 0
	for word := range c.words {
		if len(word) >= MinPassword {
			long++
		}
	}
	if len(c.digests) < 1000 || long < 100 {
		t.Errorf("got %d digests, and %d words that are long enough, want 1000 and 100 at least", len(c.digests), long)
	}
	if c.words[""] || c.words["# source"] {
		t.Error("what is no password is among them")
	}
}
