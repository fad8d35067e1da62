package wire

// Secret is a password or a token. It prints as REDACTED wherever it is
// formatted, logged or marshalled; only a codec or a hash asks for Reveal.
type Secret string

const redacted = "REDACTED"

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string { return redacted }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return redacted }

// MarshalJSON hides the secret from loggers and whatever else prints JSON.
// The native codec has a way of its own.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// revealed returns a message as the native codec marshals it: one that holds
// secrets gets fields in front of them that tell them.
func revealed(message any) any {
	switch m := message.(type) {
	case Register:
		return struct {
			Register
			Password string `json:"password"`
		}{m, m.Password.Reveal()}
	case Login:
		return struct {
			Login
			Password string `json:"password,omitempty"`
			Token    string `json:"token,omitempty"`
		}{m, m.Password.Reveal(), m.Token.Reveal()}
	case Passwd:
		return struct {
			Passwd
			Old string `json:"old"`
			New string `json:"new"`
		}{m, m.Old.Reveal(), m.New.Reveal()}
	case Account:
		return struct {
			Account
			Password string `json:"password,omitempty"`
		}{m, m.Password.Reveal()}
	case *Endpoint:
		return struct {
			*Endpoint
			Secret string `json:"secret"`
		}{m, m.Secret.Reveal()}
	case *LoggedIn:
		return struct {
			*LoggedIn
			Token string `json:"token,omitempty"`
		}{m, m.Token.Reveal()}
	}
	return message
}

// FailedFrom counts wrong passwords that came from one place.
type FailedFrom struct {
	Address string `json:"address"` // an IPv4 address, or an IPv6 network of 64 bits
	Count   int    `json:"count"`
}
