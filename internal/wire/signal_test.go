package wire

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"net/netip"
	"strings"
	"testing"
)

func sampleSignals() []Signal {
	token := [16]byte{1, 2, 3, 0xff}
	v4, v6 := netip.MustParseAddrPort("203.0.113.7:4000"), netip.MustParseAddrPort("[2001:db8::7]:65535")
	return []Signal{
		{Kind: SignalProbe, Nonce: math.MaxUint64},
		{Kind: SignalProbed, Nonce: 1, Addr: v4},
		{Kind: SignalRegister, Nonce: 2, ID: math.MaxUint64, Counter: 1 << 63, Token: token},
		{Kind: SignalCookie, Nonce: 3, Token: token},
		{Kind: SignalRegistered, Nonce: 4, ID: 5, Addr: v6},
		{Kind: SignalKnock, Token: token},
		{Kind: SignalKnocked, Token: token, Addr: v4},
	}
}

func TestEverySignalComesBackAsItWas(t *testing.T) {
	secret := []byte("secret")
	for _, want := range sampleSignals() {
		for _, key := range [][]byte{nil, secret} {
			d := want.Append([]byte("before"), key)
			if string(d[:6]) != "before" || len(d) != 6+SignalSize {
				t.Fatalf("%+v: got %q", want, d)
			}
			d = d[6:]
			got, err := ParseSignal(d)
			if err != nil || got != want || !IsSignal(d) {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
			if SignedSignal(d, secret) != (key != nil) {
				t.Errorf("%+v with the secret %q: it is taken for the opposite of what it is", want, key)
			}
		}
	}
}

// TestASignalIsLaidOutAsThePageSays compares one with bytes written by hand.
func TestASignalIsLaidOutAsThePageSays(t *testing.T) {
	s := Signal{
		Kind: SignalRegistered, Nonce: 0x0102030405060708, ID: 0x1112131415161718, Counter: 0x2122232425262728,
		Token: [16]byte([]byte("0123456789abcdef")), Addr: netip.MustParseAddrPort("203.0.113.7:4000"),
	}
	want, err := hex.DecodeString("004c4301" + "05000000" + "0102030405060708" + "1112131415161718" + "2122232425262728" +
		"30313233343536373839616263646566" + "00000000000000000000ffffcb007107" + "0fa0" + "0000")
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write(want)
	if got := s.Append(nil, []byte("secret")); !bytes.Equal(got, mac.Sum(want)) {
		t.Errorf("got  %x\nwant %x", got, mac.Sum(want))
	}
	if got := s.Append(nil, nil); !bytes.Equal(got, append(want, make([]byte, 32)...)) {
		t.Errorf("without a secret got %x", got)
	}
}

func TestWhatIsNoSignalIsNotTakenForOne(t *testing.T) {
	good := Signal{Kind: SignalProbe}.Append(nil, nil)
	change := func(at int, b byte) []byte {
		d := bytes.Clone(good)
		d[at] = b
		return d
	}
	for name, d := range map[string][]byte{
		"nothing": nil, "too short": good[:SignalSize-1], "too long": append(bytes.Clone(good), 0), "another first byte": change(0, 1),
		"another version": change(3, 2), "no kind": change(4, 0), "an unknown kind": change(4, 8), "text": []byte(strings.Repeat("x", SignalSize)),
	} {
		if s, err := ParseSignal(d); err == nil {
			t.Errorf("%s: got %+v", name, s)
		}
	}
}

func TestASignalThatWasChangedIsNotSigned(t *testing.T) {
	d := sampleSignals()[2].Append(nil, []byte("secret"))
	for i := range d {
		changed := bytes.Clone(d)
		changed[i] ^= 0x10
		if SignedSignal(changed, []byte("secret")) {
			t.Errorf("byte %d was changed, and it counts as signed", i)
		}
	}
	for _, secret := range [][]byte{nil, {}, []byte("Secret"), []byte("secret\x01")} {
		if SignedSignal(d, secret) {
			t.Errorf("it counts as signed with %q", secret)
		}
	}
	if unsigned := (Signal{Kind: SignalRegister}).Append(nil, nil); SignedSignal(unsigned, nil) {
		t.Error("without a secret it counts as signed")
	}
}

// FuzzParseSignal checks that what was read is read the same when it is said
// again. Bytes without a meaning come out as zeros.
func FuzzParseSignal(f *testing.F) {
	for _, s := range sampleSignals() {
		f.Add(s.Append(nil, []byte("secret")))
	}
	f.Fuzz(func(t *testing.T, d []byte) {
		want, err := ParseSignal(d)
		if err != nil {
			return
		}
		again := want.Append(nil, nil)
		if got, err := ParseSignal(again); err != nil || got != want {
			t.Fatalf("%x came back as %+v, %v, want %+v", d, got, err, want)
		}
	})
}
