package storetest

import (
	"context"

	"labchat/internal/server/hub"
	"labchat/internal/wire"
)

func (m *Memory) note(e *hub.Entry, r hub.SealedNote) error {
	if a := m.accounts[r.To]; a != nil {
		put(m, a.networks, e.ID, r.Network)
		set(m, &a.inbox, append(a.inbox, &wire.Sealed{
			ID: e.ID, At: e.At, From: r.From, To: r.To, Kind: r.Kind, Note: r.Note,
		}))
	}
	return nil
}

func (m *Memory) prekeysMade(e *hub.Entry, r hub.PrekeysMade) error {
	if a := m.accounts[r.Name]; a != nil && len(r.Keys) > 0 && a.device(r.Keys[0].Device) >= 0 {
		set(m, &a.Prekeys, a.Prekeys.Fresh(e.At).With(r.Keys))
	}
	return nil
}

func (m *Memory) prekeyGone(r hub.PrekeyGone) error {
	if a := m.accounts[r.Name]; a != nil {
		set(m, &a.Prekeys, a.Prekeys.Without(r.Device, r.ID))
	}
	return nil
}

// Inbox implements store.Store.
func (m *Memory) Inbox(_ context.Context, want hub.ReadInbox) (waiting []wire.Event, _ error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	a := m.accounts[want.Name]
	if a == nil {
		return nil, nil
	}
	room := want.Bytes
	for _, e := range a.inbox {
		if itemOf(e).ID <= want.After {
			continue
		}
		if len(waiting) >= want.Limit || room <= 0 {
			break
		}
		if sealed, ok := e.(*wire.Sealed); !ok {
			room -= len(e.(*wire.Whispered).Text)
		} else if want.Sealed {
			room -= len(sealed.Box)
		} else {
			continue
		}
		waiting = append(waiting, e)
	}
	return waiting, nil
}

// itemOf is a line that waits as the hub knows it.
func itemOf(e wire.Event) hub.InboxItem {
	switch e := e.(type) {
	case *wire.Sealed:
		return hub.InboxItem{ID: e.ID, From: e.From, Guest: e.Kind != wire.KindAccount, Sealed: true}
	case *wire.Whispered:
		return hub.InboxItem{ID: e.ID, From: e.From, Guest: e.Kind != wire.KindAccount}
	default:
		return hub.InboxItem{}
	}
}
