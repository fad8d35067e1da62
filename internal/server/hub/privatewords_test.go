package hub

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"labchat/internal/wire"
)

// deviceOf makes the key of a device that is known by a name.
func deviceOf(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// deviceNames are the devices of the scripts, by their keys.
var deviceNames = func() map[string]string {
	names := map[string]string{}
	for _, name := range append([]string{"phone", "laptop", "pad", "desk"}, numbered("d", wire.MaxDevices+1)...) {
		names[keyOf(name)] = name
	}
	return names
}()

func numbered(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s%d", prefix, i+1)
	}
	return list
}

func keyOf(name string) string {
	return wire.DeviceKey(deviceOf(name).Public().(ed25519.PublicKey))
}

// prove signs a request for an endpoint as programs of today do, unless it has a
// signature, be it an empty one, or its key is none of the scripts'.
func (w *harness) prove(id SessionID, r wire.UDP) wire.UDP {
	s, name := w.hub.sessions[id], deviceNames[r.Key]
	if r.Sig == nil && name != "" && s != nil && s.user != nil {
		r.Sig = ed25519.Sign(deviceOf(name), wire.ProofText(w.cfg.Node, s.user.name, r.Key, s.nonce))
	}
	return r
}

// key reads a device's name, or "junk" as it is.
func (t typed) key(name string) string {
	if name == "" || name == "junk" {
		return name
	}
	return keyOf(name)
}

// callOf makes a call of a short word.
func callOf(word string) string {
	if word == "junk" {
		return word
	}
	return (hex.EncodeToString([]byte(word)) + strings.Repeat("0", 32))[:32]
}

func callWord(call string) string {
	b, _ := hex.DecodeString(call)
	return strings.TrimRight(string(b), "\x00")
}

// punch reads "bob c1 10.0.0.1:4000 relay": whom, the call, and perhaps local
// addresses and a wish.
func (t typed) punch() wire.Request {
	call, rest, _ := strings.Cut(t.after, " ")
	r := wire.Punch{Head: t.Head, To: t.one, Call: callOf(call)}
	for word := range strings.FieldsSeq(rest) {
		if word == "relay" {
			r.Relay = true
			continue
		}
		r.Local = append(r.Local, word)
	}
	return r
}

// endorse reads "phone laptop [carl | forged]": which device, by which, and
// for whom the signature was made if not for alice.
func (t typed) endorse() wire.Request {
	by, who, _ := strings.Cut(t.after, " ")
	r := wire.Endorse{Head: t.Head, Key: t.key(t.one), By: t.key(by)}
	if who == "" {
		who = "alice"
	}
	r.Sig = ed25519.Sign(deviceOf(by), wire.EndorsementText(t.script.cfg.Node, who, r.Key))
	if who == "forged" {
		r.Sig = ed25519.Sign(deviceOf("desk"), wire.EndorsementText(t.script.cfg.Node, "alice", r.Key))
	}
	return r
}

// privateWords prints the events of private conversations.
func privateWords(e wire.Event) string {
	switch e := e.(type) {
	case *wire.Endpoint:
		return "endpoint" + deviceWords(e.Devices) + number(" prekeys=", e.Prekeys)
	case *wire.Displaced:
		return "displaced"
	case *wire.Withdrawn:
		return "withdrawn " + deviceNames[e.Device] + " of " + e.Name
	case *wire.DeviceList:
		return "devices" + deviceWords(e.Devices)
	case *wire.Found:
		return "found " + e.Name + " " + string(e.Kind) + flag(" online", e.Online) + more(" at ", deviceNames[e.Device]) + deviceWords(e.Devices)
	case *wire.Punched:
		return "punched " + e.From + " " + string(e.Kind) + " " + callWord(e.Call) + " at " + deviceNames[e.Device] + deviceWords(e.Devices) +
			more(" addrs=", strings.Join(e.Addrs, ",")) + more(" seen=", e.Seen) + flag(" relay", e.Relay)
	case *wire.Declined:
		return "declined " + e.From + " " + callWord(e.Call)
	case *wire.Relayed:
		return "relayed " + e.From + ": " + string(e.Data)
	default:
		return fmt.Sprintf("%T", e)
	}
}

// deviceWords prints a set of devices, each with the one that has signed it.
func deviceWords(list []wire.Device) string {
	words := make([]string, len(list))
	for i, d := range list {
		words[i] = deviceNames[d.Key] + more("<", deviceNames[d.By])
	}
	return more(" of ", strings.Join(words, ","))
}

// signal has a signal of a session's endpoint come from an address.
func (s *script) signal(id SessionID, from string) {
	s.t.Helper()
	e := s.hub.sessions[id].endpoint
	if e == nil {
		s.t.Fatalf("session %d has no endpoint", id)
	}
	s.hub.NoteSignal(s.now, e.id, e.mapping.counter+1, netip.MustParseAddrPort(from))
}

// deviceMade and its sisters keep what the log has of an account's devices.
func (l *fakeLog) deviceMade(e *Entry, r DeviceMade) {
	if l.accounts[r.Name] != nil && !l.hasDevice(r.Name, r.Key) {
		l.devices[r.Name] = append(l.devices[r.Name], wire.Device{Key: r.Key, Since: e.At})
	}
}

func (l *fakeLog) deviceGone(r DeviceGone) {
	l.devices[r.Name] = slices.DeleteFunc(l.devices[r.Name], func(d wire.Device) bool { return d.Key == r.Key })
	l.prekeys[r.Name] = l.prekeys[r.Name].Without(r.Key, "")
	l.dropTokens(func(t Token) bool { return t.Name == r.Name && t.Device == r.Key })
}

func (l *fakeLog) hasDevice(name, key string) bool {
	return slices.ContainsFunc(l.devices[name], func(d wire.Device) bool { return d.Key == key })
}

func (l *fakeLog) deviceEndorsed(r DeviceEndorsed) {
	for i := range l.devices[r.Name] {
		if d := &l.devices[r.Name][i]; d.Key == r.Key {
			d.By, d.Sig = r.By, r.Sig
		}
	}
}
