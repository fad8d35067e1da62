package command

import (
	"strings"
	"testing"

	"labchat/internal/wire"
)

func TestAFileIsNamedAsInAShell(t *testing.T) {
	for typed, want := range map[string]string{
		"a.txt":                      "a.txt",
		"my file.txt ":               "my file.txt",
		`my\ file.txt`:               "my file.txt",
		`'my file.txt'`:              "my file.txt",
		`"my file.txt"`:              "my file.txt",
		`"say \"hi\".txt"`:           `say "hi".txt`,
		`'a\ b'`:                     `a\ b`,
		`'/tmp/it'\''s here.txt'`:    "/tmp/it's here.txt", // as terminals paste it
		`it's bob's.txt`:             "it's bob's.txt",
		`\'tis.txt`:                  "'tis.txt",
		`C:\Users\sara\a b.txt`:      `C:\Users\sara\a b.txt`,
		`"C:\Program Files\a.txt"`:   `C:\Program Files\a.txt`,
		`\\server\share\a.txt`:       `\\server\share\a.txt`,
		"~/my file.txt":              "~/my file.txt",
		`"~/my file.txt"`:            "~/my file.txt",
		`'grüße aus der straße.txt'`: "grüße aus der straße.txt",
	} {
		a, ok := Parse("/send "+typed, Context{To: "alice"}).(Ask)
		if r, file := a.Request.(wire.SendFile); !ok || !file || r.File != want {
			t.Errorf("%s: got %+v, want %q", typed, a.Request, want)
		}
	}
	for typed, want := range map[string]string{
		`'my file.txt`:       "not closed",
		`"my file.txt`:       "not closed",
		`'my file.txt' more`: "too much",
		`''`:                 "missing",
	} {
		a, ok := Parse("/send "+typed, Context{To: "alice"}).(Usage)
		if !ok || !strings.Contains(a.Why, want) {
			t.Errorf("%s: got %+v, want %q", typed, a, want)
		}
	}
}
