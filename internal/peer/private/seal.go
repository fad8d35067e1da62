package private

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// A line for somebody who is away is sealed to a prekey of the receiver's
// device, so that the server that keeps it can't read it: HPKE (RFC 9180) in
// base mode, and a signature of the sender's device, which base mode knows
// nothing of. docs/protocol/chat1.md has the layout.

const (
	// sealedInfo begins what binds a box to its purpose.
	sealedInfo = "labchat sealed 1"
	// sealedBlock is the multiple to which lines are padded.
	sealedBlock = 256
	// sealedExtra is what a box has beside the padded line: an encapsulated
	// key of 32 bytes and a tag of 16.
	sealedExtra = 32 + 16
	// maxSealed is how many bytes one note can hold.
	maxSealed = (wire.MaxBox-sealedExtra)/sealedBlock*sealedBlock - 1
	// padMark ends the line in front of the zeros of its padding.
	padMark = 0x80
)

var (
	errSealBarred    = errors.New("nothing may be sealed to that key")
	errPrekeyForged  = errors.New("the prekey is not signed by its device")
	errPrekeyExpired = errors.New("the prekey has expired")
	errSealedLong    = errors.New("the line is too long to be sealed")
	errNoteForged    = errors.New("the note is not signed by its sender's device")
	errNoteSize      = errors.New("the note has a length that none of ours has")
	errNoteShort     = errors.New("the note holds no line")
	errNotePadding   = errors.New("the note is not padded")
)

// letter is a line on its way into a note.
type letter struct {
	seq  wire.ID // among all that the sender's device has sent
	now  wire.Millis
	text []byte // at most maxSealed bytes
}

// newPrekey makes a key that somebody else can seal one line to, or with last
// any number of them. private opens what was sealed to it: keep it until that
// line is stored, and a Last one until after it has expired.
func newPrekey(device ed25519.PrivateKey, id string, expires wire.Millis, last bool) (k wire.Prekey, private []byte, err error) {
	key, err := kem().GenerateKey()
	if err != nil {
		return wire.Prekey{}, nil, fmt.Errorf("make a prekey: %w", err)
	}
	if private, err = key.Bytes(); err != nil {
		return wire.Prekey{}, nil, fmt.Errorf("make a prekey: %w", err)
	}
	k = wire.Prekey{ID: id, Device: deviceKey(device), Key: key.PublicKey().Bytes(), Expires: expires, Last: last}
	k.Sig = ed25519.Sign(device, wire.PrekeyText(&k))
	return k, private, nil
}

// sealNote seals a line to a prekey, which is checked: it came from a server
// that can lie. The gate says whether k.Device is a device of the receiver.
func sealNote(v gate.Verdict, me ed25519.PrivateKey, k *wire.Prekey, l letter) (wire.Note, error) {
	if !v.Seals(k.Device) {
		return wire.Note{}, errSealBarred
	}
	n := wire.Note{Device: k.Device, Prekey: k.ID, By: deviceKey(me), Seq: l.seq}
	box, err := sealBox(k, &n, l)
	if err != nil {
		return wire.Note{}, fmt.Errorf("seal a line: %w", err)
	}
	n.Box = box
	n.Sig = ed25519.Sign(me, wire.NoteText(&n))
	return n, nil
}

func sealBox(k *wire.Prekey, n *wire.Note, l letter) ([]byte, error) {
	switch {
	case !wire.Signed(k.Device, wire.PrekeyText(k), k.Sig):
		return nil, errPrekeyForged
	case k.Expires <= l.now:
		return nil, errPrekeyExpired
	case len(l.text) > maxSealed:
		return nil, errSealedLong
	}
	key, err := kem().NewPublicKey(k.Key)
	if err != nil {
		return nil, err
	}
	info, err := noteInfo(n)
	if err != nil {
		return nil, err
	}
	enc, sender, err := hpke.NewSender(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		return nil, err
	}
	sealed, err := sender.Seal(noteAAD(n), pad(l.text))
	if err != nil {
		return nil, err
	}
	return append(enc, sealed...), nil
}

// openNote returns the line that a note holds. private is that of the own
// prekey which n.Device and n.Prekey name. Whether n.By is a device of whom the
// server says that it is from, and whether n.Seq is new, is for the caller to
// know.
func openNote(private []byte, n *wire.Note) ([]byte, error) {
	text, err := openBox(private, n)
	if err != nil {
		return nil, fmt.Errorf("open a note: %w", err)
	}
	return text, nil
}

func openBox(private []byte, n *wire.Note) ([]byte, error) {
	padded := len(n.Box) - sealedExtra
	switch {
	case !wire.Signed(n.By, wire.NoteText(n), n.Sig):
		return nil, errNoteForged
	case padded <= 0 || padded%sealedBlock != 0 || len(n.Box) > wire.MaxBox:
		return nil, errNoteSize
	}
	key, err := kem().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	info, err := noteInfo(n)
	if err != nil {
		return nil, err
	}
	enc, sealed := n.Box[:32], n.Box[32:]
	receiver, err := hpke.NewRecipient(enc, key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), info)
	if err != nil {
		return nil, err
	}
	text, err := receiver.Open(noteAAD(n), sealed)
	if err != nil {
		return nil, err
	}
	return unpad(text)
}

// A note's words are the time and a byte of flags, with flagAfter a line's After,
// and the text. Other flags are for later.
const (
	wordsHead  = 8 + 1
	wordsAfter = 8
	flagAction = 1
	flagAfter  = 2
)

// noteWords are what a note holds of a line.
type noteWords struct {
	at     wire.Millis
	action bool
	after  *wire.ID // as in wire.PeerLine
	text   string
}

// readsAfter ends the ids of the prekeys of those who read words with flagAfter:
// older programs would take the number for text.
const readsAfter = "+after"

// append appends the words to a note.
func (w *noteWords) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(w.at))
	flags := byte(0)
	if w.action {
		flags |= flagAction
	}
	if w.after == nil {
		return append(append(dst, flags), w.text...)
	}
	dst = binary.BigEndian.AppendUint64(append(dst, flags|flagAfter), uint64(*w.after))
	return append(dst, w.text...)
}

// parseWords reads what append has made.
func parseWords(b []byte) (noteWords, error) {
	if len(b) < wordsHead {
		return noteWords{}, errNoteShort
	}
	w := noteWords{at: wire.Millis(binary.BigEndian.Uint64(b)), action: b[8]&flagAction != 0}
	flags, b := b[8], b[wordsHead:]
	if flags&flagAfter != 0 {
		if len(b) < wordsAfter {
			return noteWords{}, errNoteShort
		}
		after := wire.ID(binary.BigEndian.Uint64(b))
		w.after, b = &after, b[wordsAfter:]
	}
	w.text = string(b)
	return w, nil
}

// kem is DHKEM(X25519, HKDF-SHA256).
func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

// deviceKey spells the public half of a device's key.
func deviceKey(private ed25519.PrivateKey) string {
	return wire.DeviceKey(private.Public().(ed25519.PublicKey))
}

// noteInfo binds a box to the two devices: of the receiver, then of the sender.
func noteInfo(n *wire.Note) ([]byte, error) {
	info := []byte(sealedInfo)
	for _, device := range []string{n.Device, n.By} {
		key, err := wire.ParseDeviceKey(device)
		if err != nil {
			return nil, err
		}
		info = append(info, key...)
	}
	return info, nil
}

// noteAAD binds a box to its place: the sender's number, then the prekey's ID.
func noteAAD(n *wire.Note) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(n.Seq)), n.Prekey...)
}

// pad hides how long a line is, but for the blocks that it takes: a mark, then
// zeros up to the next full block.
func pad(text []byte) []byte {
	padded := make([]byte, (len(text)/sealedBlock+1)*sealedBlock)
	copy(padded, text)
	padded[len(text)] = padMark
	return padded
}

// unpad reads what pad has made, and nothing else.
func unpad(padded []byte) ([]byte, error) {
	text := bytes.TrimRight(padded, "\x00")
	if len(text) == 0 || text[len(text)-1] != padMark || len(padded)-len(text) >= sealedBlock {
		return nil, errNotePadding
	}
	return text[:len(text)-1], nil
}
