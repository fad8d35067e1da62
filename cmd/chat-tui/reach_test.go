package main

import (
	"path/filepath"
	"strings"
	"testing"

	"labchat/internal/client"
)

func TestWhoComesInAndWhereTo(t *testing.T) {
	for _, c := range []struct {
		name    string
		reach   reach
		mode    client.Mode
		address string
	}{
		{"nobody is named: a guest at the usual place", reach{}, client.ModeGuest, "127.0.0.1:1300"},
		{"a user logs in", reach{User: "ann", Server: "lab:99"}, client.ModeLogin, "lab:99"},
		{"a guest may have a name", reach{User: "ann", Guest: true, Server: "lab"}, client.ModeGuest, "lab:1300"},
		{"an account is made", reach{User: "ann", Register: true, Server: "::1"}, client.ModeRegister, "[::1]:1300"},
		{"an address in brackets", reach{Server: "[::1]"}, client.ModeGuest, "[::1]:1300"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.reach.Validate(); err != nil {
				t.Fatal(err)
			}
			if got := c.reach.mode(); got != c.mode {
				t.Errorf("got mode %s, want %s", got, c.mode)
			}
			if got := c.reach.address(); got != c.address {
				t.Errorf("got %s, want %s", got, c.address)
			}
		})
	}
}

func TestFlagsThatContradictThemselvesAreRefused(t *testing.T) {
	for _, r := range []reach{
		{Guest: true, Register: true, User: "ann"},
		{Register: true},
		{User: "two words"},
		{User: "аlice"}, // the first letter is Cyrillic
		{Room: "two words"},
		{ServerKey: "9f2c"},
	} {
		if err := r.Validate(); err == nil {
			t.Errorf("%+v: got no error, want one", r)
		}
	}
}

func TestEveryAccountOfEveryServerHasAProfileOfItsOwn(t *testing.T) {
	seen := map[string]int{}
	reaches := []reach{
		{User: "ann"},
		{User: "ann", Guest: true},
		{User: "ben"},
		{User: "ann", Server: "lab"},
		{User: "ann", Server: "lab", ServerKey: "SHA256:a/b"},
		{User: "ann", Server: "lab", ServerKey: "SHA256:a%2fb"},
		{Profile: "two"},
		{Profile: "../two"},
		{Profile: "..%2ftwo"},
	}
	for i, r := range reaches {
		dir := profileDir(&r)
		if old, taken := seen[dir]; taken {
			t.Errorf("%+v and %+v share %s", r, reaches[old], dir)
		}
		seen[dir] = i
		if strings.HasPrefix(filepath.Base(dir), ".") || strings.Contains(dir, "..") {
			t.Errorf("%+v: got %s, want no way out of the profiles", r, dir)
		}
	}
	if got := profileDir(&reach{Guest: true}); got != "" {
		t.Errorf("a guest without a name: got %s, want a profile that is thrown away", got)
	}
	first, again := profileDir(&reach{User: "ann"}), profileDir(&reach{User: "ANN", Server: "127.0.0.1"})
	if first != again {
		t.Errorf("one account spelled twice: got %s and %s", first, again)
	}
}

func TestTheLoginNameIsMadeOneThatAServerTakes(t *testing.T) {
	for raw, want := range map[string]string{
		"sara":                        "sara",
		"LAB\\sara":                   "sara",
		"sara smith":                  "sarasmith",
		"müller":                      "mller",
		"a-name-that-is-far-too-long": "a-name-that-is-fa",
		"日本":                          "guest",
	} {
		t.Setenv("USER", raw)
		if got := loginName(); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}
