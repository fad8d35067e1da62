package private

import (
	"crypto/ed25519"
	"errors"
	"labchat/internal/wire"
)

func newPrekey(ed25519.PrivateKey, string, wire.Millis, bool) (wire.Prekey, []byte, error) {
	return wire.Prekey{}, nil, errors.New("x")
}
func sealNote(ed25519.PrivateKey, wire.Prekey, wire.ID, []byte, wire.Millis) (wire.Note, error) {
	return wire.Note{}, errors.New("x")
}
func openNote([]byte, *wire.Note) ([]byte, error) { return nil, errors.New("x") }
