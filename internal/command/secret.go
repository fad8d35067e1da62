package command

import (
	"errors"

	"labchat/internal/wire"
)

// What can be wrong with filled-in secrets; each is a sentence for the person.
var (
	ErrEmptySecret = errors.New("type a password")
	ErrDiffer      = errors.New("the two passwords differ: type them again")
)

// Request is what to send to the server for a Local, once its Prompts have been
// filled in, in their order. It is nil for what concerns the program alone.
func (l Local) Request(secrets ...wire.Secret) (wire.Request, error) {
	if len(secrets) < len(l.Prompts) {
		return nil, ErrEmptySecret
	}
	for _, s := range secrets {
		if s.Reveal() == "" {
			return nil, ErrEmptySecret
		}
	}
	switch l.Verb {
	case Nick:
		return wire.Guest{Name: l.Arg}, nil
	case Login:
		return wire.Login{Name: l.Arg, Password: secrets[0]}, nil
	case Register:
		if secrets[0] != secrets[1] {
			return nil, ErrDiffer
		}
		return wire.Register{Name: l.Arg, Password: secrets[0]}, nil
	case Account:
		if l.Arg == "remove" {
			return wire.Account{Remove: true, Password: secrets[0]}, nil
		}
		if secrets[1] != secrets[2] {
			return nil, ErrDiffer
		}
		return wire.Passwd{Old: secrets[0], New: secrets[1], All: l.Arg == Everywhere}, nil
	default:
		return nil, nil
	}
}
