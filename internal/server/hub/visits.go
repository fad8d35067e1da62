package hub

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"labchat/internal/wire"
)

const (
	// MaxVisits is how many places an account is known to have been entered
	// from: more machines and networks than one person uses in a term.
	MaxVisits = 32
	// visitAgain is when one that is known is noted again, so that not each
	// login costs the disk something.
	visitAgain = 24 * time.Hour
	// maxFailedFrom is how many networks are told apart that wrong passwords
	// came from, and toldFailedFrom how many of them the owner is told, those
	// with the most.
	maxFailedFrom  = 64
	toldFailedFrom = 5
)

// visits is from where an account was entered, the newest last.
type visits []Visit

// has reports whether a program of that profile has been in.
func (v visits) has(device string) bool {
	return device != "" && slices.ContainsFunc(v, func(one Visit) bool { return one.Of.Device == device })
}

// from reports whether somebody has been in from the network.
func (v visits) from(n Network) bool {
	return slices.ContainsFunc(v, func(one Visit) bool { return one.Of.Network == n.String() })
}

// add notes a visit, and forgets the oldest where they are too many.
func (v visits) add(one Visit) visits {
	v = slices.DeleteFunc(v, func(old Visit) bool { return old.Of == one.Of })
	v = append(v, one)
	return v[max(0, len(v)-MaxVisits):]
}

// noteVisit has the log note from where the session enters an account, if that is
// news.
func (as *accounts) noteVisit(c call, acct *account) {
	r := AccountVisited{Name: acct.name, Device: c.s.profile, Network: c.s.network().String()}
	i := slices.IndexFunc(acct.visits, func(v Visit) bool { return v.Of == r })
	if i < 0 || c.now.Sub(acct.visits[i].At.Time()) >= visitAgain {
		c.out.note(r)
	}
}

// applyVisit notes what the log has.
func (as *accounts) applyVisit(v Visit) {
	if acct := as.names.account(v.Of.Name); acct != nil {
		v.Of.Name = acct.name
		acct.visits = acct.visits.add(v)
	}
}

// failures counts wrong passwords of an account since it was entered last.
type failures struct {
	all  int
	from map[Network]int
}

func (f *failures) add(n Network) {
	f.all++
	if f.from == nil {
		f.from = map[Network]int{}
	}
	if _, known := f.from[n]; known || len(f.from) < maxFailedFrom {
		f.from[n]++
	}
}

// summary returns how many there were, and from where most of them came.
func (f *failures) summary() (all int, from []wire.FailedFrom) {
	for _, n := range slices.SortedFunc(maps.Keys(f.from), func(a, b Network) int {
		return cmp.Or(cmp.Compare(f.from[b], f.from[a]), cmp.Compare(a.String(), b.String()))
	}) {
		if len(from) == toldFailedFrom {
			break
		}
		from = append(from, wire.FailedFrom{Address: n.String(), Count: f.from[n]})
	}
	return f.all, from
}
