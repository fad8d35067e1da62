package private_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"labchat/internal/wire"
)

// memory is a Store without a disk. What it holds outlives the endpoints that
// use it, as a disk does.
type memory struct {
	mu       sync.Mutex
	seed     string
	own      map[string]string // seeds, by folded name and kind
	lines    []*wire.Receipt
	settled  []*wire.Receipt
	heard    map[[3]string]bool
	history  []*wire.Whispered
	lasting  []wire.Heard // those of history that came encrypted
	devices  map[string][]wire.KnownDevice
	contacts map[string]wire.Contact
	prekeys  map[string]wire.Secret
	retired  map[string]wire.Millis // when some of them are deleted
	moving   []*wire.Transfer
	quiet    bool // nothing is shared
	full     bool // the disk takes nothing

	forgetful bool // what was sealed is not noted
	sumless   bool // files are not noted any more once their checksum is made
}

func newMemory(name string) *memory {
	seed := sha256.Sum256([]byte(name))
	return &memory{
		seed: string(seed[:]), own: map[string]string{}, heard: map[[3]string]bool{}, devices: map[string][]wire.KnownDevice{},
		contacts: map[string]wire.Contact{}, prekeys: map[string]wire.Secret{}, retired: map[string]wire.Millis{},
	}
}

var errFull = errors.New("the disk is full")

// change does something unless the disk is full.
func (m *memory) change(do func()) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.full {
		return errFull
	}
	do()
	return nil
}

// Identity gives the first name that is asked for the seed of the disk.
func (m *memory) Identity(name string, guest bool) (wire.Secret, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := fmt.Sprint(wire.Fold(name), guest)
	asGuest := m.own[fmt.Sprint(wire.Fold(name), true)]
	switch {
	case m.own[key] != "":
	case asGuest != "": // it has registered
		m.own[key] = asGuest
	case m.full:
		return "", errFull
	case len(m.own) == 0:
		m.own[key] = m.seed
	default:
		sum := sha256.Sum256([]byte(m.seed + key))
		m.own[key] = string(sum[:])
	}
	return wire.Secret(m.own[key]), nil
}

func (m *memory) TakeIdentity(name, from string) error {
	return m.change(func() { m.own[fmt.Sprint(wire.Fold(name), true)] = m.own[fmt.Sprint(wire.Fold(from), true)] })
}

func (m *memory) NewestPrivate() (newest wire.ID) {
	for _, w := range m.history {
		newest = max(newest, w.ID)
	}
	for _, r := range m.lines {
		newest = max(newest, r.ID)
	}
	return newest
}

func (m *memory) QueuePrivate(lines ...*wire.Receipt) error {
	return m.change(func() {
		for _, r := range lines {
			c := *r
			m.lines = append(m.lines, &c)
		}
	})
}

func (m *memory) TakeBack() error { return nil }

func (m *memory) PrivateOutbox() (all []*wire.Receipt, err error) {
	err = m.change(func() {
		for _, r := range m.lines {
			c := *r
			all = append(all, &c)
		}
	})
	return all, err
}

func (m *memory) remove(ids ...wire.ClientID) int {
	n := len(m.lines)
	m.lines = slices.DeleteFunc(m.lines, func(r *wire.Receipt) bool { return slices.Contains(ids, r.Client) })
	return n - len(m.lines)
}

func (m *memory) each(ids []wire.ClientID, do func(*wire.Receipt)) error {
	return m.change(func() {
		for _, r := range m.lines {
			if slices.Contains(ids, r.Client) {
				do(r)
			}
		}
	})
}

func (m *memory) Bind(device string, ids ...wire.ClientID) error {
	return m.each(ids, func(r *wire.Receipt) { r.Device = device })
}

func (m *memory) Doubt(ids ...wire.ClientID) error {
	return m.each(ids, func(r *wire.Receipt) { r.InDoubt = true })
}

func (m *memory) MarkSealed(ids ...wire.ClientID) error {
	return m.each(ids, func(r *wire.Receipt) { r.Inbox = !m.forgetful })
}

func (m *memory) SettlePrivate(lines ...*wire.Receipt) error {
	return m.change(func() {
		for _, r := range lines {
			m.settled = append(m.settled, r)
			m.remove(r.Client)
		}
	})
}

func (m *memory) ReadBy(device string, epoch wire.Epoch, upTo wire.ID) (read []*wire.Receipt, err error) {
	err = m.change(func() {
		var last wire.ID
		for _, r := range m.settled {
			if r.Epoch == epoch && r.Seq <= upTo {
				last = max(last, r.ID)
			}
		}
		for i, r := range m.settled {
			if r.State == wire.ReceiptDelivered && r.Device == device && r.ID <= last {
				c := *r
				c.State, m.settled[i] = wire.ReceiptRead, &c
				read = append(read, &c)
			}
		}
	})
	return read, err
}

func (m *memory) LastFrom(user string, upTo wire.ID) (newest *wire.Heard, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.lasting {
		if h := &m.lasting[i]; wire.Fold(h.Line.From) == wire.Fold(user) && h.Line.ID <= upTo && (newest == nil || h.Line.ID > newest.Line.ID) {
			newest = h
		}
	}
	return newest, nil
}

func (m *memory) LastDevice(user string) (device string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var newest wire.ID
	for _, h := range m.lasting {
		if wire.Fold(h.Line.From) == wire.Fold(user) && h.Line.ID > newest {
			newest, device = h.Line.ID, h.Device
		}
	}
	for _, r := range m.settled {
		reached := r.State == wire.ReceiptDelivered || r.State == wire.ReceiptRead
		if reached && wire.Fold(r.To) == wire.Fold(user) && r.ID > newest {
			newest, device = r.ID, r.Device
		}
	}
	return device, nil
}

func (m *memory) DropPrivate(id wire.ClientID) (gone bool, err error) {
	err = m.change(func() { gone = m.remove(id) > 0 })
	return gone, err
}

func (m *memory) Hear(heard ...wire.Heard) (fresh []bool, err error) {
	err = m.change(func() {
		for _, h := range heard {
			key := [3]string{h.Device, string(h.Epoch), h.Seq.String()}
			fresh = append(fresh, !m.heard[key])
			if !m.heard[key] && h.Line != nil {
				m.history = append(m.history, h.Line)
				m.lasting = append(m.lasting, h)
			}
			m.heard[key] = true
			delete(m.prekeys, h.Prekey)
		}
	})
	return fresh, err
}

func (m *memory) Keep(lines []wire.Event, _ ...wire.Extent) error {
	return m.change(func() {
		for _, e := range lines {
			m.history = append(m.history, e.(*wire.Whispered))
		}
	})
}

func (m *memory) Rename(device, old, name string) (done bool, err error) {
	err = m.change(func() {
		for _, h := range m.lasting {
			if wire.Fold(h.Line.From) == wire.Fold(name) && h.Device != device {
				return
			}
		}
		done = true
		for i, h := range m.lasting {
			if wire.Fold(h.Line.From) == wire.Fold(old) && h.Device == device {
				line := *h.Line // what was told of it stays as it is
				line.From = name
				m.history[slices.Index(m.history, h.Line)], m.lasting[i].Line = &line, &line
			}
		}
	})
	return done && err == nil, err
}

func (m *memory) Readdress(name string, ids ...wire.ClientID) error {
	return m.each(ids, func(r *wire.Receipt) { r.To = name })
}

func (m *memory) Devices(user string) ([]wire.KnownDevice, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.devices[wire.Fold(user)]), nil
}

func (m *memory) NamesOf(device string) (all []wire.KnownDevice, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(m.devices)) {
		for _, d := range m.devices[name] {
			if d.Key == device {
				all = append(all, d)
			}
		}
	}
	return all, nil
}

func (m *memory) SetDevice(d wire.KnownDevice) error {
	return m.change(func() {
		all := m.devices[wire.Fold(d.User)]
		i := slices.IndexFunc(all, func(k wire.KnownDevice) bool { return k.Key == d.Key })
		if i < 0 {
			all = append(all, d)
		} else {
			all[i] = d
		}
		m.devices[wire.Fold(d.User)] = all
	})
}

func (m *memory) Contact(user string) (wire.Contact, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.contacts[wire.Fold(user)], nil
}

func (m *memory) SetContact(c wire.Contact) error {
	return m.change(func() { m.contacts[wire.Fold(c.User)] = c })
}

func (m *memory) AddPrekeys(keys map[string]wire.Secret, _ wire.Millis) error {
	return m.change(func() {
		maps.Copy(m.prekeys, keys)
	})
}

func (m *memory) RetirePrekeys(prefix, but string, at wire.Millis) error {
	return m.change(func() {
		for id := range m.prekeys {
			if was, known := m.retired[id]; strings.HasPrefix(id, prefix) && id != but && (!known || at < was) {
				m.retired[id] = at
			}
		}
	})
}

func (m *memory) ForgetPrekeys() error {
	return m.change(func() {
		for id, at := range m.retired {
			if at < wire.MillisOf(time.Now()) {
				delete(m.prekeys, id)
			}
		}
	})
}

func (m *memory) Prekey(id string) (wire.Secret, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.prekeys[id], nil
}

// opens says whether what was sealed to a prekey can be opened.
func (m *memory) opens(id string) bool {
	key, _ := m.Prekey(id)
	return key != ""
}

// set changes how the memory behaves.
func (m *memory) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

func (m *memory) Shares() (typing, reading bool) { return !m.quiet, !m.quiet }

func (m *memory) SetShares(typing, _ bool) error { return m.change(func() { m.quiet = !typing }) }

func (m *memory) SaveTransfer(t *wire.Transfer) error {
	return m.change(func() {
		c := *t
		if m.sumless && c.SHA256 != "" {
			return
		}
		i := slices.IndexFunc(m.moving, func(o *wire.Transfer) bool { return o.ID == t.ID })
		if i < 0 {
			m.moving = append(m.moving, &c)
		} else {
			m.moving[i] = &c
		}
	})
}

func (m *memory) Transfers() ([]*wire.Transfer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.moving), nil
}

func (m *memory) setFull(full bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.full = full
}
