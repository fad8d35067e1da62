package private_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"labchat/internal/wire"
)

// whom are the names that ann's person types.
var whom = []string{"bob", "bob", "bob", "bob", "cat", "gus", "gus", "mallory", "BOB", "nobody"}

// types has ann's person type a line.
func (h *history) types(name string) string {
	h.texts++
	text := fmt.Sprintf("line %d", h.texts)
	h.oracle.typed(text, name)
	id := h.ann.Whisper(name, text, false)
	h.mu.Lock()
	h.clients[id] = text
	h.mu.Unlock()
	return fmt.Sprintf("ann types %q for %s", text, name)
}

// says is a line that a puppet's person types.
func (h *history) says(p *puppet, to string) string {
	h.texts++
	text := fmt.Sprintf("word %d", h.texts)
	h.oracle.theirs[text] = word{p, p.alias, to}
	return text
}

// does has ann's person do something.
func (h *history) does() string {
	name := pick(h.r, whom)
	switch n := h.r.IntN(40); {
	case n < 20:
		return h.types(name)
	case n < 22 && h.r.IntN(8) == 0: // the key is on the screen in other places, too
		h.ann.Do(wire.Verify{Name: name})
		return "ann asks for the number of " + name
	case n < 26:
		return h.compares()
	case n < 29:
		e := h.oracle.calls[wire.Fold(name)]
		if e == nil {
			return "nobody to accept"
		}
		h.ann.Do(accepting(e))
		return "ann accepts " + name
	case n < 31:
		h.ann.Do(wire.Reject{Name: name})
		return "ann rejects " + name
	case n < 32:
		h.ann.Do(wire.Poke{Name: name})
		return "ann opens " + name
	case n < 33:
		mode := pick(h.r, []wire.RouteMode{wire.RouteAuto, wire.RouteRelay})
		if mode == wire.RouteAuto {
			h.oracle.of(name).mode = mode
		}
		h.oracle.wishes = append(h.oracle.wishes, wish{name, mode})
		h.ann.Do(wire.Route{Name: name, Mode: mode})
		return fmt.Sprintf("ann wants %s for %s", mode, name)
	case n < 34:
		h.ann.Do(wire.HangUp{Name: name})
		return "ann hangs up on " + name
	case n < 35:
		h.oracle.writesTo(name)
		h.ann.Do(wire.Typing{To: name})
		return "ann begins to write to " + name
	case n < 36:
		return h.sends(name)
	case n < 37 && h.r.IntN(4) == 0:
		h.ann.Do(wire.Verify{})
		return "ann looks at the devices of the account"
	case n < 38:
		if h.r.IntN(3) > 0 {
			h.ann.Do(wire.Login{Name: "ann"})
			return "ann logs in"
		}
		h.ann.Do(wire.Guest{Name: "visitor"})
		return "ann becomes a guest"
	case n < 39:
		h.ann.Do(wire.Seen{Name: name, Last: 1 << 60})
		return "ann reads what " + name + " has written"
	default:
		return h.restart()
	}
}

// compares answers one of the numbers that the screen shows: mostly as somebody
// does who has compared it, and sometimes as somebody who has not.
func (h *history) compares() string {
	names := slices.Sorted(maps.Keys(h.oracle.dialogs))
	if len(names) == 0 {
		return "nothing to compare"
	}
	name := names[h.r.IntN(len(names))]
	e := h.oracle.dialogs[name]
	answer := wire.AnswerDiffer
	p := h.byPrint(e.Print)
	if h.r.IntN(8) == 0 || p != nil && h.owns(name, p) {
		answer = wire.AnswerSame
	}
	delete(h.oracle.dialogs, name)
	tag := h.ann.Do(answerTo(e, answer))
	if name != "" {
		h.oracle.answered(tag, e, answer)
	}
	if name == "" || h.ann.desk.mayBe(name) {
		h.ownShown = e.Print
	}
	return fmt.Sprintf("ann says of %q: the number of %s is the %s", name, h.markOfPrint(e.Print), answer)
}

// owns reports whether a device is truly that of a name's owner.
func (h *history) owns(name string, p *puppet) bool {
	c := h.people[wire.Fold(name)]
	if c == nil {
		return false
	}
	for _, d := range c.devices {
		if d.Key == p.key {
			return true
		}
	}
	return c.here == p
}

func (h *history) byPrint(key string) *puppet {
	for _, p := range h.puppets {
		if p.print == key {
			return p
		}
	}
	return nil
}

func (h *history) markOfPrint(key string) string {
	if p := h.byPrint(key); p != nil {
		return p.mark
	}
	return fmt.Sprintf("%q", key)
}

// sends has ann's person offer a file.
func (h *history) sends(name string) string {
	h.texts++
	file := fmt.Sprintf("file%d", h.texts)
	path := filepath.Join(h.dir, file)
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.oracle.typed(file, name)
	h.ann.Do(wire.SendFile{To: name, File: path})
	return fmt.Sprintf("ann offers %q to %s", file, name)
}

// restart ends ann's program, and starts it again on its disk.
func (h *history) restart() string {
	h.stopAnn()
	h.oracle.judge()
	h.oracle.forgets()
	if h.archive != nil {
		must(h.t, h.archive.Close())
		h.openArchive()
	}
	node := trueNode
	if h.lies() {
		node = falseNode
	}
	h.startAnn()
	h.connect(node, features, online)
	return "ann's program is started anew: node " + node
}
