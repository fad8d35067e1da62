package private_test

import (
	"encoding/hex"
	"fmt"

	"labchat/internal/wire"
)

// unasked has the server say something that nobody has asked for.
func (h *history) unasked() string {
	name := pick(h.r, everybody)
	switch h.r.IntN(17) {
	case 0:
		var call [16]byte
		for i := range call {
			call[i] = byte(h.r.Uint32())
		}
		key := h.anyKey()
		h.toldKey[wire.Fold(name)] = key
		if p := h.holder(key); p != nil {
			h.route(name, p)
		}
		h.tell(&wire.Punched{From: name, Kind: pick(h.r, kinds), Call: hex.EncodeToString(call[:]), Device: key, Devices: h.lieDevices(name, key), Relay: true})
		return "a call of " + name + " with " + h.markOf(key)
	case 1, 2:
		kind := pick(h.r, kinds[:3])
		h.ann.desk.calls(name, kind, pick(h.r, []string{"", "p1", "p3", "x"}))
		return fmt.Sprintf("you are %s (%s)", name, kind)
	case 3:
		h.ann.desk.calls("ann", wire.KindAccount, "")
		return "you are ann"
	case 4:
		old, _ := h.ann.desk.called()
		h.ann.desk.renames(&wire.Renamed{Old: pick(h.r, []string{old, name}), Name: pick(h.r, everybody), Kind: pick(h.r, kinds)})
		return "somebody is renamed"
	case 5:
		key := h.anyKey()
		h.tell(&wire.Withdrawn{Name: name, Device: key})
		return name + " has removed " + h.markOf(key)
	case 6:
		h.tell(&wire.DeviceList{Devices: h.lieDevices("ann", h.anyKey())})
		return "other devices of ann's"
	case 7:
		h.tell(&wire.Displaced{})
		return "displaced"
	case 8:
		h.tell(&wire.Joined{Name: name, Kind: pick(h.r, kinds)})
		return name + " has joined"
	case 9:
		h.tell(&wire.Whispered{ID: 5, From: name, To: "ann", Kind: pick(h.r, kinds), Text: "from the server"})
		return "a line in plain text"
	case 10, 11:
		return h.reconnect()
	case 12:
		h.tell(&wire.Welcome{Node: pick(h.r, []string{trueNode, falseNode}), Features: pick(h.r, [][]string{features, nil, features[:1]})})
		return "welcome"
	case 13, 14:
		return h.deliver()
	case 15:
		p := pick(h.r, h.puppets)
		p.acts(name)
		h.route(name, p)
		p.run.Whisper(h.annName(), h.says(p, h.annName()), false)
		return fmt.Sprintf("%s writes to ann as %s", p.mark, name)
	default:
		return h.intrude(name)
	}
}

// intrude has a puppet make a link that ann's program has not agreed to.
func (h *history) intrude(name string) string {
	p := pick(h.r, h.puppets)
	p.acts(name)
	h.route(name, p)
	var call [16]byte
	for i := range call {
		call[i] = byte(h.r.Uint32())
	}
	id := hex.EncodeToString(call[:])
	h.silent[id] = true
	p.run.desk.say(&wire.Punched{From: h.annName(), Kind: wire.KindAccount, Call: id, Device: h.ownKey(), Relay: true})
	return fmt.Sprintf("%s dials as %s", p.mark, name)
}

// deliver hands over a sealed line that a puppet has left.
func (h *history) deliver() string {
	h.mu.Lock()
	mail := h.mail
	h.mu.Unlock()
	if len(mail) == 0 {
		return "no mail"
	}
	m := pick(h.r, mail)
	name, _ := h.ann.desk.called()
	e := &wire.Sealed{ID: wire.ID(100 + h.steps), From: m.alias, To: name, Kind: wire.KindAccount, Note: m.note}
	if h.lies() {
		e.From = pick(h.r, everybody)
	}
	h.tell(e)
	return fmt.Sprintf("a note of %s's, as from %s", m.by.mark, e.From)
}

// reconnect has the connection break, and a server come back that may be another.
func (h *history) reconnect() string {
	node, able, status := trueNode, features, *online
	if h.lies() {
		switch h.r.IntN(4) {
		case 0:
			node = falseNode
		case 1:
			able = nil
		case 2:
			status.Dialect = pick(h.r, []string{"namefirst", "a3", "ias"})
		default:
			able = features[:1]
		}
	}
	h.tell(offline)
	for _, r := range h.unsent {
		h.tell(&wire.Returned{Client: r.Client, InDoubt: true})
	}
	h.unsent = nil
	h.rest()
	h.connect(node, able, &status)
	return fmt.Sprintf("connected anew: node %q, %v, %s", node, able, status.Dialect)
}

// connect is what a session says when it has reached a server.
func (h *history) connect(node string, able []string, status *wire.Status) {
	if status.Dialect == "chat1" {
		if h.archive != nil && h.archive.Home(annServer, node) != nil {
			return // as the session, it says nothing to a server that the disk does not know
		}
		h.tell(&wire.Welcome{Node: node, Features: able})
	}
	h.ann.desk.calls("ann", wire.KindAccount, "")
	h.tell(status)
}
