package private

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

// identity is a device's key that is the same in every run.
func identity(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

const (
	testNow, testExpires wire.Millis = 1795334400000, 1795334400001
	testPrekey                       = "k1" + wire.BoundNotes
)

// toBob is who writes to whom in these tests.
var toBob = envelope{node: "00112233445566778899aabbccddeeff", from: "Alice", to: "bob"}

// prekeyOf makes bob's prekey.
func prekeyOf(tb testing.TB) (wire.Prekey, []byte) {
	tb.Helper()
	k, private, err := newPrekey(identity("bob"), testPrekey, testExpires, false)
	if err != nil {
		tb.Fatal(err)
	}
	return k, private
}

// sealable is the gate's word that lines may be sealed to a key.
func sealable(key string) gate.Verdict {
	return gate.Decide(gate.Facts{
		Person: gate.Person{Contact: wire.Contact{Accepted: true}}, Way: gate.BySeal, Key: key,
		Server: gate.Server{Kind: wire.KindAccount, Inbox: true},
	})
}

// noteTo seals a line of alice's.
func noteTo(tb testing.TB, k *wire.Prekey, text string) wire.Note {
	tb.Helper()
	n, err := sealNote(sealable(k.Device), identity("alice"), k, letter{envelope: toBob, now: testNow, text: []byte(text)})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestASealedLineIsReadByWhomItIsFor(t *testing.T) {
	for _, text := range []string{
		"", "hi", "\x80", "\x00", "\x80\x00\x00", strings.Repeat("x", sealedBlock-1), strings.Repeat("x", sealedBlock),
		strings.Repeat("\x00", maxSealed),
	} {
		k, private := prekeyOf(t)
		n := noteTo(t, &k, text)
		got, err := openNote(private, &n, toBob)
		if err != nil || string(got) != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
		if n.Device != k.Device || n.By != deviceKey(identity("alice")) || n.Prekey != testPrekey || n.Seq != 0 {
			t.Errorf("the note says %+v", n)
		}
		if len(n.Box) > wire.MaxBox || (len(n.Box)-sealedExtra)%sealedBlock != 0 {
			t.Errorf("a line of %d bytes makes a box of %d", len(text), len(n.Box))
		}
	}
}

func TestLengthsTellLittle(t *testing.T) {
	k, _ := prekeyOf(t)
	short, long := noteTo(t, &k, ""), noteTo(t, &k, strings.Repeat("x", sealedBlock-1))
	if len(short.Box) != len(long.Box) {
		t.Errorf("boxes of %d and %d bytes", len(short.Box), len(long.Box))
	}
	if again := noteTo(t, &k, ""); bytes.Equal(again.Box, short.Box) {
		t.Error("one line was sealed twice to the same bytes")
	}
}

func TestNothingIsSealedToABadPrekey(t *testing.T) {
	resign := func(k *wire.Prekey, by string) { k.Sig = ed25519.Sign(identity(by), wire.PrekeyText(k)) }
	tests := []struct {
		name   string
		change func(k *wire.Prekey)
		want   error // nil: any
	}{
		{"another id", func(k *wire.Prekey) { k.ID = "k2" + wire.BoundNotes }, errPrekeyForged},
		{"made one of a newer program", func(k *wire.Prekey) { k.ID = "k1"; resign(k, "bob"); k.ID = testPrekey }, errPrekeyForged},
		{"of an older program", func(k *wire.Prekey) { k.ID = "k1+after"; resign(k, "bob") }, errPrekeyOld},
		{"another key", func(k *wire.Prekey) { k.Key = bytes.Repeat([]byte{9}, 32) }, errPrekeyForged},
		{"another expiry", func(k *wire.Prekey) { k.Expires++ }, errPrekeyForged},
		{"made a last one", func(k *wire.Prekey) { k.Last = true }, errPrekeyForged},
		{"another device", func(k *wire.Prekey) { k.Device = deviceKey(identity("eve")) }, errPrekeyForged},
		{"no device", func(k *wire.Prekey) { k.Device = "" }, errSealBarred},
		{"another signature", func(k *wire.Prekey) { k.Sig[0] ^= 1 }, errPrekeyForged},
		{"no signature", func(k *wire.Prekey) { k.Sig = nil }, errPrekeyForged},
		{"signed by somebody else", func(k *wire.Prekey) { resign(k, "eve") }, errPrekeyForged},
		{"expired", func(k *wire.Prekey) { k.Expires = testNow; resign(k, "bob") }, errPrekeyExpired},
		{"a short key", func(k *wire.Prekey) { k.Key = k.Key[1:]; resign(k, "bob") }, nil},
		{"no key", func(k *wire.Prekey) { k.Key = nil; resign(k, "bob") }, nil},
		{"a key that makes every secret the same", func(k *wire.Prekey) { k.Key = make([]byte, 32); resign(k, "bob") }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k, _ := prekeyOf(t)
			tt.change(&k)
			n, err := sealNote(sealable(k.Device), identity("alice"), &k, letter{envelope: toBob, now: testNow, text: []byte("hi")})
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || n.Box != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	k, _ := prekeyOf(t)
	if _, err := sealNote(sealable(k.Device), identity("alice"), &k, letter{envelope: toBob, now: testNow, text: make([]byte, maxSealed+1)}); !errors.Is(err, errSealedLong) {
		t.Errorf("got %v, want %v", err, errSealedLong)
	}
}

// changes are all that can be changed in a note.
var changes = map[string]func(n *wire.Note){
	"device":            func(n *wire.Note) { n.Device = deviceKey(identity("eve")) },
	"no device":         func(n *wire.Note) { n.Device = "" },
	"prekey":            func(n *wire.Note) { n.Prekey = "k2" + wire.BoundNotes },
	"an older prekey":   func(n *wire.Note) { n.Prekey = "k1" },
	"sender":            func(n *wire.Note) { n.By = deviceKey(identity("eve")) },
	"no sender":         func(n *wire.Note) { n.By = "" },
	"number":            func(n *wire.Note) { n.Seq++ },
	"context":           func(n *wire.Note) { n.Box[3] ^= 1 },
	"encapsulated key":  func(n *wire.Note) { n.Box[35] ^= 1 },
	"no key at all":     func(n *wire.Note) { clear(n.Box[32:64]) },
	"ciphertext":        func(n *wire.Note) { n.Box[72] ^= 1 },
	"tag":               func(n *wire.Note) { n.Box[len(n.Box)-1] ^= 1 },
	"an empty box":      func(n *wire.Note) { n.Box = nil },
	"a context only":    func(n *wire.Note) { n.Box = n.Box[:32] },
	"a key only":        func(n *wire.Note) { n.Box = n.Box[:64] },
	"a byte short":      func(n *wire.Note) { n.Box = n.Box[:len(n.Box)-1] },
	"a byte long":       func(n *wire.Note) { n.Box = append(n.Box, 0) },
	"a block long":      func(n *wire.Note) { n.Box = append(n.Box, make([]byte, sealedBlock)...) },
	"no line":           func(n *wire.Note) { n.Box = n.Box[:sealedExtra] },
	"longer than a box": func(n *wire.Note) { n.Box = append(n.Box, make([]byte, 32*sealedBlock)...) },
}

func TestANoteThatWasTamperedWithIsRefused(t *testing.T) {
	k, private := prekeyOf(t)
	good := noteTo(t, &k, "hi")
	for name, change := range changes {
		n := good
		n.Box = slices.Clone(n.Box)
		change(&n)
		if got, err := openNote(private, &n, toBob); !errors.Is(err, errNoteForged) || got != nil {
			t.Errorf("%s: got %q, %v, want %v", name, got, err, errNoteForged)
		}
	}
	n := good
	n.Sig = slices.Clone(n.Sig)
	n.Sig[0] ^= 1
	if _, err := openNote(private, &n, toBob); !errors.Is(err, errNoteForged) {
		t.Errorf("signature: got %v", err)
	}
}

// TestANoteThatIsSignedAnewIsRefused checks what the box itself is bound to:
// somebody who signs what another one has sealed can't make it their own.
func TestANoteThatIsSignedAnewIsRefused(t *testing.T) {
	k, private := prekeyOf(t)
	good := noteTo(t, &k, "hi")
	for name, change := range changes {
		n := good
		n.Box = slices.Clone(n.Box)
		change(&n)
		signer := "alice"
		if name == "sender" {
			signer = "eve"
		}
		n.Sig = ed25519.Sign(identity(signer), wire.NoteText(&n))
		if got, err := openNote(private, &n, toBob); err == nil || got != nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestANoteIsOpenedByItsOwnPrekeyOnly(t *testing.T) {
	k, _ := prekeyOf(t)
	n := noteTo(t, &k, "hi")
	_, other := prekeyOf(t)
	for name, private := range map[string][]byte{"another": other, "none": nil, "a short one": other[1:], "zeros": make([]byte, 32)} {
		if got, err := openNote(private, &n, toBob); err == nil || got != nil {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestABoxIsLaidOutAsThePageSays opens one by the words of chat1.md.
func TestABoxIsLaidOutAsThePageSays(t *testing.T) {
	k, private := prekeyOf(t)
	n := noteTo(t, &k, "hi")
	own, err := hpke.NewKEM(0x0020) // DHKEM(X25519, HKDF-SHA256)
	if err != nil {
		t.Fatal(err)
	}
	kdf, _ := hpke.NewKDF(0x0001)   // HKDF-SHA256
	aead, _ := hpke.NewAEAD(0x0003) // ChaCha20Poly1305
	key, err := own.NewPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	var context []byte
	for _, field := range []string{"labchat sealed 2", "00112233445566778899aabbccddeeff", "alice", "bob", n.Device, n.By, "k1+note2"} {
		context = binary.BigEndian.AppendUint32(context, uint32(len(field)))
		context = append(context, field...)
	}
	if hash := sha256.Sum256(context); !bytes.Equal(n.Box[:32], hash[:]) {
		t.Errorf("the box begins with %x, want %x", n.Box[:32], hash)
	}
	r, err := hpke.NewRecipient(n.Box[32:64], key, kdf, aead, context)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Open(nil, n.Box[64:])
	if want := "hi\x80" + strings.Repeat("\x00", 253); err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPaddingIsReadInOneWayOnly(t *testing.T) {
	for _, bad := range []string{
		"", strings.Repeat("\x00", 256), "hi" + strings.Repeat("\x00", 254), strings.Repeat("x", 256),
		"hi\x80" + strings.Repeat("\x00", 253+256), // a block more than it takes
	} {
		if got, err := unpad([]byte(bad)); err == nil {
			t.Errorf("%q was read as %q", bad, got)
		}
	}
}

// FuzzOpenNote opens what strangers may send, and a good note with bits turned
// over: nothing opens but what was sealed.
func FuzzOpenNote(f *testing.F) {
	k, private := prekeyOf(f)
	good := noteTo(f, &k, "hi")
	f.Add(good.Device, good.Prekey, good.By, uint64(good.Seq), good.Box, good.Sig, private)
	f.Add("", "", "", uint64(0), []byte(nil), []byte(nil), []byte(nil))
	f.Add("", testPrekey, "", uint64(0), []byte{0, 0}, []byte(nil), []byte(nil))
	f.Add("", testPrekey, "", uint64(0), []byte{1}, good.Sig[:5], private[:5])
	f.Add("", "k1", "", uint64(7), []byte{0}, []byte(nil), []byte(nil))
	f.Fuzz(func(t *testing.T, device, prekey, by string, seq uint64, box, sig, key []byte) {
		n := wire.Note{Device: device, Prekey: prekey, By: by, Seq: wire.ID(seq), Box: box, Sig: sig}
		if text, err := openNote(key, &n, toBob); (err == nil) != (text != nil) {
			t.Errorf("got %q and %v", text, err)
		}
		// Signed by alice, so that the box is looked at; it bears the turned
		// bits of the other one.
		n = good
		n.Prekey, n.Seq, n.Box = prekey, wire.ID(seq), slices.Clone(good.Box)
		for i := range min(len(box), len(n.Box)) {
			n.Box[i] ^= box[i]
		}
		n.Sig = ed25519.Sign(identity("alice"), wire.NoteText(&n))
		same := bytes.Equal(n.Box, good.Box) && prekey == testPrekey && seq == 0
		if text, err := openNote(private, &n, toBob); (err == nil) != same || same && string(text) != "hi" {
			t.Errorf("got %q, %v of a note that is the same: %t", text, err, same)
		}
	})
}

func TestANoteHoldsATimeANumberAndALine(t *testing.T) {
	epoch := wire.Epoch("000102030405060708090a0b0c0d0e0f")
	const bytes, none = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	const one, seven = "\x00\x00\x00\x00\x00\x00\x00\x01", "\x00\x00\x00\x00\x00\x00\x00\x07"
	first := lineNumber{epoch, 1}
	for _, c := range []struct {
		words noteWords
		want  string
	}{
		{noteWords{at: 1, number: first, text: "hi"}, one + "\x00" + bytes + one + "hi"},
		{noteWords{at: 1795334400000, number: first, action: true}, "\x00\x00\x01\xa2\x02\x44\xe8\x00\x01" + bytes + one},
		{noteWords{at: -1, number: lineNumber{"", 7}, text: "\"\\\n"}, "\xff\xff\xff\xff\xff\xff\xff\xff\x00" + none + seven + "\"\\\n"},
		{noteWords{at: 1, number: first, after: &lineNumber{epoch, 7}, text: "hi"}, one + "\x02" + bytes + one + bytes + seven + "hi"},
		{noteWords{at: 1, number: first, action: true, after: &lineNumber{}}, one + "\x03" + bytes + one + none + "\x00\x00\x00\x00\x00\x00\x00\x00"},
	} {
		b := c.words.append(nil)
		if string(b) != c.want {
			t.Errorf("got %q, want %q", b, c.want)
		}
		if got, err := parseWords(b); err != nil || !reflect.DeepEqual(got, c.words) {
			t.Errorf("%q was read as %+v, %v", b, got, err)
		}
	}
	longest := noteWords{number: first, after: &first, text: strings.Repeat("x", wire.MaxText)}
	if n := len(longest.append(nil)); n > maxSealed {
		t.Errorf("the longest line takes %d bytes of a note, which holds %d", n, maxSealed)
	}
	for _, short := range []string{one, one + "\x00" + bytes, one + "\x02" + bytes + one + "hi", one + "\x00" + bytes + none[:8] + "no number"} {
		if _, err := parseWords([]byte(short)); !errors.Is(err, errNoteShort) {
			t.Errorf("%q: got %v", short, err)
		}
	}
	if w, err := parseWords([]byte(one + "\xfc" + bytes + one + "hi")); err != nil || w.action || w.text != "hi" {
		t.Errorf("bits for later: %+v, %v", w, err)
	}
}

// TestANoteIsForWhomItWasWrittenOnly opens one as if it had been left by somebody else,
// for somebody else, or at another server, as a server that lies or whoever has another
// one's key registered as theirs can have it.
func TestANoteIsForWhomItWasWrittenOnly(t *testing.T) {
	k, private := prekeyOf(t)
	n := noteTo(t, &k, "hi")
	for name, e := range map[string]envelope{
		"from somebody else": {toBob.node, "mallory", toBob.to},
		"for somebody else":  {toBob.node, toBob.from, "mallory"},
		"the other way":      {toBob.node, toBob.to, toBob.from},
		"another server":     {"ff112233445566778899aabbccddeeff", toBob.from, toBob.to},
		"nobody":             {},
	} {
		if got, err := openNote(private, &n, e); !errors.Is(err, errNoteElse) || got != nil {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		// Whoever rewrites the hash can't sign that, and could not open it either.
		forged := n
		hash := sha256.Sum256(wire.NoteContext(e.node, e.from, e.to, &n))
		forged.Box = slices.Concat(hash[:], n.Box[sha256.Size:])
		if got, err := openNote(private, &forged, e); !errors.Is(err, errNoteForged) || got != nil {
			t.Errorf("%s, the hash of it: got %q, %v", name, got, err)
		}
		forged.Sig = ed25519.Sign(identity("alice"), wire.NoteText(&forged))
		if got, err := openNote(private, &forged, e); err == nil || got != nil {
			t.Errorf("%s, the hash of it, signed: got %q", name, got)
		}
	}
	if got, err := openNote(private, &n, envelope{toBob.node, "ALICE", "Bob"}); err != nil || string(got) != "hi" {
		t.Errorf("names in other letters: got %q, %v", got, err)
	}
}

// TestTheNoteOfThePageOpens reads the transcript of chat1.md as somebody would
// who writes another program.
func TestTheNoteOfThePageOpens(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "protocol", "chat1.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(page), "prekey has this private half: `")
	spelled, _, _ := strings.Cut(after, "`")
	private, err := base64.StdEncoding.DecodeString(spelled)
	if err != nil {
		t.Fatal(err)
	}
	codec := dialects.ByName("chat1").Client()
	notes := 0
	for line := range strings.Lines(string(page)) {
		frame, said := strings.CutPrefix(strings.TrimSuffix(line, "\\n\n"), "a S: ")
		if !said || !strings.Contains(frame, `"sealed","line"`) {
			continue
		}
		e, err := codec.ParseEvent([]byte(frame))
		if err != nil {
			t.Fatal(err)
		}
		notes++
		note := e.(*wire.Sealed)
		words, err := openNote(private, &note.Note, envelope{node: "00112233445566778899aabbccddeeff", from: note.From, to: "BOB"})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseWords(words); err != nil || !reflect.DeepEqual(got, noteWords{at: 1795334400000, number: lineNumber{"000102030405060708090a0b0c0d0e0f", 7}, text: "hi"}) {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if notes != 1 {
		t.Errorf("the page has %d notes, want one", notes)
	}
}
