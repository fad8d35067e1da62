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

// FailedFrom counts wrong passwords that came from one place.
type FailedFrom struct {
	Address string `json:"address"` // an IPv4 address, or an IPv6 network of 64 bits
	Count   int    `json:"count"`
}
