package hub

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"labchat/internal/wire"
)

// names holds every name that is present, registered or reserved. Two names
// of one skeleton look alike and can't both be there, so the skeleton is the
// key; names that are equal but for case have one skeleton too. Accounts that are
// older than a rule which makes them alike are there both: one of them by the
// skeleton, the others as its twins.
type names struct {
	claims   map[string]*claim // by Skeleton
	twins    map[string]*claim // by Fold: accounts whose skeleton another account has in claims
	kept     map[string]bool   // names that only the operator gives away, as bare writes them
	accounts int
	hosts    Counts         // names of datagram programs
	guests   uint64         // the last AnonymousN; never reused
	devices  map[string]int // how many accounts have a device of that key: see own
}

func newNames() *names {
	return &names{
		claims: map[string]*claim{}, twins: map[string]*claim{}, kept: map[string]bool{}, hosts: Counts{}, devices: map[string]int{},
	}
}

// operatorNames are taken for somebody who has a say over the server. "server"
// and "chatd" are here for those that look like them: they themselves nobody
// may have, as wire.CheckUser says.
var operatorNames = []string{"admin", "root", "operator", "system", "moderator", "server", "chatd"}

// keep keeps the names, and all that look like them, for the operator.
func (d *names) keep(names []string) {
	for _, name := range names {
		d.kept[bare(name)] = true
	}
}

// bare returns what a name looks like without accents, and without the signs
// that may stand between letters: people read over these.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) || strings.ContainsRune("-_.", r) {
			return -1
		}
		return r
	}, wire.Skeleton(name))
}

// isKept reports whether only the operator may make an account of the name.
func (d *names) isKept(name string) bool { return d.kept[bare(name)] }

// errKept is what is said of such a name.
var errKept = &wire.NameError{Text: "This name is kept for those whom the operator gives it. Choose another one.", Reserved: true}

// claim is a name that belongs to somebody: to a user who is here, to an
// account, to a registration under way, or to a guest who may come back.
type claim struct {
	skeleton, fold string
	user           *user    // who is here under it, or nil
	account        *account // whose it is for good, or nil
	reserved       string   // the name that is being registered, or ""
	absent         *absence // whose connection broke a moment ago, or nil
}

// account is a registered name. It changes by Apply only, but for failures, and
// for the inbox where an older program was told of it.
type account struct {
	name     string // as its owner wrote it
	made     wire.Millis
	legacy   bool
	banned   string
	copied   string // as in TokenCopied
	claim    *claim
	inbox    inbox
	sealing  sealing
	marks    map[*room]wire.ID // up to where it has read; of rooms that exist: see mark
	tokens   []*token          // oldest first
	rooms    int               // that it owns
	failures failures          // wrong passwords since the last login
	visits   visits            // from where it was entered, the newest last
	epoch    int               // how often the password was changed: what was compared before counts no more
	hashing  int               // new passwords on their way to the log

	devices  deviceSet
	standing time.Time // see session.standing
	kept     keeps
}

// at returns who has the name, or else one that looks like it, or nil.
func (d *names) at(name string) *claim {
	if len(d.twins) > 0 {
		if cl := d.twins[wire.Fold(name)]; cl != nil {
			return cl
		}
	}
	return d.claims[wire.Skeleton(name)]
}

// all yields every claim.
func (d *names) all() iter.Seq[*claim] {
	return func(yield func(*claim) bool) {
		for _, claims := range []map[string]*claim{d.claims, d.twins} {
			for _, cl := range claims {
				if !yield(cl) {
					return
				}
			}
		}
	}
}

// find returns who has exactly this name, but for case.
func (d *names) find(name string) *claim {
	if cl := d.at(name); cl != nil && cl.fold == wire.Fold(name) {
		return cl
	}
	return nil
}

// user returns who is here under the name.
func (d *names) user(name string) *user {
	if cl := d.find(name); cl != nil {
		return cl.user
	}
	return nil
}

// account returns whose the name is.
func (d *names) account(name string) *account {
	if cl := d.find(name); cl != nil {
		return cl.account
	}
	return nil
}

// claim returns the claim on a name that the caller knows to be free or its
// own, made where there is none.
func (d *names) claim(name string) *claim {
	cl := d.at(name)
	if cl == nil {
		cl = &claim{skeleton: wire.Skeleton(name), fold: wire.Fold(name)}
		d.claims[cl.skeleton] = cl
	}
	return cl
}

// restore makes an account that the log has, whoever it looks like.
func (d *names) restore(name string, made wire.Millis) *account {
	if cl := d.at(name); cl != nil && cl.fold != wire.Fold(name) {
		d.twins[wire.Fold(name)] = &claim{skeleton: cl.skeleton, fold: wire.Fold(name)}
	}
	return d.register(name, made)
}

// release forgets a claim that nobody has any more.
func (d *names) release(cl *claim) {
	if cl.user == nil && cl.account == nil && cl.reserved == "" && cl.absent == nil {
		d.forget(cl)
	}
}

// forget removes a claim. Where others look like it, one of them takes its place.
func (d *names) forget(cl *claim) {
	if d.twins[cl.fold] == cl {
		delete(d.twins, cl.fold)
		return
	}
	delete(d.claims, cl.skeleton)
	for _, fold := range slices.Sorted(maps.Keys(d.twins)) {
		if twin := d.twins[fold]; twin.skeleton == cl.skeleton {
			delete(d.twins, fold)
			d.claims[cl.skeleton] = twin
			return
		}
	}
}

// register makes an account, on a claim that is reserved for it or free.
func (d *names) register(name string, made wire.Millis) *account {
	cl := d.claim(name)
	a := &account{name: name, made: made, claim: cl, marks: map[*room]wire.ID{}}
	cl.account, cl.reserved, cl.fold = a, "", wire.Fold(name)
	d.accounts++
	return a
}

// strike removes an account.
func (d *names) strike(a *account) {
	for rm := range a.marks {
		delete(rm.readers, a)
	}
	for _, one := range a.devices.list {
		d.own(one.Key, -1)
	}
	a.claim.account = nil
	d.accounts--
	d.release(a.claim)
}

func (a *account) dropToken(k *token) {
	a.tokens = slices.DeleteFunc(a.tokens, func(other *token) bool { return other == k })
}
