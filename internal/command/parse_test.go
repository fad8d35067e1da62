package command

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"labchat/internal/wire"
)

// here is where the tests type.
var here = Context{Room: "lab3", Me: "sara"}

// talk is a private conversation.
var talk = Context{To: "alice", Me: "sara"}

func say(text string) Action         { return Say{Room: "lab3", Text: text} }
func ask(r wire.Request) Action      { return Ask{Request: r} }
func whisper(to, text string) Action { return Whisper{To: to, Text: text} }
func unknown(words ...string) Action { return Unknown{Word: words[0], Nearest: words[1:]} }

func TestEveryAliasOfEveryFamilyFindsItsCommand(t *testing.T) {
	leave := Ask{Request: wire.Leave{Room: "lab3"}, Confirm: "leave #lab3?"}
	register := Local{Verb: Register, Arg: "bob", Prompts: []string{"new password for bob", "the same again"}}
	for line, want := range map[string]Action{
		"$roomjoin tcp-udp":   ask(wire.Join{Room: "tcp-udp"}),
		"cmd:enter tcp-udp":   ask(wire.Join{Room: "tcp-udp"}),
		"/join tcp-udp":       ask(wire.Join{Room: "tcp-udp"}),
		"$roomcreate lab4":    ask(wire.Create{Room: "lab4"}),
		"cmd:create lab4":     ask(wire.Create{Room: "lab4"}),
		"/create lab4":        ask(wire.Create{Room: "lab4"}),
		"$roomleave":          leave,
		"/leave":              leave,
		"$roomlist":           ask(wire.Rooms{}),
		"cmd:groups":          ask(wire.Rooms{}),
		"/rooms":              ask(wire.Rooms{}),
		"$userlist":           ask(wire.People{}),
		":l":                  ask(wire.People{}),
		"/users":              ask(wire.People{}),
		"/who":                ask(wire.People{}),
		"$poke alice":         Local{Verb: Open, Arg: "alice"},
		"cmd:request alice":   Local{Verb: Open, Arg: "alice"},
		"/msg alice":          Local{Verb: Open, Arg: "alice"},
		"/msg alice hi there": whisper("alice", "hi there"),
		"@alice: hi there":    whisper("alice", "hi there"),
		"cmd:register bob":    register,
		"/register bob":       register,
		"/login bob":          Local{Verb: Login, Arg: "bob", Prompts: []string{"password of bob"}},
		"/logout":             ask(wire.Logout{}),
		"/nick sara2":         Local{Verb: Nick, Arg: "sara2"},
		"/account legacy on":  ask(wire.Account{Legacy: new(true)}),
		"/sessions":           ask(wire.Sessions{}),
		"/whois alice":        ask(wire.Whois{Name: "alice"}),
		"/ignore mallory":     Local{Verb: Ignore, Arg: "mallory"},
		"/unignore mallory":   Local{Verb: Unignore, Arg: "mallory"},
		"/away lunch time":    ask(wire.Away{Text: "lunch time"}),
		"/me waves":           Say{Room: "lab3", Text: "waves", Action: true},
		"/topic sheet 3":      ask(wire.Topic{Room: "lab3", Text: new("sheet 3")}),
		"/inbox":              ask(wire.Inbox{}),
		"/joke":               ask(wire.Joke{}),
		"/help":               Local{Verb: Help},
		"/help $roomjoin":     Local{Verb: Help, Arg: "$roomjoin"},
		"/next":               Local{Verb: Next},
		"/read 10":            Local{Verb: Read, Arg: "10"},
		"/read ALL":           Local{Verb: Read, Arg: "all"},
		":q":                  Local{Verb: Quit},
		"/quit":               Local{Verb: Quit},
	} {
		t.Run(line, func(t *testing.T) {
			if diff := cmp.Diff(want, Parse(line, holding(line, here))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnyWordIsFoundBehindAnyPrefix(t *testing.T) {
	for _, c := range commands {
		for _, w := range c.Words {
			for _, p := range prefixes {
				line := string(p) + w.Text
				if l := scan(line); l.kind != isCommand || l.command.Verb != c.Verb {
					t.Errorf("%q: got kind %d, want the command %s", line, l.kind, c.Verb)
				}
			}
		}
	}
}

func TestTextOrCommand(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want Action
	}{
		"plain words are text":                         {"hello", say("hello")},
		"text is sent as it was typed":                 {"  hello  there ", say("  hello  there ")},
		"nothing is nothing":                           {"", Nothing{}},
		"blanks are nothing":                           {" \n\t ", Nothing{}},
		"a smiley is text":                             {":D", say(":D")},
		"a smiley with more behind it is text":         {":D nice one", say(":D nice one")},
		"a smiley of signs is text":                    {":-)", say(":-)")},
		"a crying smiley is text":                      {":'-(", say(":'-(")},
		"a laughing smiley is text":                    {":D!!", say(":D!!")},
		"one small letter is text":                     {":p", say(":p")},
		"two letters are text":                         {"$ab costs", say("$ab costs")},
		"a variable is text":                           {"$HOME", say("$HOME")},
		"a path in a variable is text":                 {"$HOME/bin is missing", say("$HOME/bin is missing")},
		"a variable with a line under it is text":      {"$LC_ALL=C", say("$LC_ALL=C")},
		"capitals behind a colon are text":             {":JOIN lab3", say(":JOIN lab3")},
		"a short word that is a command is one":        {":q", Local{Verb: Quit}},
		"a short command is one behind a dollar too":   {"$q", Local{Verb: Quit}},
		"a capital of a short command is text":         {":Q", say(":Q")},
		"vim's way out is asked about":                 {":q!", unknown(":q!", ":q", ":go", ":l")},
		"a price is text":                              {"$5 for you", say("$5 for you")},
		"a fraction is text":                           {"/2 of it", say("/2 of it")},
		"a heart is text":                              {":3", say(":3")},
		"a number behind cmd: is text":                 {"cmd:7", say("cmd:7")},
		"a blank behind the prefix is text":            {"/ join lab3", say("/ join lab3")},
		"a blank behind cmd: is text":                  {"cmd: start the server", say("cmd: start the server")},
		"a line feed behind the prefix is text":        {"$\nls", say("$\nls")},
		"a path is text":                               {"/usr/bin is full", say("/usr/bin is full")},
		"a comment is text":                            {"// why", say("// why")},
		"a path behind a command's name is text":       {"/join/lab3", say("/join/lab3")},
		"a bare prefix is not sent":                    {"/", unknown("/", "/help", "/join", "/rooms")},
		"a long word behind a dollar is not sent":      {"$secret", unknown("$secret", "$server", "$share", "$accept")},
		"short words behind a slash are not text":      {"/D", unknown("/D", "/l", "/q", "/go")},
		"short words behind cmd: are not text":         {"cmd:D", unknown("cmd:D", "cmd:l", "cmd:q", "cmd:go")},
		"capitals behind a slash are a command":        {"/JOIN lab3", ask(wire.Join{Room: "lab3"})},
		"cmd: may begin with a capital":                {"Cmd:enter lab3", ask(wire.Join{Room: "lab3"})},
		"blanks before a command don't make it text":   {"  /join lab3", ask(wire.Join{Room: "lab3"})},
		"a mistyped password is not sent":              {"/logni sara hunter2", Unknown{Word: "/logni", Nearest: []string{"/login", "/join", "/logout"}, Secret: true}},
		"a backslash forces text":                      {`\/join lab3`, say("/join lab3")},
		"one backslash is taken off":                   {`\\x`, say(`\x`)},
		"a backslash alone is nothing":                 {`\`, Nothing{}},
		"a backslash forces a public @name:":           {`\@alice: hi`, say("@alice: hi")},
		"a backslash later is a letter":                {`a\b`, say(`a\b`)},
		"@name: is private":                            {"@alice: hi", whisper("alice", "hi")},
		"@name: without a blank is private":            {"@alice:hi", whisper("alice", "hi")},
		"a private line keeps its line feeds":          {"@alice: a\n  b", whisper("alice", "a\n  b")},
		"@name is a public mention":                    {"@alice hi", say("@alice hi")},
		"@name in the middle is a public mention":      {"hi @alice: there", say("hi @alice: there")},
		"@ alone is text":                              {"@", say("@")},
		"@: is text":                                   {"@: hi", say("@: hi")},
		"a colon after a second word is a mention":     {"@alice bob: hi", say("@alice bob: hi")},
		"names may have dots and lines":                {"@al.i-c_e9: hi", whisper("al.i-c_e9", "hi")},
		"names of other scripts too":                   {"@søren: hi", whisper("søren", "hi")},
		"a room may be typed with its sign":            {"/join #lab4", ask(wire.Join{Room: "lab4"})},
		"a user may be typed with an @":                {"/msg @alice hi", whisper("alice", "hi")},
		"a user may be typed with a colon":             {"/msg alice: hi", whisper("alice", "hi")},
		"a text keeps its inner blanks and line feeds": {"/me looks   at\n  this ", Say{Room: "lab3", Text: "looks   at\n  this", Action: true}},
		"a name may be left out where one is in use":   {"/login", Local{Verb: Login, Arg: "sara", Prompts: []string{"password of sara"}}},
		"back from away":                               {"/away", ask(wire.Away{})},
		"a topic is asked for":                         {"/topic", ask(wire.Topic{Room: "lab3"})},
		"people of a room":                             {"/users #lab4", ask(wire.People{Room: "lab4"})},
		"leave another room":                           {"/leave lab4", Ask{Request: wire.Leave{Room: "lab4"}, Confirm: "leave #lab4?"}},
		"end a session":                                {"/sessions end 3", ask(wire.EndSession{Session: "3"})},
		"legacy off":                                   {"/account legacy OFF", ask(wire.Account{Legacy: new(false)})},
		"a number loses its zeros":                     {"/read 007", Local{Verb: Read, Arg: "7"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Parse(c.line, holding(c.line, here))); diff != "" {
				t.Errorf("%q (-want +got):\n%s", c.line, diff)
			}
		})
	}
}

func TestUsageSaysWhatToType(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		in   Context
		want string
	}{
		"a missing room":                  {"/join", here, "Something is missing: <room>. It goes: /join <room>"},
		"in the family's own word":        {"cmd:enter", here, "Something is missing: <room>. It goes: cmd:enter <room>"},
		"a sign without a name":           {"/join #", here, "The name is missing. It goes: /join <room>"},
		"a new room's sign alone":         {"/create #", here, "Say the new room's name. It goes: /create <room> [ip port]"},
		"too many words":                  {"/join lab3 now", here, "That is too much. It goes: /join <room>"},
		"a family without a text":         {"$poke alice hi", here, "That is too much. It goes: $poke <user>"},
		"a family that wants the name":    {"cmd:register", here, "Something is missing: <name>. It goes: cmd:register <name>"},
		"a typed password":                {"/login sara hunter2", here, "A password is asked for, never typed here. It goes: /login [name]"},
		"a typed new password":            {"cmd:register sara hunter2", here, "A password is asked for, never typed here. It goes: cmd:register <name>"},
		"no number":                       {"/read ten", here, "A number from 1 to 1000000 or all is wanted. It goes: /read [lines]"},
		"no such number":                  {"/read 1000001", here, "A number from 1 to 1000000 or all is wanted. It goes: /read [lines]"},
		"no such choice":                  {"/account delete", here, "Choose one of legacy, password, remove. It goes: /account <legacy|password|remove> [on|off|everywhere]"},
		"legacy without on or off":        {"/account legacy", here, "Say on or off. It goes: /account <legacy|password|remove> [on|off|everywhere]"},
		"on without legacy":               {"/account remove on", here, "Only legacy is on or off, and only a password changes everywhere. It goes: /account <legacy|password|remove> [on|off|everywhere]"},
		"end of no session":               {"/sessions end", here, "Say which session: /sessions lists them. It goes: /sessions [list|end] [session]"},
		"a list of one session":           {"/sessions list 3", here, "A session can only be ended. It goes: /sessions [list|end] [session]"},
		"a private line of nothing":       {"@alice: ", here, "Type what alice is to read behind @alice:. It goes: /msg <user> [text]"},
		"leaving no room":                 {"/leave", Context{}, "This is no room: go to one first. It goes: /leave [room]"},
		"topic of a private conversation": {"/topic x", talk, "This is no room: go to one first. It goes: /topic [text]"},
		"text in no room":                 {"hello", Context{}, "You are in no room: /rooms lists them, /join enters one. It goes: /join <room>"},
		"doing something in no room":      {"/me waves", Context{}, "You are in no room: /rooms lists them, /join enters one. It goes: /me <text>"},
		"accepting nobody":                {"/accept", here, "This is no private conversation: /msg USER opens one. It goes: /accept [user]"},
		"refusing nobody":                 {"/refuse", here, "This is no private conversation: /msg USER opens one. It goes: /refuse [user]"},
		"a file for a room":               {"/send a.pcap", here, "This is no private conversation: /msg USER opens one. It goes: /send <file>"},
		"no file":                         {"/send", talk, "Something is missing: <file>. It goes: /send <file>"},
		"the newest file of a room":       {"/cancel", here, "This is no private conversation: /msg USER opens one. It goes: /cancel [id]"},
		"the path of a room":              {"/path", here, "This is no private conversation: /msg USER opens one. It goes: /path [user] [auto|relay]"},
		"no such path":                    {"/path alice direct", here, "Choose one of auto, relay. It goes: /path [user] [auto|relay]"},
		"an answer for nobody":            {"/verify same", talk, "Say whose number it is: /verify USER same. It goes: /verify [user] [same|differ]"},
		"no answer":                       {"/verify alice yes", talk, "Choose one of same, differ. It goes: /verify [user] [same|differ]"},
		"everybody out of a room":         {"$kick", here, "A room can't be emptied here: name the person whose private conversation is to end. It goes: $kick [user]"},
		"dropping no line":                {"/outbox drop", here, "Say which line: /outbox numbers them. It goes: /outbox [drop] [number]"},
		"a line without what to do":       {"/outbox 3", here, "Choose one of drop. It goes: /outbox [drop] [number]"},
		"sharing neither on nor off":      {"/share typing maybe", here, "Choose one of on, off. It goes: /share [typing|reading] [on|off]"},
		"logging in as nobody":            {"/login", Context{}, "Say which name. It goes: /login [name]"},
	} {
		t.Run(name, func(t *testing.T) {
			u, ok := Parse(c.line, holding(c.line, c.in)).(Usage)
			if !ok || u.Command == nil {
				t.Fatalf("Parse(%q) = %#v, want a Usage with its command", c.line, Parse(c.line, holding(c.line, c.in)))
			}
			if u.Why != c.want {
				t.Errorf("Parse(%q)\n got %s\nwant %s", c.line, u.Why, c.want)
			}
		})
	}
}

func TestTextGoesToThePlaceWhereItIsTyped(t *testing.T) {
	private := Context{To: "alice", Me: "sara"}
	for line, want := range map[string]Action{
		"hello":        whisper("alice", "hello"),
		"@bob hello":   whisper("alice", "@bob hello"),
		"@bob: hello":  whisper("bob", "hello"),
		"/leave":       Local{Verb: Leave, Arg: "alice"},
		"/leave lab4":  Ask{Request: wire.Leave{Room: "lab4"}, Confirm: "leave #lab4?"},
		"/me waves":    Whisper{To: "alice", Text: "waves", Action: true},
		"/leave lab3":  Ask{Request: wire.Leave{Room: "lab3"}, Confirm: "leave #lab3?"},
		`\@bob: hello`: whisper("alice", "@bob: hello"),
	} {
		if diff := cmp.Diff(want, Parse(line, private)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
}

func TestDestination(t *testing.T) {
	private := Context{To: "alice", Me: "sara"}
	for name, c := range map[string]struct {
		line string
		in   Context
		want string
	}{
		"nothing yet, in a room":              {"", here, "#lab3"},
		"nothing yet, in a conversation":      {"", private, "to alice only"},
		"nothing yet, nowhere":                {"", Context{}, ""},
		"text in a room":                      {"hello", here, "#lab3"},
		"text in a conversation":              {"hello", private, "to alice only"},
		"text nowhere":                        {"hello", Context{}, ""},
		"a mention":                           {"@sara", here, "#lab3"},
		"a private line from its colon on":    {"@sara:", here, "to sara only"},
		"a private line":                      {"@sara: hi", here, "to sara only"},
		"a private line, from elsewhere":      {"@sara: hi", private, "to sara only"},
		"a command":                           {"/join", here, "command"},
		"an unknown command":                  {"$secret", here, "command"},
		"a smiley":                            {":D", here, "#lab3"},
		"/msg before its text":                {"/msg bob", here, "command"},
		"/msg with its text":                  {"/msg bob hi", here, "to bob only"},
		"/me":                                 {"/me waves", here, "#lab3"},
		"forced text":                         {`\/join`, here, "#lab3"},
		"a command where text can't be typed": {"/join lab3", Context{}, "command"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Destination(c.line, c.in); got != c.want {
				t.Errorf("Destination(%q) = %q, want %q", c.line, got, c.want)
			}
		})
	}
}

func TestWhatMayHoldASecretIsNotRemembered(t *testing.T) {
	for line, want := range map[string]bool{
		"hello":                    true,
		"@alice: hi":               true,
		"/join lab3":               true,
		"/join":                    true,
		"/login sara":              true,
		"/login sara hunter2":      false,
		"cmd:register sara secret": false,
		"/logni sara hunter2":      false,
		"":                         false,
	} {
		if got := Remember(Parse(line, holding(line, here))); got != want {
			t.Errorf("Remember(%q) = %v, want %v", line, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "hello", "/join lab3", `\/join`, "@a: b", ":D", "$HOME", "cmd:enter x", "cmd:", "/usr/bin", "/me\n", "/İ", ":\xff", "@é:\xff", " \u2028/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		l := scan(line)
		a := Parse(line, holding(line, here))
		if _, said := a.(Say); said && l.kind != isText && l.command != nil && l.command.Verb != Me {
			t.Errorf("%q is said to everybody, but is a command", line)
		}
		if u, ok := a.(Unknown); ok && (len(u.Nearest) != maxNearest || !strings.Contains(strings.ToLower(line), strings.ToLower(u.Word))) {
			t.Errorf("%q: got %#v, want the word and its three nearest", line, u)
		}
		if strings.TrimSpace(line) != "" {
			if diff := cmp.Diff(say(line), Parse(`\`+line, here)); diff != "" {
				t.Errorf("forced text changed (-want +got):\n%s", diff)
			}
		}
		Destination(line, Context{})
		ghost, _ := Signature(line)
		if l.kind == isText && ghost != "" && l.command != nil {
			t.Errorf("%q: text has the ghost %q", line, ghost)
		}
	})
}

func TestPrivateConversationsHaveCommands(t *testing.T) {
	end := func(name string) Action {
		return Ask{Request: wire.HangUp{Name: name}, Confirm: "end the private conversation with " + name + "?"}
	}
	for line, c := range map[string]struct{ here, talk Action }{
		"/accept bob":         {ask(wire.Accept{Name: "bob"}), ask(wire.Accept{Name: "bob"})},
		"/accept":             {nil, ask(wire.Accept{Name: "alice"})},
		":refuse @bob":        {ask(wire.Reject{Name: "bob"}), ask(wire.Reject{Name: "bob"})},
		"/refuse":             {nil, ask(wire.Reject{Name: "alice"})},
		"/verify":             {ask(wire.Verify{}), ask(wire.Verify{Name: "alice"})},
		"/verify Sara":        {ask(wire.Verify{}), ask(wire.Verify{})},
		"/verify sara same":   {ask(wire.Verify{Answer: wire.AnswerSame}), ask(wire.Verify{Answer: wire.AnswerSame})},
		"/verify bob":         {ask(wire.Verify{Name: "bob"}), ask(wire.Verify{Name: "bob"})},
		"/verify bob SAME":    {ask(wire.Verify{Name: "bob", Answer: wire.AnswerSame}), ask(wire.Verify{Name: "bob", Answer: wire.AnswerSame})},
		"/verify bob differ":  {ask(wire.Verify{Name: "bob", Answer: wire.AnswerDiffer}), ask(wire.Verify{Name: "bob", Answer: wire.AnswerDiffer})},
		"/verify same same":   {ask(wire.Verify{Name: "same", Answer: wire.AnswerSame}), ask(wire.Verify{Name: "same", Answer: wire.AnswerSame})},
		"/verify differ":      {nil, nil},
		"/send ~/my file.txt": {nil, ask(wire.SendFile{To: "alice", File: "~/my file.txt"})},
		"/cancel 3f9c":        {ask(wire.StopFile{ID: "3f9c"}), ask(wire.StopFile{ID: "3f9c"})},
		"/cancel":             {nil, ask(wire.StopFile{Name: "alice"})},
		"/path":               {nil, ask(wire.Route{Name: "alice"})},
		"/path bob":           {ask(wire.Route{Name: "bob"}), ask(wire.Route{Name: "bob"})},
		"/path bob relay":     {ask(wire.Route{Name: "bob", Mode: wire.RouteRelay}), ask(wire.Route{Name: "bob", Mode: wire.RouteRelay})},
		"/path auto":          {ask(wire.Route{Name: "auto"}), ask(wire.Route{Name: "alice", Mode: wire.RouteAuto})},
		"$kick":               {nil, end("alice")},
		"$kick bob":           {end("bob"), end("bob")},
		"/kick bob":           {end("bob"), end("bob")},
		"/outbox":             {Local{Verb: Outbox}, Local{Verb: Outbox}},
		"/outbox drop 2":      {Local{Verb: Outbox, Arg: "2"}, Local{Verb: Outbox, Arg: "2"}},
		"/share":              {ask(wire.Share{}), ask(wire.Share{})},
		"/share typing":       {ask(wire.Share{}), ask(wire.Share{})},
		"/share typing off":   {ask(wire.Share{Typing: new(false)}), ask(wire.Share{Typing: new(false)})},
		"/share reading on":   {ask(wire.Share{Reading: new(true)}), ask(wire.Share{Reading: new(true)})},
	} {
		t.Run(line, func(t *testing.T) {
			for _, at := range []struct {
				place Context
				want  Action
			}{{here, c.here}, {talk, c.talk}} {
				got := Parse(line, at.place)
				if _, ok := got.(Usage); ok && at.want == nil {
					continue
				}
				if diff := cmp.Diff(at.want, got); diff != "" {
					t.Errorf("at %+v (-want +got):\n%s", at.place, diff)
				}
			}
		})
	}
}

func TestTwoCommandsInOneLineAreNoText(t *testing.T) {
	here := Context{Room: "lab3", Me: "sara"}
	for _, line := range []string{"/accept/verify", "/Accept/verify", "/msg/join lab3", "cmd:accept/verify", "/join/join lab3"} {
		u, ok := Parse(line, holding(line, here)).(Unknown)
		if !ok || len(u.Nearest) == 0 || !strings.Contains(strings.ToLower(line), u.Nearest[0]) {
			t.Errorf("%q: got %#v", line, Parse(line, holding(line, here)))
		}
	}
	for _, line := range []string{"/usr/bin", "/etc/passwd is there", `\/accept/verify`, "/tmp/join", "//accept", "/join/lab3"} {
		if !said(line, here) {
			t.Errorf("%q is not said: %#v", line, Parse(line, holding(line, here)))
		}
	}
	if Recallable(Parse("/accept/login ada pw", here)) {
		t.Error("a password is remembered")
	}
}

// holding is the place for somebody with an account, where the line wants one.
func holding(line string, c Context) Context {
	c.Account = strings.HasPrefix(line, "/account ")
	return c
}
