package command

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// said reports whether others come to read anything of a line.
func said(line string, c Context) bool { return heard(Parse(line, c)) != "" }

func TestASecretBehindAnyPrefixIsNeverSaid(t *testing.T) {
	before := []string{
		"/", "$", ":", "cmd:", "CMD:", `\`, " ", "\t", "\u00a0", "\u3000", "\u200b", "／", "＼", "∕", "：", "//", "$$", "/ /", "cmd: ",
	}
	carriers := []string{"", "", "@alice: ", "/msg alice ", "/me ", "hello\n", "/topic ", "/away ", `\`}
	verbs := []string{"login", "register", "account", "passwd", "identify", "LOGIN", "Register", "login:"}
	after := []string{" ada pw", " password hunter2", "\tada\tpw", " ada pw\nmore", " ada"}
	contexts := []Context{{Room: "lab3", Me: "sara"}, {To: "bob", Me: "sara"}, {Room: "direct", Direct: true}}
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"/", "$", ":", "cmd:", `\`, "／"}).Draw(t, "prefix")
		c := rapid.SampledFrom(contexts).Draw(t, "context")
		carrier := rapid.SampledFrom(carriers).Draw(t, "carrier")
		if c.Direct {
			carrier = "" // it has no commands that carry text
		}
		many := carrier + strings.Join(rapid.SliceOfN(rapid.SampledFrom(before), 0, 6).Draw(t, "before"), "")
		blanks := strings.Repeat(" ", rapid.IntRange(0, 3).Draw(t, "blanks"))
		behind := rapid.SampledFrom(after).Draw(t, "after")
		line := many + prefix + blanks + rapid.SampledFrom(verbs).Draw(t, "verb") + behind
		if said(line, c) {
			t.Fatalf("%q is said: %#v", line, Parse(line, c))
		}
		if carrier == "" && behind != " ada" && Recallable(Parse(line, c)) {
			t.Fatalf("%q is remembered: %#v", line, Parse(line, c))
		}
	})
}

func TestASlipBesideThePrefixSaysNoPassword(t *testing.T) {
	here := Context{Room: "lab3", Me: "sara"}
	for _, line := range []string{"//login ada pw", "/ login ada pw", "7login ada pw", "{login ada pw", "?login ada pw", ".login ada pw", "-login ada pw", "cmd: register ada pw", "// login ada pw"} {
		u, ok := Parse(line, here).(Usage)
		if !ok || !u.Command.Secret() || !strings.Contains(u.Why, "never typed here") {
			t.Errorf("%q: got %#v", line, Parse(line, here))
		}
		if got := Destination(line, here); got != "" {
			t.Errorf("%q goes to %q", line, got)
		}
	}
}

func TestAPrivateLineBehindTwoPrefixesIsNotSaidToAll(t *testing.T) {
	here := Context{Room: "lab3", Me: "sara"}
	for _, line := range []string{"//msg bob x", "/ msg bob x", "$ msg bob x", "//$msg bob x", "7msg bob x", "cmd: msg bob x", "／msg bob x"} {
		a := Parse(line, here)
		if u, ok := a.(Usage); !ok || u.Command.Secret() || !strings.Contains(u.Why, `\`) {
			t.Errorf("%q: got %#v", line, a)
		}
	}
	for _, line := range []string{"fast line\n/msg bob x", "see:\n@bob: psst\nmore", "one\n//msg bob x"} {
		if u, ok := Parse(line, here).(Usage); !ok || !strings.Contains(u.Why, `\`) {
			t.Errorf("%q: got %#v", line, Parse(line, here))
		}
	}
	for _, line := range []string{"\\one\n/msg bob x", "one\n/join lab3", "one\n// msg is the buffer", "one\n@bob", `\/msg bob x`, `\//msg bob x`, "// msg is the buffer", "- msg is the buffer", "//msg", "msg bob x", "//message bob", "see /msg bob x"} {
		if !said(line, here) {
			t.Errorf("%q is not said: %#v", line, Parse(line, here))
		}
	}
}

func TestTextAboutPasswordsIsText(t *testing.T) {
	here := Context{Room: "lab3", Me: "sara"}
	for _, line := range []string{
		"login is broken", "register ada please", "- login is broken", "* account of the day", "type /login ada and then the password",
		"//login", "/usr/bin/login ada", "... login fails", "...login fails", "account: closed", "\"login failed\" it says", "(login works)",
		"// loginName is wrong", "/etc/passwd is there", "$HOME/login ada", "#account is the room", "7 logins failed", "&account is a pointer",
		`\/join lab3`, "see //login",
	} {
		if !said(line, here) {
			t.Errorf("%q is not said: %#v", line, Parse(line, here))
		}
	}
}

func TestTheNameOfAnAccountIsNotGivenUpWithoutAWord(t *testing.T) {
	account, guest := Context{Room: "lab3", Me: "bob", Account: true}, Context{Room: "lab3", Me: "bob"}
	for line, want := range map[string]string{"/login ada": "password of ada (logs bob out)", "/login": "password of bob", "/register ada": "new password for ada (logs bob out)"} {
		if a, ok := Parse(line, account).(Local); !ok || a.Prompts[0] != want {
			t.Errorf("%s: got %#v, want %q", line, a, want)
		}
	}
	for _, line := range []string{"/nick bob2", "$nick bob2", "/logout"} {
		asks := ""
		switch a := Parse(line, account).(type) {
		case Local:
			asks = a.Confirm
		case Ask:
			asks = a.Confirm
		default:
		}
		if !strings.Contains(asks, "account bob") || !strings.Contains(asks, "/login bob") {
			t.Errorf("%s asks %q", line, asks)
		}
		switch a := Parse(line, guest).(type) {
		case Local:
			asks = a.Confirm
		case Ask:
			asks = a.Confirm
		default:
		}
		if asks != "" {
			t.Errorf("a guest's %s asks %q", line, asks)
		}
	}
}

func TestAGuestIsNotAskedForThePasswordOfAnAccount(t *testing.T) {
	for _, line := range []string{"/account password", "/account remove", "/account legacy on"} {
		if u, ok := Parse(line, Context{Room: "lab3", Me: "bob"}).(Usage); !ok || !strings.Contains(u.Why, "/login") {
			t.Errorf("a guest's %s: got %#v", line, Parse(line, Context{Room: "lab3", Me: "bob"}))
		}
		if _, no := Parse(line, Context{Room: "lab3", Me: "bob", Account: true}).(Usage); no {
			t.Errorf("%s is refused to an account", line)
		}
	}
}

func TestNoPasswordIsAskedForWhereNobodyMayRegister(t *testing.T) {
	for _, line := range []string{"/register", "/register sara", "cmd:register sara"} {
		if u, ok := Parse(line, Context{Room: "lab3", Me: "bob", Closed: true}).(Usage); !ok || !strings.Contains(u.Why, "no new accounts") {
			t.Errorf("%s: got %#v", line, Parse(line, Context{Room: "lab3", Me: "bob", Closed: true}))
		}
	}
}

func TestNamesFindsThePersonOfALine(t *testing.T) {
	here := Context{Room: "lab3", Me: "sara"}
	for line, want := range map[string]string{
		"/msg bob x": "bob", "@ann: y": "ann", " $msg @ann z": "ann", "/whois ann": "ann", "/verify ann same": "ann", "cmd:request ann": "ann",
		"hello bob": "", "/join lab3": "", "/ignore": "", "/msg": "", `\@ann: hi`: "",
	} {
		if got := Names(line, here); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
