package server

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"labchat/internal/server/hub"
	"labchat/internal/server/store"
	"labchat/internal/wire"
)

// phc is a hash for tests that don't log in with it.
func phc() string { return store.HashPassword(wire.PasswordDigest("not used")) }

func operate(t *testing.T, dir string, c OperatorCall) ([]string, error) {
	t.Helper()
	return Operate(context.Background(), dir, c)
}

func TestOperatorsReachARunningDaemonAndAQuietDirectoryAlike(t *testing.T) {
	for _, running := range []bool{false, true} {
		t.Run(fmt.Sprintf("daemon runs: %v", running), func(t *testing.T) {
			dir := t.TempDir()
			if running {
				start(t, func(cfg *Config) { cfg.Data = dir })
			} else {
				useOnce(t, dir)
			}
			if _, err := operate(t, dir, OperatorCall{Verb: hub.VerbAdd, Name: "rita", Hash: phc()}); err != nil {
				t.Fatal(err)
			}
			if _, err := operate(t, dir, OperatorCall{Verb: hub.VerbAdd, Name: "rita", Hash: phc()}); err == nil {
				t.Error("the same name was added twice")
			}
			rows, err := operate(t, dir, OperatorCall{Verb: hub.VerbList})
			if err != nil || !strings.Contains(strings.Join(rows, "\n"), "rita") {
				t.Errorf("list: got %q, %v; want rita", rows, err)
			}
			if _, err := operate(t, dir, OperatorCall{Verb: "dance"}); err == nil {
				t.Error("a verb that does not exist was carried out")
			}
			rows, err = operate(t, dir, OperatorCall{Verb: VerbStatus})
			if running && (err != nil || len(rows) == 0) || !running && err == nil {
				t.Errorf("status: got %q, %v", rows, err)
			}
			file := filepath.Join(t.TempDir(), "copy.db")
			if err := Backup(context.Background(), dir, file); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(file); err != nil || info.Size() == 0 {
				t.Errorf("the backup: %v, %v", info, err)
			}
		})
	}
}

func TestABannedAccountIsSentAway(t *testing.T) {
	dir := t.TempDir()
	h := start(t, func(cfg *Config) { cfg.Data = dir })
	p := h.peer(t)
	p.send(`{"type":"hello","id":"h","version":1}` + "\n" + `{"type":"register","id":"r","name":"mallory","password":"correct horse"}` + "\n")
	p.want(`"type":"logged_in"`)
	if _, err := operate(t, dir, OperatorCall{Verb: hub.VerbBan, Name: "mallory", Reason: "floods"}); err != nil {
		t.Fatal(err)
	}
	if rest := p.ends(); !strings.Contains(rest, `"code":"banned"`) {
		t.Errorf("it was told %q, want a goodbye with code banned", rest)
	}
}

// useOnce leaves the database of a daemon that ran on a directory.
func useOnce(t *testing.T, dir string) {
	t.Helper()
	s, err := store.Open(dir, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestADirectoryWithoutADatabaseIsNamedAndStaysAsItIs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nowhere")
	for _, verb := range []hub.Verb{
		hub.VerbAdd, hub.VerbPasswd, hub.VerbRemove, hub.VerbList, hub.VerbBan, hub.VerbUnban, VerbBackup, VerbStatus,
	} {
		_, err := operate(t, dir, OperatorCall{Verb: verb, Name: "tom", Hash: phc(), File: filepath.Join(t.TempDir(), "copy.db")})
		if err == nil || !strings.Contains(err.Error(), dir+" holds no chat") || !strings.Contains(err.Error(), "--data") {
			t.Errorf("%s: got %v, want an error that names %s and says what to do", verb, err, dir)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("to look at it has made it")
	}
}

func TestTheControlSocketIsItsOwnersAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30)) // longer than a socket's name may be
	start(t, func(cfg *Config) { cfg.Data = dir })
	info, err := os.Stat(filepath.Join(dir, controlName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("got %v, %v; want mode 0600", info.Mode(), err)
	}
	if rows, err := operate(t, dir, OperatorCall{Verb: VerbStatus}); err != nil {
		t.Errorf("status: %q, %v", rows, err)
	}
	nc, err := net.Dial("unix", filepath.Join(linkTo(t, dir), controlName))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	fmt.Fprintln(nc, "not a call")
	if got, _ := io.ReadAll(nc); !strings.Contains(string(got), "no call") {
		t.Errorf("nonsense was answered %q", got)
	}
}

// linkTo names a directory shortly.
func linkTo(t *testing.T, dir string) string {
	t.Helper()
	link := filepath.Join(os.TempDir(), fmt.Sprintf("labchat-%d", os.Getpid()))
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(link) })
	return link
}

func TestOwnCertificatesStayTheSame(t *testing.T) {
	dir := t.TempDir()
	_, first, err := TLSConfig{}.load(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := TLSConfig{}.load(dir)
	if err != nil || first != second || !strings.HasPrefix(first, "SHA256:") {
		t.Errorf("got %q and %q, %v; want one fingerprint", first, second, err)
	}
	if info, err := os.Stat(filepath.Join(dir, keyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v; want mode 0600", info.Mode(), err)
	}
	files := TLSConfig{Cert: filepath.Join(dir, certFile), Key: filepath.Join(dir, keyFile)}
	if _, third, err := files.load(t.TempDir()); err != nil || third != first {
		t.Errorf("as files: %q, %v; want %q", third, err, first)
	}
	if err := os.Remove(filepath.Join(dir, keyFile)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := (TLSConfig{}).load(dir); err == nil || !strings.Contains(err.Error(), "lost its key") {
		t.Errorf("without its key: got %v, want a sentence", err)
	}
	if c, key, err := (TLSConfig{Off: true}).load(dir); c != nil || key != "" || err != nil {
		t.Errorf("off: got %v, %q, %v", c, key, err)
	}
}
