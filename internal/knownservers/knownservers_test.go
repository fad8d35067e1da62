package knownservers

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

const (
	one = "SHA256:4rxlMFPoTZAA6YVvyv2ZMZuNzUy0pTIlOoGNZIRRzno"
	two = "SHA256:VBXjBzCOkzWlZf3xb0QxNvtIhWjYkPyQqcAIYnuTGH8"
)

func file(t *testing.T) *File {
	t.Helper()
	return At(filepath.Join(t.TempDir(), "labchat", "known-servers"))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// expect compares what a server is known by.
func expect(t *testing.T, f *File, server, key string, known bool) {
	t.Helper()
	got, is, err := f.Key(server)
	if got != key || is != known || err != nil {
		t.Errorf("%s is known by %q, %v, %v; want %q, %v", server, got, is, err, key, known)
	}
}

func TestAServerIsFoundByItsNameHoweverItIsWritten(t *testing.T) {
	f := file(t)
	expect(t, f, "chat.example.org:1300", "", false)
	must(t, f.Add("Chat.Example.org.:1300", one))
	must(t, f.Add("127.0.0.1:1300", two))
	must(t, f.Add("[::ffff:192.0.2.1]:1300", ""))
	must(t, f.Add(Local("/home/ann/my data#2/100%/"), one))
	for _, c := range []struct {
		server, key string
		known       bool
	}{
		{"chat.example.org:1300", one, true},
		{"CHAT.example.ORG:1300", one, true},
		{"chat.example.org:1301", "", false},
		{"localhost:1300", two, true},
		{"[::1]:1300", two, true},
		{"[::1%lo]:1300", two, true},
		{"[0:0::1]:1300", two, true},
		{":1300", two, true},
		{"0.0.0.0:1300", two, true},
		{"[::]:1300", two, true},
		{"127.0.0.1:01300", two, true},
		{"127.0.0.1:+1300", two, true},
		{"LocalHost.:0001300", two, true},
		{"127.0.0.2:1300", "", false},
		{"192.0.2.1:1300", "", true},
		{Local("/home/ann/my data#2/100%"), one, true},
		{Local("/home/ann"), "", false},
	} {
		expect(t, At(f.path), c.server, c.key, c.known)
	}
}

func TestWhatIsKnownStaysUntilAPersonSaysOtherwise(t *testing.T) {
	f := file(t)
	must(t, f.Add("host:1300", one))
	must(t, f.Add("host:1300", two))
	expect(t, f, "host:1300", one, true)
	must(t, f.Set("host:1300", two))
	expect(t, f, "host:1300", two, true)
	must(t, f.Set("host:1300", ""))
	expect(t, f, "host:1300", "", true)
	must(t, f.Forget("host:1300"))
	expect(t, f, "host:1300", "", false)
}

// What was noted can be read again: a server that was spoken to once never takes
// the others with it.
func TestWhatIsNotedNeverMakesALineThatCantBeRead(t *testing.T) {
	for _, server := range []string{":1300", "host:", "host", "", "[x:1300", "a b:1300", "a#b:1300", "a%20b:1300", "host:\n:1300", "[fe80::1%eth0]:1300", "local:", "node=", "node=a:1300 b\n", "\xff:1300"} {
		f := file(t)
		err := f.Add(server, one)
		if _, known, failed := f.Key("other:1300"); known || failed != nil {
			t.Errorf("after %q was noted (%v), another server is known: %v, %v", server, err, known, failed)
		}
		if err == nil {
			expect(t, At(f.path), server, one, true)
		}
	}
}

func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the system has no such modes")
	}
	f := file(t)
	must(t, f.Add("host:1300", one))
	must(t, os.Chmod(f.path, 0o644))
	must(t, f.Add("other:1300", one))
	for name, want := range map[string]os.FileMode{f.path: 0o600, f.path + ".lock": 0o600, filepath.Dir(f.path): 0o700} {
		info, err := os.Stat(name)
		must(t, err)
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has the mode %v, want %v", name, got, want)
		}
	}
}

func TestProgramsThatWriteAtTheSameTimeLoseNoServer(t *testing.T) {
	path := file(t).path
	const programs, servers = 8, 5
	var all sync.WaitGroup
	for p := range programs {
		all.Go(func() {
			f := At(path) // a lock is held against other files of the same process, too
			for s := range servers {
				if err := f.Add(fmt.Sprintf("host%d-%d:1300", p, s), one); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	f := At(path)
	for p := range programs {
		for s := range servers {
			expect(t, f, fmt.Sprintf("host%d-%d:1300", p, s), one, true)
		}
	}
	left, err := filepath.Glob(path + ".*")
	must(t, err)
	if len(left) != 1 {
		t.Errorf("the files %v are left, want the lock alone", left)
	}
}

func TestWhatEditorsPutIntoAFileIsNoPartOfALine(t *testing.T) {
	f := file(t)
	must(t, os.MkdirAll(filepath.Dir(f.path), 0o700))
	must(t, os.WriteFile(f.path, []byte("\ufeffhost:1300 "+one+"\r\n"), 0o600))
	expect(t, f, "host:1300", one, true)
	must(t, f.Add("host:1300", two))
	expect(t, f, "host:1300", one, true)
}

func TestALineThatCantBeReadIsReportedAndKept(t *testing.T) {
	for _, bad := range []string{"other:1300", "other:1300 SHA256:tooshort", "other:1300 " + one + " more", "other " + one, "%zz:1300 " + one, "host:1300 " + two} {
		t.Run(bad, func(t *testing.T) {
			f := file(t)
			must(t, os.MkdirAll(filepath.Dir(f.path), 0o700))
			must(t, os.WriteFile(f.path, []byte("# mine\n\nhost:1300 "+one+"\n"+bad), 0o600))
			for server, known := range map[string]bool{"host:1300": true, "other:1300": false} {
				_, is, err := f.Key(server)
				e, ok := errors.AsType[*LineError](err)
				if is != known || !ok || e.Line != 4 || !strings.Contains(err.Error(), f.path) {
					t.Errorf("%s is known: %v, %v; want %v and line 4", server, is, err, known)
				}
			}
			if err := f.Add("other:1300", one); err == nil {
				t.Error("a server was taken for a new one, though the line may be about it")
			}
			must(t, f.Set("third:1300", two))
			text, err := os.ReadFile(f.path)
			must(t, err)
			for _, part := range []string{"# mine\n", bad + "\n", "third:1300 " + two + "\n"} {
				if !strings.Contains(string(text), part) {
					t.Errorf("the file does not hold %q any more:\n%s", part, text)
				}
			}
		})
	}
}

func TestAFileThatTakesNothingIsHeldInMemoryAndSaid(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "labchat"), nil, 0o600))
	f := At(filepath.Join(dir, "labchat", "known-servers")) // its directory is a file
	if err := f.Add("host:1300", one); err == nil {
		t.Error("the key was noted nowhere, and nobody is told")
	}
	expect(t, f, "host:1300", one, true)
	expect(t, At(f.path), "host:1300", "", false)
}

func TestALinkToTheFileStaysOne(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "real"), filepath.Join(dir, "known-servers")
	must(t, os.WriteFile(target, nil, 0o600))
	if err := os.Symlink(target, link); err != nil {
		t.Skip("the system makes no links:", err)
	}
	must(t, At(link).Add("host:1300", one))
	expect(t, At(target), "host:1300", one, true)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
}
