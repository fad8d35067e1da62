package chat1

import "labchat/internal/wire"

// revealed returns a message as the native codec marshals it: one that holds
// secrets gets fields in front of them that tell them.
func revealed(message any) any {
	switch m := message.(type) {
	case wire.Register:
		return struct {
			wire.Register
			Password string `json:"password"`
		}{m, m.Password.Reveal()}
	case wire.Login:
		return struct {
			wire.Login
			Password string `json:"password,omitempty"`
			Token    string `json:"token,omitempty"`
		}{m, m.Password.Reveal(), m.Token.Reveal()}
	case wire.Passwd:
		return struct {
			wire.Passwd
			Old string `json:"old"`
			New string `json:"new"`
		}{m, m.Old.Reveal(), m.New.Reveal()}
	case wire.Account:
		return struct {
			wire.Account
			Password string `json:"password,omitempty"`
		}{m, m.Password.Reveal()}
	case *wire.Endpoint:
		return struct {
			*wire.Endpoint
			Secret string `json:"secret"`
		}{m, m.Secret.Reveal()}
	case *wire.LoggedIn:
		return struct {
			*wire.LoggedIn
			Token string `json:"token,omitempty"`
		}{m, m.Token.Reveal()}
	}
	return message
}
