//go:build unix

package server

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"

	"labchat/internal/server/hub"
)

func TestADirectoryThatOthersCanWriteToIsMendedAndSaidSo(t *testing.T) {
	dir := t.TempDir()
	open := func() {
		t.Helper()
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	mended := func() {
		t.Helper()
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("got %v, %v, want that others can't write any more", info.Mode(), err)
		}
	}
	open()
	var logged bytes.Buffer
	h := start(t, func(cfg *Config) {
		cfg.Data = dir
		cfg.Log = slog.New(slog.NewTextHandler(&logged, nil))
	})
	h.end(t)
	mended()
	if got := logged.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, dir+" had mode 0777 and has 0755") {
		t.Errorf("got the log %q, want a warning that names the directory", got)
	}
	open()
	if _, err := operate(t, dir, OperatorCall{Verb: hub.VerbList}); err == nil || !strings.Contains(err.Error(), "call again") {
		t.Errorf("an operator's call: got %v, want it said", err)
	}
	mended()
	if _, err := operate(t, dir, OperatorCall{Verb: hub.VerbList}); err != nil {
		t.Errorf("the next call: %v", err)
	}
}
