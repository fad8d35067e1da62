package plain_test

import (
	"fmt"
	"io"
	"slices"
	"testing"

	"labchat/internal/client"
)

// TestARoomThatWasLeftIsNotBackAfterReconnectsAndRestarts: the room is left at the
// moment in which the connection is cut, be it just before or just after that.
func TestARoomThatWasLeftIsNotBackAfterReconnectsAndRestarts(t *testing.T) {
	w := newLab(t)
	dir := t.TempDir()
	who := client.Identity{Mode: client.ModeRegister, Name: "ann", Password: "a good password"}
	ann := w.visit(dir, who)
	out, in := ann.program()
	types := func(in io.Writer, line string) {
		t.Helper()
		if _, err := fmt.Fprintln(in, line); err != nil {
			t.Fatal(err)
		}
	}
	entered := func(room string) func(object) bool {
		return func(o object) bool { return o.Type == "joined" && o.Room == room }
	}
	sent := func(o object) bool { return o.Type == "receipt" && o.State == "sent" }
	types(in, "/create tea")
	out.has("in tea", entered("tea"))
	types(in, "/leave tea")
	ann.cut()
	types(in, "y")
	out.has("out of tea", func(o object) bool { return o.Type == "left" && o.Room == "tea" })
	ann.cut()
	types(in, "after it")
	all := out.has("back in the lobby", sent)
	i := slices.IndexFunc(all, func(o object) bool { return o.Type == "left" && o.Room == "tea" })
	if slices.ContainsFunc(all[i:], entered("tea")) {
		t.Errorf("it is entered again: %+v", all[i:])
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	ann.leave()

	who.Mode = client.ModeLogin
	ann = w.visit(dir, who)
	out, in = ann.program()
	types(in, "started again")
	if all := out.has("in the lobby", sent); slices.ContainsFunc(all, entered("tea")) {
		t.Errorf("it is entered again: %+v", all)
	}
}
