package plain_test

import (
	"testing"
)

// TestAGuestsNameIsFreeWhenItsProgramHasEnded lets three programs, each with a disk of
// its own, have one name after the other, as scripts do.
func TestAGuestsNameIsFreeWhenItsProgramHasEnded(t *testing.T) {
	w := newLab(t)
	for range 3 {
		ci := w.visit(t.TempDir(), guest("ci"))
		out, in := ci.program()
		out.has("ci is in the lobby", inLobby)
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		ci.leave()
	}
}
