package conf_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"labchat/cmd/internal/conf"
	"labchat/internal/wire"
)

func TestAPasswordFileHoldsOneLine(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       wire.Secret
		wrong      string
	}{
		{"the line without its end", "pass word\n", "pass word", ""},
		{"a file without a line end", "secret", "secret", ""},
		{"a file from Windows", "secret\r\n", "secret", ""},
		{"a file from Notepad", "\ufeffsecret\r\n", "secret", ""},
		{"a mark and nothing else", "\ufeff\n", "", "empty"},
		{"a mark before the greatest length", "\ufeff" + strings.Repeat("x", wire.MaxPassword) + "\r\n", wire.Secret(strings.Repeat("x", wire.MaxPassword)), ""},
		{"a mark in the middle is a part of it", "sec\ufeffret\n", "sec\ufeffret", ""},
		{"an empty file", "\n", "", "empty"},
		{"a second line", "secret\nmore\n", "", "more than one line"},
		{"a password of the greatest length", strings.Repeat("x", wire.MaxPassword) + "\r\n", wire.Secret(strings.Repeat("x", wire.MaxPassword)), ""},
		{"one byte too many", strings.Repeat("x", wire.MaxPassword+1), "", "longer than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "pw")
			if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := conf.Prompt{File: name, In: os.Stdin, Err: new(bytes.Buffer)}.Ask("password", false)
			if got != c.want || (err == nil) != (c.wrong == "") {
				t.Fatalf("got %d bytes, %v, want %d bytes and error %q", len(got), err, len(c.want), c.wrong)
			}
			if err != nil && !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("got %v, want %q in it", err, c.wrong)
			}
		})
	}
}

func TestAPipeGivesAPasswordOnlyWhereThatIsAllowed(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("from the pipe\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	got, err := conf.Prompt{In: r, Err: new(bytes.Buffer), Pipe: true}.Ask("password", true)
	if err != nil || got != "from the pipe" {
		t.Errorf("got %d bytes, %v, want the line", len(got), err)
	}
}
