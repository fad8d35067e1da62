package wire

import (
	"cmp"
	"slices"
	"strings"
)

// Device is a device that an account holds private conversations with.
type Device struct {
	Key   string `json:"key"`          // its ed25519 public key: DeviceKey
	By    string `json:"by,omitempty"` // the key of the account's device that signed it, "" for none
	Sig   []byte `json:"sig,omitempty"`
	Since Millis `json:"since,omitempty"` // when the server was first told of it
}

// FirstDevice is the key of the device that an account had first, "" where there is
// none. Nobody could vouch for it.
func FirstDevice(all []Device) string {
	if len(all) == 0 {
		return ""
	}
	return slices.MinFunc(all, func(a, b Device) int { return cmp.Compare(a.Since, b.Since) }).Key
}

// Prekey is a key for one sealed line, signed by the device that can open it.
type Prekey struct {
	ID      string `json:"id"`      // of the device's choosing, at most MaxTag characters
	Device  string `json:"device"`  // the key of the device
	Key     []byte `json:"key"`     // X25519: 32 bytes
	Expires Millis `json:"expires"` // not to be sealed to from then on
	Last    bool   `json:"last,omitempty"`
	Sig     []byte `json:"sig"` // by Device, over PrekeyText
}

// The versions of notes.
const (
	// NotesUnbound are not opened any more: they say neither who they are from nor
	// for whom.
	NotesUnbound = 1
	// NotesBound are bound to the node and both names by NoteContext.
	NotesBound = 2
)

// BoundNotes ends the ID of a prekey whose device reads notes of NotesBound, and no
// others. The ID is signed, so that nobody can take it off.
const BoundNotes = "+note2"

// Notes is the version of the notes that a prekey is for.
func (k *Prekey) Notes() int {
	if strings.HasSuffix(k.ID, BoundNotes) {
		return NotesBound
	}
	return NotesUnbound
}

// Note is a line that only its receiver's device can open.
type Note struct {
	Device string `json:"device"` // the receiver's
	Prekey string `json:"prekey"` // its ID
	By     string `json:"by"`     // the sender's device
	Seq    ID     `json:"seq"`    // 0: the number is in the box; of NotesUnbound that of the line
	Box    []byte `json:"box"`    // the encapsulated key and the ciphertext
	Sig    []byte `json:"sig"`    // by By, over NoteText
}

// UDP makes the session the one that holds its user's private conversations,
// with the device of this key; the session that did before is Displaced. It is
// answered by Endpoint.
//
// Sig proves that the session has the private half of the key. It is left out by
// programs before it, and where Welcome has no Nonce. Without it a key is not added to
// an account's devices.
type UDP struct {
	Head
	Key string `json:"key"`
	Sig []byte `json:"sig,omitempty"` // over ProofText
}

// Devices asks for the account's devices, and removes one where Remove is set.
type Devices struct {
	Head
	Remove string `json:"remove,omitempty"` // its key
}

// Endorse stores the signature of one of the account's devices on another.
type Endorse struct {
	Head
	Key string `json:"key"`
	By  string `json:"by"`
	Sig []byte `json:"sig"` // over EndorsementText
}

// Find asks where private lines for a user can be sent.
type Find struct {
	Head
	Name string `json:"name"`
}

// Punch asks a user for a private conversation, or answers such a wish with
// the same Call: both sides then know where to send datagrams. The other side
// is not told more of our addresses than it may need to reach us.
type Punch struct {
	Head
	To    string   `json:"to"`
	Call  string   `json:"call"`            // 32 hex digits, made by the one who asks
	Local []string `json:"local,omitempty"` // IP:PORT, at most MaxCandidates
	Relay bool     `json:"relay,omitempty"` // tell no address: only by way of the server
}

// Decline answers a Punch with no.
type Decline struct {
	Head
	To   string `json:"to"`
	Call string `json:"call"`
}

// Relay hands a datagram for a user to the server, which passes it on unread
// if both sides have sent a Punch to each other, and drops it where that one
// does not keep up. It is not answered unless it has a tag.
type Relay struct {
	Head
	To   string `json:"to"`
	Data []byte `json:"data"` // at most MaxRelayed bytes
}

// Prekeys hands over keys that the account's device can be left sealed lines
// with; a Last one replaces the one before.
type Prekeys struct {
	Head
	Keys []Prekey `json:"keys,omitempty"`
}

// TakePrekey asks for a prekey of an account's newest device. Nobody else gets
// the same, but for a Last one.
type TakePrekey struct {
	Head
	Name  string `json:"name"`
	Notes int    `json:"notes,omitempty"` // for notes of this version only; 0: of any
}

// Seal leaves a line in the inbox of an account that is away. It is answered by
// Accepted when it is durable.
type Seal struct {
	Head
	To     string   `json:"to"`
	Client ClientID `json:"cid,omitempty"`
	Note
}

// Endpoint answers UDP.
type Endpoint struct {
	Re
	ID      string   `json:"endpoint"` // 16 hex digits: the ID of signals to the registry
	Secret  Secret   `json:"secret"`   // 64 hex digits: what they are signed with
	Port    int      `json:"port"`     // of the registry on the server's host, 0: there is none
	Probe   int      `json:"probe"`    // of a second socket, to find out about our NAT with; 0: none
	Devices []Device `json:"devices,omitempty"`
	Prekeys int      `json:"prekeys,omitempty"` // how many of this device's are left
	// RelayRate is how many bytes a second are relayed for two people, 0: not said.
	RelayRate int  `json:"relay_rate,omitempty"`
	NoRelay   bool `json:"no_relay,omitempty"` // nothing is relayed
}

// Displaced says that a newer session of the account holds its private
// conversations from now on.
type Displaced struct{ news }

// DeviceList answers Devices, and tells the account's sessions of a change.
type DeviceList struct {
	Re
	Devices []Device `json:"devices,omitempty"`
	// Our own client says these: the key of this device, and those that it or the
	// account's first one vouches for, by signatures that were checked.
	Own     string   `json:"-"`
	Vouched []string `json:"-"`
}

// Withdrawn says that a device was removed from somebody's account: its key is not
// theirs any more.
type Withdrawn struct {
	news
	Name   string `json:"name"`
	Device string `json:"device"` // its key
}

// Found answers Find.
type Found struct {
	Re
	Name    string   `json:"name"`
	Addr    string   `json:"-"` // HOST:PORT, of registries of older programs
	Kind    Kind     `json:"kind,omitempty"`
	Online  bool     `json:"online,omitempty"`  // under any dialect
	Device  string   `json:"device,omitempty"`  // the key of the device that private conversations reach now
	Devices []Device `json:"devices,omitempty"` // all of the account's
}

// Punched says that somebody has sent us a Punch.
type Punched struct {
	news
	From    string   `json:"from"`
	Kind    Kind     `json:"kind"`
	Call    string   `json:"call"`
	Device  string   `json:"device"`
	Devices []Device `json:"devices,omitempty"` // all of the account's
	// Addrs are where From can be reached, IP:PORT: first the one that the
	// server saw. None where either side wants to be relayed.
	Addrs []string `json:"addrs,omitempty"`
	Seen  string   `json:"seen,omitempty"` // our own address as the server saw it
	Relay bool     `json:"relay,omitempty"`
}

// Declined says that somebody does not want to talk now.
type Declined struct {
	news
	From string `json:"from"`
	Call string `json:"call"`
}

// Relayed is a datagram that came by way of the server.
type Relayed struct {
	news
	From string `json:"from"`
	Data []byte `json:"data"`
}

// PrekeyCount answers Prekeys.
type PrekeyCount struct {
	Re
	Count int `json:"count"` // of the device that wait to be taken
}

// PrekeyTaken answers TakePrekey.
type PrekeyTaken struct {
	Re
	Name    string   `json:"name"`
	Prekey  Prekey   `json:"prekey"`
	Devices []Device `json:"devices,omitempty"` // all of the account's
}

// Sealed is a line that was left in our inbox; answer with Taken once it is
// stored.
type Sealed struct {
	news
	ID   ID     `json:"line"`
	At   Millis `json:"time"`
	From string `json:"from"`
	To   string `json:"to"`
	Kind Kind   `json:"kind"`
	Note
}

// Limits of private conversations.
const (
	MaxCandidates = 8    // addresses of one Punch
	MaxRelayed    = 1400 // bytes of a relayed datagram
	MaxDevices    = 16   // of an account
	MaxPrekeys    = 100  // of a device at the server
	MaxBox        = 8 << 10
)
