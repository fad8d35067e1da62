package wire

import "errors"

// Dialects returns every dialect there is, the native one first.
func Dialects() []Dialect {
	return []Dialect{
		chat1{},
		a3{},
		promptM2, promptM1, promptAccounts,
		nameFirstPlain, nameFirstClock, nameFirstEcho,
		sum{},
		arithPlain, arithHello, arithWelcome,
	}
}

// AllDatagrams returns every dialect of the registry's port.
func AllDatagrams() []Datagrams { return []Datagrams{tobi{}, ias{}, clock{}} }

// HasWords says whether a client has words for a request in a dialect.
func HasWords(d Dialect, r Request) bool {
	_, err := d.Client().AppendRequest(nil, r)
	return !errors.Is(err, ErrUnsupported)
}

// ByName returns the dialect of that name, or nil.
func ByName(name string) Dialect {
	for _, d := range Dialects() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}

// DatagramsByName returns the dialect of the registry's port of that name, or
// nil.
func DatagramsByName(name string) Datagrams {
	for _, d := range AllDatagrams() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}
