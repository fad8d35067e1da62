package wire

// Call asks somebody for a private conversation without a server between. It
// is for peers only; no server is asked so.
type Call struct{ Head }

// Called says that somebody asks for a private conversation. Nothing is
// answered before a person wants it.
type Called struct {
	news
	From   string // as they call themselves, "" where they do not
	Kind   Kind
	Secure bool   // it will be encrypted
	Print  string // of the key that asks, "" where it will not be encrypted
}
