package command

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// world is what the tests can name.
type world struct{}

func (world) Rooms() []string  { return []string{"lab3", "lobby", "tcp-udp"} }
func (world) People() []string { return []string{"peter", "Petra", "alice"} }

// after lists the lines that completions of line at | make, with the cursor.
func after(line string) []string {
	head, tail, _ := strings.Cut(line, "|")
	var all []string
	for _, c := range Complete(head+tail, len(head), world{}, nil) {
		s, cursor := c.Apply(head + tail)
		all = append(all, s[:cursor]+"|"+s[cursor:])
	}
	return all
}

func TestComplete(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want []string
	}{
		"a word of the family":                        {"$roomj|", []string{"$roomjoin |"}},
		"another family's word behind this prefix":    {":joi|", []string{":join |"}},
		"one word a command, of the family if it can": {"/wh|", []string{"/who |", "/whois |"}},
		"a word without arguments":                    {"/jok|", []string{"/joke|"}},
		"several words":                               {"cmd:re|", []string{"cmd:request |", "cmd:refuse |", "cmd:read |", "cmd:register |", "cmd:retry|"}},
		"whatever the case":                           {"/JOI|", []string{"/join |"}},
		"nothing for what is none":                    {"/xyz|", nil},
		"rooms":                                       {"/join l|", []string{"/join lab3 |", "/join lobby |"}},
		"all rooms":                                   {"$roomjoin |", []string{"$roomjoin lab3 |", "$roomjoin lobby |", "$roomjoin tcp-udp |"}},
		"rooms keep their sign":                       {"/join #lo|", []string{"/join #lobby |"}},
		"no second room":                              {"/join lab3 |", nil},
		"no room for a new one":                       {"/create l|", nil},
		"people":                                      {"/msg PE|", []string{"/msg peter |", "/msg Petra |"}},
		"people of a request":                         {"cmd:request al|", []string{"cmd:request alice |"}},
		"people within a command's text":              {"/msg alice ask pet|", []string{"/msg alice ask peter |", "/msg alice ask Petra |"}},
		"choices":                                     {"/account l|", []string{"/account legacy |"}},
		"choices of the second argument":              {"/account legacy o|", []string{"/account legacy on |", "/account legacy off |"}},
		"whom to verify":                              {"/verify al|", []string{"/verify alice |"}},
		"what to say of a number":                     {"/verify alice d|", []string{"/verify alice differ |"}},
		"how lines travel":                            {"/path alice |", []string{"/path alice auto |", "/path alice relay |"}},
		"what to do in the outbox":                    {"/outbox d|", []string{"/outbox drop |"}},
		"what others see":                             {"/share r|", []string{"/share reading |"}},
		"a mention":                                   {"hi @pet|", []string{"hi @peter |", "hi @Petra |"}},
		"a mention at the start":                      {"@al|", []string{"@alice |"}},
		"somebody spoken to":                          {"al|", []string{"alice: |"}},
		"somebody spoken of":                          {"ask al|", []string{"ask alice |"}},
		"a room in text":                              {"see #lo|", []string{"see #lobby |"}},
		"in the middle of a line":                     {"ask al| about it", []string{"ask alice | about it"}},
		"behind a blank there is nothing to complete": {"hello |", nil},
		"on the next row":                             {"hello\nal|", []string{"hello\nalice |"}},
		"a private line's text":                       {"@alice: ask pete|", []string{"@alice: ask peter |"}},
		"forced text":                                 {`\/join l @al|`, []string{`\/join l @alice |`}},
		"after a wide blank":                          {"hi\u3000al|", []string{"hi\u3000alice |"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, after(c.line)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", c.line, diff)
			}
		})
	}
}

func TestABarePrefixListsEveryCommandOnce(t *testing.T) {
	for _, p := range prefixes {
		var got []Verb
		for _, c := range Complete(string(p), len(p), world{}, nil) {
			got = append(got, c.Command.Verb)
		}
		if len(got) != len(commands) || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
			t.Errorf("%s: got %v", p, got)
		}
	}
}

func TestACompletionTellsWhatItDoes(t *testing.T) {
	c := Complete("$roomj", 6, world{}, nil)[0]
	if c.Label != "$roomjoin <room>" || c.Effect != "join a room" || c.Command.Verb != Join {
		t.Errorf("got %+v", c)
	}
	if got, want := c.Also(), []string{"/join", "cmd:enter"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSignature(t *testing.T) {
	for line, want := range map[string][2]string{
		"$roomj":             {"oin <room>", "join a room"},
		"$roomjoin":          {" <room>", "join a room"},
		"$roomjoin ":         {"<room>", "join a room"},
		"$roomjoin l":        {"", "join a room"},
		"/msg":               {" <user> [text]", "send a private line, or open a conversation"},
		"/msg alice":         {" [text]", "send a private line, or open a conversation"},
		"/msg alice ":        {"[text]", "send a private line, or open a conversation"},
		"/msg alice hi":      {"", "send a private line, or open a conversation"},
		"cmd:register":       {" <name>", "make an account; the password is asked for"},
		"cmd:register bob":   {"", "make an account; the password is asked for"},
		"/account legacy":    {" [on|off|everywhere]", "legacy logins, password, or remove the account"},
		"@alice:":            {" <text>", "a private line for alice"},
		"@alice: ":           {"<text>", "a private line for alice"},
		"@alice: hi":         {"", ""},
		"hello":              {"", ""},
		"/":                  {"", ""},
		":D":                 {"", ""},
		"/xyz":               {"", ""},
		`\/join`:             {"", ""},
		"$HOME is where i a": {"", ""},
	} {
		ghost, effect := Signature(line)
		if got := [2]string{ghost, effect}; got != want {
			t.Errorf("Signature(%q) = %q, want %q", line, got, want)
		}
	}
}

func FuzzComplete(f *testing.F) {
	f.Add("/join l", 7)
	f.Add("@\xff", 2)
	f.Add("hé", 2)
	f.Add("İ\u3000é", 4)
	f.Fuzz(func(t *testing.T, line string, cursor int) {
		for _, c := range Complete(line, cursor, world{}, nil) {
			s, at := c.Apply(line)
			if at > len(s) || utf8.ValidString(line) != utf8.ValidString(s) {
				t.Errorf("Complete(%q, %d) makes %q, cursor %d", line, cursor, s, at)
			}
		}
	})
}
