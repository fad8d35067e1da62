package hub

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestWhoMayEnterAndSeeARoom(t *testing.T) {
	plain, grouped, ending := &room{name: "den"}, &room{name: "club", group: "239.1.2.3:5007"}, &room{name: "old", end: roomEnd{begun: true}}
	crowded := &room{name: "crowded", peers: make([]*session, maxMembers)}
	native := &session{origin: origin("native", loopback), user: &user{}}
	busy := &session{origin: origin("native", loopback), user: &user{}, rooms: make([]*room, maxResume)}
	busy.rooms[0] = plain
	ias := &session{origin: Origin{Datagram: true, Dialect: iasDialect, Manners: datagramsOf(iasDialect).Manners()}}
	tobi := &session{origin: Origin{Datagram: true, Dialect: tobiDialect, Manners: datagramsOf(tobiDialect).Manners()}, user: &user{}}
	nobody := &session{origin: Origin{Datagram: true, Dialect: tobiDialect, Manners: datagramsOf(tobiDialect).Manners()}}
	group := &session{origin: Origin{Datagram: true, Dialect: iasDialect, Manners: datagramsOf(iasDialect).Manners(), Group: "club"}}
	tests := []struct {
		name  string
		s     *session
		rm    *room
		enter wire.Code
		see   bool
	}{
		{"a person", native, plain, "", true},
		{"a person, a room with a group", native, grouped, "", true},
		{"a person, a room that ends", native, ending, wire.CodeNoRoom, true},
		{"a person in as many rooms as there may be, one of them again", busy, plain, "", true},
		{"a person in as many rooms as there may be, another one", busy, grouped, wire.CodeFull, true},
		{"a program that knows groups only", ias, plain, wire.CodeNoRoom, false},
		{"a program that knows groups only, a room with one", ias, grouped, "", true},
		{"a member", tobi, plain, "", true},
		{"a member, where there are as many as can be", tobi, crowded, wire.CodeFull, true},
		{"an address without a name", nobody, plain, wire.CodeLoginFirst, true},
		{"a group, a room without one", group, plain, wire.CodeNoRoom, false},
		{"a group, its room", group, grouped, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if code, text := mayEnter(tt.s, tt.rm); code != tt.enter || (code == "") != (text == "") {
				t.Errorf("enter: got %q, %q, want %q", code, text, tt.enter)
			}
			if see := maySee(tt.s, tt.rm); see != tt.see {
				t.Errorf("see: got %t, want %t", see, tt.see)
			}
			if got, want := slices.Contains(listFor(tt.s, []*room{tt.rm}), tt.rm), tt.see && !tt.rm.end.begun; got != want {
				t.Errorf("listed: got %t, want %t", got, want)
			}
		})
	}
	if code, _ := mayEnter(native, nil); code != wire.CodeNoRoom {
		t.Errorf("no room at all: got %q", code)
	}
}

// TestNobodyElseDecidesWhoMayEnter finds a way into a room beside the one question:
// what puts a session into a room is called where that was asked, or for the lobby.
func TestNobodyElseDecidesWhoMayEnter(t *testing.T) {
	calls := map[string][]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(gotoken.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(fd, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains([]string{"enter", "enterAndShow", "joinRoom", "toEnter"}, s.Sel.Name) {
					calls[s.Sel.Name] = append(calls[s.Sel.Name], fd.Name.Name)
				}
				return true
			})
		}
	}
	for called, want := range map[string][]string{
		"toEnter":      {"join", "join", "resume"},
		"enterAndShow": {"join", "resume"},
		"joinRoom":     {"join"},
		"enter":        {"enterAndShow", "enterLobby", "enterLobby", "enterUnnamed", "joinRoom", "peopleRoutes"}, // guests.enter and peers.enter among them
	} {
		got := slices.Sorted(slices.Values(calls[called]))
		if !slices.Equal(got, want) {
			t.Errorf("%s is called by %q, want %q", called, got, want)
		}
	}
}
