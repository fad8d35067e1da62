package private

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"labchat/internal/peer/private/gate"
	"labchat/internal/wire"
)

// A line for somebody who is away is sealed to a prekey of the receiver's
// device, so that the server that keeps it can't read it: HPKE (RFC 9180) in
// base mode, and a signature of the sender's device, which base mode knows
// nothing of. docs/protocol/chat1.md has the layout.

const (
	// sealedBlock is the multiple to which lines are padded.
	sealedBlock = 256
	// encapsulated is the length of HPKE's encapsulated key.
	encapsulated = 32
	// sealedExtra is what a box has beside the padded line: the hash of its context,
	// the encapsulated key and a tag of 16 bytes.
	sealedExtra = sha256.Size + encapsulated + 16
	// maxSealed is how many bytes one note can hold.
	maxSealed = (wire.MaxBox-sealedExtra)/sealedBlock*sealedBlock - 1
	// padMark ends the line in front of the zeros of its padding.
	padMark = 0x80
)

var (
	errSealBarred    = errors.New("nothing may be sealed to that key")
	errPrekeyForged  = errors.New("the prekey is not signed by its device")
	errPrekeyExpired = errors.New("the prekey has expired")
	errPrekeyOld     = errors.New("the prekey is of an older program")
	errSealedLong    = errors.New("the line is too long to be sealed")
	errNoteForged    = errors.New("the note is not signed by its sender's device")
	errNoteSize      = errors.New("the note has a length that none of ours has")
	errNoteOld       = errors.New("the note is of an older program, which does not say whom it is for")
	errNoteElse      = errors.New("the note is from somebody else or for somebody else")
	errNoteShort     = errors.New("the note holds no line")
	errNotePadding   = errors.New("the note is not padded")
)

// letter is a line on its way into a note, and between whom.
type letter struct {
	envelope
	now  wire.Millis
	text []byte // at most maxSealed bytes
}

// envelope says at which server a note goes from whom to whom.
type envelope struct{ node, from, to string }

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
	n := wire.Note{Device: k.Device, Prekey: k.ID, By: deviceKey(me)}
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
	case k.Notes() != wire.NotesBound:
		return nil, errPrekeyOld
	case k.Expires <= l.now:
		return nil, errPrekeyExpired
	case len(l.text) > maxSealed:
		return nil, errSealedLong
	}
	key, err := kem().NewPublicKey(k.Key)
	if err != nil {
		return nil, err
	}
	context := wire.NoteContext(l.node, l.from, l.to, n)
	enc, sender, err := hpke.NewSender(key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), context)
	if err != nil {
		return nil, err
	}
	sealed, err := sender.Seal(nil, pad(l.text))
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(context) // so that the note's signature covers it
	return slices.Concat(hash[:], enc, sealed), nil
}

// openNote returns the line that a note holds, if it is one between those of the
// envelope. private is that of the own prekey which n.Device and n.Prekey name.
// Whether n.By is a device of the sender, and whether the line's number is new, is
// for the caller to know.
func openNote(private []byte, n *wire.Note, e envelope) ([]byte, error) {
	text, err := openBox(private, n, e)
	if err != nil {
		return nil, fmt.Errorf("open a note: %w", err)
	}
	return text, nil
}

// isOld reports whether a note is of NotesUnbound. Older programs write such notes also
// to prekeys of ours.
func isOld(n *wire.Note) bool {
	return (&wire.Prekey{ID: n.Prekey}).Notes() != wire.NotesBound || n.Seq != 0
}

func openBox(private []byte, n *wire.Note, e envelope) ([]byte, error) {
	padded := len(n.Box) - sealedExtra
	switch {
	case !wire.Signed(n.By, wire.NoteText(n), n.Sig):
		return nil, errNoteForged
	case isOld(n):
		return nil, errNoteOld
	case padded <= 0 || padded%sealedBlock != 0 || len(n.Box) > wire.MaxBox:
		return nil, errNoteSize
	}
	context := wire.NoteContext(e.node, e.from, e.to, n)
	hash := sha256.Sum256(context)
	stated, box := n.Box[:sha256.Size], n.Box[sha256.Size:]
	if !bytes.Equal(stated, hash[:]) {
		return nil, errNoteElse
	}
	key, err := kem().NewPrivateKey(private)
	if err != nil {
		return nil, err
	}
	receiver, err := hpke.NewRecipient(box[:encapsulated], key, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), context)
	if err != nil {
		return nil, err
	}
	text, err := receiver.Open(nil, box[encapsulated:])
	if err != nil {
		return nil, err
	}
	return unpad(text)
}

// A note's words are the time, a byte of flags, the line's number, with flagAfter the
// number of After, and the text. A number is an epoch and 8 bytes. Other flags are for
// later.
const (
	wordsNumber = wire.EpochSize + 8
	wordsHead   = 8 + 1 + wordsNumber
	flagAction  = 1
	flagAfter   = 2
)

// noteWords are what a note holds of a line.
type noteWords struct {
	at     wire.Millis
	action bool
	number lineNumber
	after  *lineNumber // as in peer1.Line
	text   string
}

// append appends the words to a note.
func (w *noteWords) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(w.at))
	flags := byte(0)
	if w.action {
		flags |= flagAction
	}
	if w.after == nil {
		return append(w.number.append(append(dst, flags)), w.text...)
	}
	dst = w.number.append(append(dst, flags|flagAfter))
	return append(w.after.append(dst), w.text...)
}

func (n *lineNumber) append(dst []byte) []byte {
	epoch, _ := n.epoch.Bytes()
	return binary.BigEndian.AppendUint64(append(dst, epoch[:]...), uint64(n.seq))
}

// parseWords reads what append has made.
func parseWords(b []byte) (noteWords, error) {
	if len(b) < wordsHead {
		return noteWords{}, errNoteShort
	}
	w := noteWords{at: wire.Millis(binary.BigEndian.Uint64(b)), action: b[8]&flagAction != 0, number: parseNumber(b[9:])}
	flags, b := b[8], b[wordsHead:]
	if flags&flagAfter != 0 {
		if len(b) < wordsNumber {
			return noteWords{}, errNoteShort
		}
		after := parseNumber(b)
		w.after, b = &after, b[wordsNumber:]
	}
	if w.number.seq == 0 {
		return noteWords{}, errNoteShort
	}
	w.text = string(b)
	return w, nil
}

// parseNumber reads a number from the front of at least wordsNumber bytes.
func parseNumber(b []byte) lineNumber {
	return lineNumber{wire.EpochOf([wire.EpochSize]byte(b)), wire.ID(binary.BigEndian.Uint64(b[wire.EpochSize:]))}
}

// kem is DHKEM(X25519, HKDF-SHA256).
func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

// deviceKey spells the public half of a device's key.
func deviceKey(private ed25519.PrivateKey) string {
	return wire.DeviceKey(private.Public().(ed25519.PublicKey))
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
