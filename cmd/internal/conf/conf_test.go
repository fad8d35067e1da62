package conf_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"labchat/cmd/internal/conf"
)

// grammar is a small command line with what the real ones have: shared flags,
// a default command, and commands within a command.
type grammar struct {
	conf.Common
	Data string `default:"here"`

	Screen screenCmd `cmd:"" default:"withargs" help:"The default."`
	Serve  serveCmd  `cmd:"" help:"Serve."`
	User   struct {
		Add addCmd `cmd:""`
	} `cmd:""`
}

type (
	screenCmd struct {
		Plain bool `help:"No screen."`
	}
	serveCmd struct {
		Port  conf.Port `default:"1300"`
		Rate  int       `default:"10"`
		Style string    `default:"m2" enum:"m2,m1"`
	}
	addCmd struct {
		Name string `arg:""`
		Note string
	}
	seen struct{ text string }
)

func (c screenCmd) Run(s *seen) error { s.text = "screen"; return nil }

func (c serveCmd) Run(g *grammar, s *seen) error {
	port, err := c.Port.MarshalText()
	s.text = string(port) + " " + c.Style + " " + g.Data
	return err
}

func (c addCmd) Run(ctx context.Context, s *seen) error {
	s.text = c.Name + " " + c.Note
	return ctx.Err()
}

// run parses args in a world with the environment and file given, and returns
// what the command saw and what was printed.
func run(t *testing.T, ctx context.Context, file string, env map[string]string, args ...string) (saw, printed string, err error) { //nolint:revive // t goes first
	t.Helper()
	for k, v := range env {
		t.Setenv(k, v)
	}
	if file != "" {
		name := filepath.Join(t.TempDir(), "x.toml")
		if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", name)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var g grammar
	var s seen
	p := conf.Program{Name: "prog", Summary: "A program.", Grammar: &g, Bind: []any{&g, &s}}
	err = p.Run(ctx, args, conf.Streams{In: os.Stdin, Out: out, Err: new(bytes.Buffer)})
	b, readErr := os.ReadFile(out.Name())
	if readErr != nil {
		t.Fatal(readErr)
	}
	return s.text, string(b), err
}

func TestWhereAValueComesFrom(t *testing.T) {
	const file = "data = \"filed\"\n[serve]\nport = 7\nstyle = \"m1\"\n"
	env := map[string]string{"LABCHAT_PORT": "8", "LABCHAT_DATA": "surroundings"}
	for _, c := range []struct {
		name string
		file string
		env  map[string]string
		args []string
		want string
	}{
		{"the default, where nobody says anything", "", nil, []string{"serve"}, "1300 m2 here"},
		{"the file wins over the default", file, nil, []string{"serve"}, "7 m1 filed"},
		{"the environment wins over the file", file, env, []string{"serve"}, "8 m1 surroundings"},
		{"the flag wins over all", file, env, []string{"serve", "--port", "9", "--data=d"}, "9 m1 d"},
		{"a command's table is for that command", "[user.add]\nnote = \"n\"", nil, []string{"user", "add", "bob"}, "bob n"},
		{"a port can be switched off by name", "", nil, []string{"serve", "--port=off"}, "off m2 here"},
		{"a port can be switched off by number", "", nil, []string{"serve", "--port=-1"}, "off m2 here"},
		{"the file can switch a port off", "[serve]\nport = -1", nil, []string{"serve"}, "off m2 here"},
		{"a list in the file is one with commas", "data = [\"a\", \"b\"]", nil, []string{"serve"}, "1300 m2 a,b"},
		{"a byte order mark is no part of the file", "\ufeff" + file, nil, []string{"serve"}, "7 m1 filed"},
		{"without a command the default one runs", "", nil, []string{"--plain"}, "screen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _, err := run(t, t.Context(), c.file, c.env, c.args...)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestWrongUsageIsExplained(t *testing.T) {
	for _, c := range []struct {
		name, file string
		args       []string
		want       string // in the sentence
	}{
		{"an unknown key names key and file", "[serve]\nprot = 1", []string{"serve"}, `x.toml: unknown key "serve.prot"`},
		{"also a key of a command that does not run", "[serve]\nprot = 1", nil, `unknown key "serve.prot"`},
		{"a key outside of its table", "port = 1", []string{"serve"}, `unknown key "port": it belongs under [serve]`},
		{"a key of all commands below one of them", "[serve]\ndata = \"d\"", []string{"serve"}, `x.toml: unknown key "serve.data": it stands above the first table`},
		{"that stands two tables deep", "[user.add]\ndata = \"d\"", []string{"serve"}, `unknown key "user.add.data": it stands above the first table`},
		{"a table that is no command", "[server]\nport = 1", []string{"serve"}, `unknown key "server": no such command`},
		{"a file can't name another file", "config = \"y\"", []string{"serve"}, `unknown key "config"`},
		{"a wrong value names key and file", "[serve]\nport = \"x\"", []string{"serve"}, `x.toml: key "serve.port": want a port`},
		{"a value out of the list", "[serve]\nstyle = \"m9\"", []string{"serve"}, `x.toml: key "serve.style": want one of m2,m1, not "m9"`},
		{"a file that is no TOML", "[", []string{"serve"}, "x.toml: "},
		{"a port out of range", "", []string{"serve", "--port", "65536"}, `not "65536"`},
		{"an unknown flag", "", []string{"serve", "--prot", "1"}, "unknown flag --prot"},
		{"a number below 0 among what is no flag", "", []string{"user", "add", "-3", "+", "4"}, "-3 is read as a flag: put -- before the first word that begins with a minus sign"},
		{"a letter that is no flag", "", []string{"user", "add", "-x"}, "unknown flag -x"},
		{"a missing name", "", []string{"user", "add"}, "<name>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := run(t, t.Context(), c.file, nil, c.args...)
			var wrong *conf.UsageError
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a usage error with %q", err, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), "prog --help") {
				t.Errorf("got %v, want it to name the help", err)
			}
		})
	}
}

func TestAFileThatWasAskedForMustExist(t *testing.T) {
	_, _, err := run(t, t.Context(), "", nil, "serve", "--config", filepath.Join(t.TempDir(), "none.toml"))
	if err == nil || !strings.Contains(err.Error(), "none.toml") {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

func TestHelpAndVersionNeedNothingElse(t *testing.T) {
	_, help, err := run(t, t.Context(), "", nil, "--help")
	if err != nil || !strings.Contains(help, "--plain") || !strings.Contains(help, "serve") {
		t.Errorf("got %v and\n%s\nwant the default command's flags and the commands", err, help)
	}
	saw, help, err := run(t, t.Context(), "", nil, "user", "add", "--help")
	if err != nil || saw != "" || !strings.Contains(help, "--note") {
		t.Errorf("got %v, ran %q, and\n%s\nwant the command's own flags", err, saw, help)
	}
	saw, version, err := run(t, t.Context(), "", nil, "--version")
	if err != nil || saw != "" || !strings.HasPrefix(version, "prog ") {
		t.Errorf("got %q, %v, ran %q, want the version only", version, err, saw)
	}
}

func TestAnInterruptedCommandSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := run(t, ctx, "", nil, "user", "add", "bob")
	if err == nil || err.Error() != "interrupted" {
		t.Errorf("got %v, want interrupted", err)
	}
}
