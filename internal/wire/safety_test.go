package wire

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
)

// TestASafetyNumberIsTheSameOnBothSides compares it with one that was made by
// another program, in another language.
func TestASafetyNumberIsTheSameOnBothSides(t *testing.T) {
	_, a := deviceKey(1)
	_, b := deviceKey(2)
	want := "bac09d54cc61ac5b051a63b52746ea7e3ad0b6763daee55c50f0d2c795b144f8" +
		"246ab8a8a55bbef8f2abb03ceb0c281e3b34044f7ba357a46469ee4cc248c9a1"
	for _, digest := range [][]byte{
		SafetyDigest("node", Party{"ann", a}, Party{"bob", b}), SafetyDigest("node", Party{"Bob", b}, Party{"ANN", a}),
	} {
		if got := hex.EncodeToString(digest); got != want {
			t.Errorf("got the digest %s", got)
		}
		if got := strings.Join(SafetyNumber(digest), " "); got != "53388 73946 12458 36022 72016 46385 12312 59032 39499 77428 71991 00428" {
			t.Errorf("got %s", got)
		}
	}
}

// TestASafetyNumberCoversTheServerBothNamesAndBothKeys has somebody claim another
// one's key, which changes nothing but a name.
func TestASafetyNumberCoversTheServerBothNamesAndBothKeys(t *testing.T) {
	_, a := deviceKey(1)
	_, b := deviceKey(2)
	_, c := deviceKey(3)
	seen := map[string]string{}
	for name, digest := range map[string][]byte{
		"ann and bob":                SafetyDigest("node", Party{"ann", a}, Party{"bob", b}),
		"ann and mallory, bob's key": SafetyDigest("node", Party{"ann", a}, Party{"mallory", b}),
		"eve and bob, ann's key":     SafetyDigest("node", Party{"eve", a}, Party{"bob", b}),
		"the names the other way":    SafetyDigest("node", Party{"bob", a}, Party{"ann", b}),
		"another server":             SafetyDigest("nod", Party{"ann", a}, Party{"bob", b}),
		"a letter that moves":        SafetyDigest("nodea", Party{"nn", a}, Party{"bob", b}),
		"another key":                SafetyDigest("node", Party{"ann", a}, Party{"bob", c}),
		"one key for both":           SafetyDigest("node", Party{"ann", a}, Party{"bob", a}),
	} {
		if other, twice := seen[string(digest)]; twice || len(digest) != 64 {
			t.Errorf("%s and %s have the number %x", name, other, digest)
		}
		seen[string(digest)] = name
	}
	if !bytes.Equal(SafetyDigest("node", Party{"ann", a}, Party{"bob", a}), SafetyDigest("node", Party{"bob", a}, Party{"ann", a})) {
		t.Error("with one key for both the two sides differ")
	}
	for _, bad := range []string{"", "x", a + "="} {
		if SafetyDigest("node", Party{"ann", bad}, Party{"bob", b}) != nil || SafetyDigest("node", Party{"ann", a}, Party{"bob", bad}) != nil {
			t.Errorf("%q is used as a key", bad)
		}
	}
}

func TestASafetyNumberHasItsShapeWhateverTheDigest(t *testing.T) {
	for _, digest := range [][]byte{make([]byte, 64), bytes.Repeat([]byte{0xff}, 64)} {
		groups := SafetyNumber(digest)
		if len(groups) != 12 || slices.ContainsFunc(groups, func(g string) bool { return len(g) != 5 || strings.Trim(g, "0123456789") != "" }) {
			t.Errorf("got %v", groups)
		}
	}
	if got := SafetyNumber(nil); len(got) != 0 {
		t.Errorf("of no digest got %v", got)
	}
}

// BenchmarkASafetyNumber says how long a person waits for it.
func BenchmarkASafetyNumber(b *testing.B) {
	_, one := deviceKey(1)
	_, other := deviceKey(2)
	for b.Loop() {
		SafetyDigest("node", Party{"ann", one}, Party{"bob", other})
	}
}
