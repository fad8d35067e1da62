package wire

import (
	"bytes"
	"crypto/ed25519"
	"maps"
	"slices"
	"strings"
	"testing"
)

// deviceKey is that of a seed of 32 equal bytes.
func deviceKey(seed byte) (ed25519.PrivateKey, string) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return private, DeviceKey(private.Public().(ed25519.PublicKey))
}

func TestADeviceKeyComesBackAsItWas(t *testing.T) {
	private, key := deviceKey(1)
	got, err := ParseDeviceKey(key)
	if err != nil || !got.Equal(private.Public()) || len(key) != 43 {
		t.Errorf("%s came back as %x, %v", key, got, err)
	}
}

func TestWhatIsNoDeviceKeyIsRefused(t *testing.T) {
	_, key := deviceKey(1)
	for _, bad := range []string{
		"", "x", key + "=", key[:42], key + "AA", key + "\n", "\n" + key, key[:20] + "\n" + key[20:], strings.Repeat("-", 43), strings.Repeat("/", 43),
	} {
		if got, err := ParseDeviceKey(bad); err == nil {
			t.Errorf("%q is taken for %x", bad, got)
		}
		if DevicePrint(bad) != "" || Signed(bad, nil, nil) {
			t.Errorf("%q is used as a key", bad)
		}
	}
}

// TestADevicePrintIsThatOfItsPublicKey compares one with
// openssl pkey -pubout -outform DER | openssl dgst -sha256 -binary | base64.
func TestADevicePrintIsThatOfItsPublicKey(t *testing.T) {
	_, key := deviceKey(1)
	if got := DevicePrint(key); got != "SHA256:/RENMB0vB33hQUuPmfRBsUA/qyB7IFL70sBl5O6OfcI" {
		t.Errorf("got %s", got)
	}
}

func TestASignatureHoldsForItsTextAndKeyOnly(t *testing.T) {
	private, key := deviceKey(1)
	_, other := deviceKey(2)
	text := EndorsementText("node", "Bob", other)
	sig := ed25519.Sign(private, text)
	if !Signed(key, text, sig) || !Signed(key, EndorsementText("node", "bob", other), sig) {
		t.Error("a good signature is not taken")
	}
	for name, ok := range map[string]bool{
		"another key":     Signed(other, text, sig),
		"another node":    Signed(key, EndorsementText("node2", "bob", other), sig),
		"another person":  Signed(key, EndorsementText("node", "bobb", other), sig),
		"another device":  Signed(key, EndorsementText("node", "bob", key), sig),
		"no signature":    Signed(key, text, nil),
		"a longer one":    Signed(key, text, append(slices.Clone(sig), 0)),
		"another purpose": Signed(key, PrekeyText(&Prekey{ID: "node", Device: "bob", Key: []byte(other)}), sig),
	} {
		if ok {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// TestADeviceIsVouchedForByASignatureThatHolds has a server say what it likes of who
// has signed whom.
func TestADeviceIsVouchedForByASignatureThatHolds(t *testing.T) {
	first, a := deviceKey(1)
	second, b := deviceKey(2)
	_, c := deviceKey(3)
	thief, d := deviceKey(4)
	sign := func(by ed25519.PrivateKey, key string) Device {
		return Device{Key: key, By: DeviceKey(by.Public().(ed25519.PublicKey)), Sig: ed25519.Sign(by, EndorsementText("node", "Bob", key))}
	}
	elsewhere := Device{Key: b, By: a, Sig: ed25519.Sign(first, EndorsementText("elsewhere", "bob", b))}
	for _, one := range []struct {
		name string
		all  []Device
		want []string
	}{
		{"nobody has signed", []Device{{Key: a}, {Key: b}}, []string{a}},
		{"the first has signed", []Device{{Key: a}, sign(first, b)}, []string{a, b}},
		{"one that was signed has signed, whatever the order", []Device{sign(second, c), sign(first, b), {Key: a}}, []string{a, b, c}},
		{"the server says so, and there is no signature", []Device{{Key: a}, {Key: b, By: a}}, []string{a}},
		{"the signature is junk", []Device{{Key: a}, {Key: b, By: a, Sig: []byte("junk")}}, []string{a}},
		{"it is of another device", []Device{{Key: a}, {Key: b, By: a, Sig: sign(first, c).Sig}}, []string{a}},
		{"it is for another server", []Device{{Key: a}, elsewhere}, []string{a}},
		{"by itself", []Device{{Key: a}, sign(thief, d)}, []string{a}},
		{"two by each other", []Device{{Key: a}, sign(second, d), sign(thief, b)}, []string{a}},
		{"by a device that is not on the list", []Device{{Key: a}, sign(thief, b)}, []string{a}},
	} {
		t.Run(one.name, func(t *testing.T) {
			got := slices.Sorted(maps.Keys(Vouched(one.all, "node", "bob", a)))
			if slices.Sort(one.want); !slices.Equal(got, one.want) {
				t.Errorf("got %q, want %q", got, one.want)
			}
		})
	}
}

// TestNoTwoListsOfFieldsAreTheSameText holds what signatures rest on.
func TestNoTwoListsOfFieldsAreTheSameText(t *testing.T) {
	seen := map[string]string{}
	for _, fields := range [][]string{
		nil, {""}, {"", ""}, {"a"}, {"a", ""}, {"", "a"}, {"a", "b"}, {"ab"}, {"a\x00\x00\x00\x01b"}, {"\x00\x00\x00\x01a"},
	} {
		text := string(signedText(fields...))
		if other, twice := seen[text]; twice {
			t.Errorf("%q and %s are the same text", fields, other)
		}
		seen[text] = strings.Join(fields, "|")
	}
	k, n := Prekey{ID: "p", Device: "d", Key: []byte{1}, Expires: 5}, Note{Device: "d", Prekey: "p", By: "b", Seq: 5, Box: []byte{1}}
	texts := [][]byte{PrekeyText(&k), NoteText(&n)}
	for _, change := range []func(*Prekey){
		func(k *Prekey) { k.ID = "q" }, func(k *Prekey) { k.Device = "e" }, func(k *Prekey) { k.Key = []byte{2} },
		func(k *Prekey) { k.Expires++ }, func(k *Prekey) { k.Last = true },
	} {
		c := k
		change(&c)
		texts = append(texts, PrekeyText(&c))
	}
	for _, change := range []func(*Note){
		func(n *Note) { n.Device = "e" }, func(n *Note) { n.Prekey = "q" }, func(n *Note) { n.By = "c" },
		func(n *Note) { n.Seq++ }, func(n *Note) { n.Box = nil },
	} {
		c := n
		change(&c)
		texts = append(texts, NoteText(&c))
	}
	for i := range texts {
		for j := range i {
			if bytes.Equal(texts[i], texts[j]) {
				t.Errorf("the texts %d and %d are the same", i, j)
			}
		}
	}
}

// FuzzParseDeviceKey checks that a key has one spelling.
func FuzzParseDeviceKey(f *testing.F) {
	_, key := deviceKey(1)
	f.Add(key)
	f.Add(strings.Repeat("A", 43))
	f.Fuzz(func(t *testing.T, s string) {
		if key, err := ParseDeviceKey(s); err == nil && DeviceKey(key) != s {
			t.Fatalf("%q is spelled %q", s, DeviceKey(key))
		}
	})
}
