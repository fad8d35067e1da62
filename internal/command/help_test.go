package command

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"labchat/internal/wire"
)

var update = flag.Bool("update", false, "write docs/commands.md anew")

func TestEveryExampleWorks(t *testing.T) {
	for _, c := range commands {
		switch a := Parse(c.Example, holding(c.Example, at(&c))).(type) {
		case Usage, Unknown, Nothing:
			t.Errorf("%s: the example %q gives %#v", c.Verb, c.Example, a)
		case Say, Whisper, Ask, Local:
			if l := scan(c.Example); l.command == nil || l.command.Verb != c.Verb {
				t.Errorf("%s: the example %q is of another command", c.Verb, c.Example)
			}
		}
	}
}

// at is a place where a command can be typed.
func at(c *Command) Context {
	if c.NeedsPerson {
		return talk
	}
	return here
}

func TestTheTableIsSound(t *testing.T) {
	seen := map[string]Verb{}
	for _, c := range commands {
		if len(c.Words) == 0 || c.Help == "" || !slices.Contains(groups, c.Group) || c.make == nil {
			t.Errorf("%s: something is missing: %+v", c.Verb, c)
		}
		for _, w := range c.Words {
			if w.Text != strings.ToLower(w.Text) || len(w.Text) > maxWord {
				t.Errorf("%s: want a short lower-case word", w)
			}
			if other, ok := seen[w.Text]; ok && other != c.Verb {
				t.Errorf("%s means both %s and %s", w, other, c.Verb)
			}
			seen[w.Text] = c.Verb
			for i, a := range c.argsOf(w) {
				if a.Kind == KindText && i != len(c.argsOf(w))-1 {
					t.Errorf("%s: a text must come last", w)
				}
			}
		}
	}
}

// TestPolicy holds the table's flags against what the commands do.
func TestPolicy(t *testing.T) {
	for _, c := range commands {
		lines := []string{c.Example}
		if c.Verb == Account {
			lines = append(lines, "/account remove")
		}
		confirms, prompts := false, false
		for _, line := range lines {
			here := at(&c)
			here.Account = true
			switch a := Parse(line, here).(type) {
			case Ask:
				confirms = confirms || a.Confirm != ""
			case Local:
				confirms = confirms || a.Confirm != ""
				prompts = prompts || len(a.Prompts) > 0
			case Say, Whisper, Unknown, Usage, Nothing:
			}
		}
		if confirms != c.Confirm || prompts != c.Secret() {
			t.Errorf("%s: confirms %v, asks for secrets %v; the table says %v, %v", c.Verb, confirms, prompts, c.Confirm, c.Secret())
		}
	}
}

func TestHelpLinesNameEveryCommandAndFitTheOverlay(t *testing.T) {
	rows := HelpLines(nil)
	for _, r := range rows {
		if len(r) > 76 {
			t.Errorf("%d columns: %s", len(r), r)
		}
	}
	all := strings.Join(rows, "\n")
	for _, c := range commands {
		if !strings.Contains(all, "  "+c.Signature(c.Words[0])) || !strings.Contains(all, c.Help) {
			t.Errorf("%s is missing", c.Verb)
		}
	}
}

func TestHelpFor(t *testing.T) {
	for word, want := range map[string]string{
		"join":      "/join <room>: join a room\nalso     $roomjoin <room>\nalso     cmd:enter <room>\nexample  /join lab3",
		"$roomjoin": "$roomjoin <room>: join a room\nalso     /join <room>\nalso     cmd:enter <room>\nexample  /join lab3",
		"CMD:ENTER": "cmd:enter <room>: join a room\nalso     /join <room>\nalso     $roomjoin <room>\nexample  /join lab3",
		":q":        ":q: end the program\nalso     /quit\nexample  :q",
		"/joke":     "/joke: have the server tell a joke\nexample  /joke",
		"/xyz":      "",
		"":          "",
	} {
		if got, ok := HelpFor(word); got != want || ok != (want != "") {
			t.Errorf("HelpFor(%q) = %q, %v, want %q", word, got, ok, want)
		}
	}
}

func TestFilledInSecretsMakeTheRequest(t *testing.T) {
	for name, c := range map[string]struct {
		line    string
		secrets []wire.Secret
		want    wire.Request
		err     error
	}{
		"log in":                       {"/login bob", []wire.Secret{"a"}, wire.Login{Name: "bob", Password: "a"}, nil},
		"register":                     {"/register bob", []wire.Secret{"a", "a"}, wire.Register{Name: "bob", Password: "a"}, nil},
		"register with a slip":         {"/register bob", []wire.Secret{"a", "b"}, nil, ErrDiffer},
		"change the password":          {"/account password", []wire.Secret{"a", "b", "b"}, wire.Passwd{Old: "a", New: "b"}, nil},
		"and log out here, too":        {"/account password everywhere", []wire.Secret{"a", "b", "b"}, wire.Passwd{Old: "a", New: "b", All: true}, nil},
		"change it with a slip":        {"/account password", []wire.Secret{"a", "b", "c"}, nil, ErrDiffer},
		"remove the account":           {"/account remove", []wire.Secret{"a"}, wire.Account{Remove: true, Password: "a"}, nil},
		"an empty field":               {"/login bob", []wire.Secret{""}, nil, ErrEmptySecret},
		"a missing field":              {"/register bob", []wire.Secret{"a"}, nil, ErrEmptySecret},
		"a new name needs no secret":   {"/nick bob", nil, wire.Guest{Name: "bob"}, nil},
		"help is no server's business": {"/help", nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(c.line, holding(c.line, here)).(Local).Request(c.secrets...)
			if got != c.want || !errors.Is(err, c.err) {
				t.Errorf("got %#v, %v, want %#v, %v", got, err, c.want, c.err)
			}
		})
	}
}

// TestDocs compares docs/commands.md with the table.
// go test ./internal/command -run TestDocs -update writes it.
func TestDocs(t *testing.T) {
	const file = "../../docs/commands.md"
	if *update {
		if err := os.WriteFile(file, []byte(document()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != document() {
		t.Errorf("%s is not what the table says: run go test ./internal/command -run TestDocs -update", file)
	}
}

func document() string {
	var b strings.Builder
	b.WriteString(`# The command bar

Printed from the table in ` + "`internal/command`" + `; do not edit (` + "`go test ./internal/command -run TestDocs -update`" + `).

What you type is text for the place that the composer names, unless it begins like this:

- ` + "`@sara: text`" + ` is one private line for sara. ` + "`@sara text`" + ` is public and mentions her.
- ` + "`/`, `$`, `cmd:` and `:`" + ` begin a command. Each family of programs has its own words; every word works behind every prefix.
- A word that no command has is never sent, because it may be a mistyped password. You see the three nearest commands.
- Text all the same are: ` + "`:` or `$`" + ` and a word of one or two letters or all capitals (` + "`:D`, `$HOME`" + `); a prefix before a blank or a digit
  (` + "`$5`" + `); a ` + "`/`" + ` word that holds another ` + "`/`" + ` (` + "`/usr/bin`" + `).
- ` + "`\\`" + ` at the start forces text; it is taken off.

Passwords are asked for in a masked field and never typed in the line. Commands with *y/n* ask first.
`)
	for _, g := range groups {
		fmt.Fprintf(&b, "\n## %s%s\n\n| command | `$` | `cmd:` | `:` | what it does | example |\n|---|---|---|---|---|---|\n", strings.ToUpper(string(g[:1])), g[1:])
		for _, c := range commands {
			if c.Group == g {
				b.WriteString(tableRow(&c))
			}
		}
	}
	return b.String()
}

func tableRow(c *Command) string {
	var cells []string
	for _, p := range []Prefix{Slash, Dollar, Cmd, Colon} {
		var forms []string
		for _, w := range c.Words {
			if w.Prefix == p {
				forms = append(forms, "`"+strings.ReplaceAll(c.Signature(w), "|", `\|`)+"`")
			}
		}
		cells = append(cells, strings.Join(forms, ", "))
	}
	help := c.Help
	if c.Confirm {
		help += " *(y/n)*"
	}
	cells = append(cells, help, "`"+c.Example+"`")
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func TestHelpTerminalSaysWhatToDoWithoutAlt(t *testing.T) {
	text, ok := HelpFor("terminal")
	if !ok || !strings.Contains(text, "--esc-is-alt") || !strings.Contains(text, "Option") {
		t.Errorf("got %q", text)
	}
}
