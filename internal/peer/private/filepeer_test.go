package private_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/peer/link"
	"labchat/internal/wire"
	"labchat/internal/wire/peer1"
)

// heard is the newest message of a type, nil where there was none.
func heard[M peer1.Message](x *intruder) (found M) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, m := range x.said {
		if m, ok := m.(M); ok {
			found = m
		}
	}
	return found
}

// offer offers content under another checksum or size, if so told.
func (x *intruder) offer(n int, content []byte, change func(*peer1.Offer)) *peer1.Offer {
	sum := sha256.Sum256(content)
	o := &peer1.Offer{File: fmt.Sprintf("%032x", n), Name: fmt.Sprintf("f%d", n), Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
	if change != nil {
		change(o)
	}
	x.say(o)
	settle()
	return o
}

// stream sends bytes on a stream of their own, behind a transfer's name.
func (x *intruder) stream(id string, content []byte) {
	x.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	out, err := x.OpenFile(ctx, let(x.Key))
	must(x.t, err)
	raw, err := hex.DecodeString(id)
	must(x.t, err)
	_, err = out.Write(append(raw, content...))
	must(x.t, err)
	_ = out.Close() // it may be cancelled already
	settle()
}

func TestWhatIsNotTheFileThatWasOfferedIsDeleted(t *testing.T) {
	content := random(10_000, 1)
	for name, test := range map[string]struct {
		sent []byte
		why  string
	}{
		"another checksum": {random(10_000, 2), "the checksum is another one"},
		"more bytes":       {append(slices.Clone(content), 'x'), "more came than was offered"},
		"fewer bytes":      {content[:9_999], "less came than was offered"},
		"nothing at all":   {nil, "less came than was offered"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := companions(w)
				x := w.intrude(ann, bob)
				defer x.quit()
				o := x.offer(1, content, nil)
				bob.wantFile("f1", wire.TransferOffered, "")
				bob.accepts("ann")
				settle()
				if m := heard[*peer1.Take](x); m == nil || m.File != o.File || m.From != 0 {
					t.Fatalf("bob asks for %+v", m)
				}
				x.stream(o.File, test.sent)
				bob.wantFile("f1", wire.TransferFailed, "deleted")
				if m := heard[*peer1.Stop](x); m == nil || m.File != o.File || m.Text != test.why {
					t.Errorf("ann was told %+v, want %q", m, test.why)
				}
				if m := heard[*peer1.Got](x); m != nil {
					t.Errorf("bob says that he has it: %+v", m)
				}
				bob.wantContents(nil)
			})
		})
	}
}

func TestOffersThatCantBeAreRefusedUnseen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		x := w.intrude(ann, bob)
		defer x.quit()
		for n, change := range []func(*peer1.Offer){
			func(o *peer1.Offer) { o.Size = 4<<30 + 1 },
			func(o *peer1.Offer) { o.Size = 1<<63 - 1 },
			func(o *peer1.Offer) { o.Size = -1 },
			func(o *peer1.Offer) { o.Size = -5 },
			func(o *peer1.Offer) { o.SHA256 = "" },
			func(o *peer1.Offer) { o.SHA256 = strings.ToUpper(o.SHA256) },
			func(o *peer1.Offer) { o.SHA256 += "00" },
		} {
			o := x.offer(n, []byte("x"), change)
			if m := heard[*peer1.Stop](x); m == nil || m.File != o.File || m.Text == "" {
				t.Errorf("%d: bob says %+v", n, m)
			}
		}
		if e := events[*wire.Transfer](bob); len(e) > 0 {
			t.Errorf("bob was asked: %+v", e)
		}
		x.offer(9, []byte("x"), func(o *peer1.Offer) { o.File = "../../etc" })
		select {
		case <-x.Done():
		default:
			t.Error("a transfer that is named so was taken")
		}
	})
}

func TestNamesOfFilesAreMadeSafe(t *testing.T) {
	for name, want := range map[string]string{
		"a.txt":                              "a.txt",
		"../../../etc/passwd":                "passwd",
		`..\..\windows\system32`:             "system32",
		"/etc/passwd":                        "passwd",
		`C:\x\y.txt`:                         "y.txt",
		"y.txt:stream":                       "y.txt_stream",
		"..":                                 "file",
		".":                                  "file",
		"":                                   "file",
		"a/..":                               "file",
		"a/":                                 "file",
		"...":                                "file",
		"   ":                                "file",
		".bashrc":                            "bashrc",
		". . .x":                             "x",
		"x. . .":                             "x",
		"a\x00b\nc\r\td\x1b[31m\x7f":         "abcd[31m",
		"invoice\u202Efdp.exe":               "invoicefdp.exe",
		"\u200b\ufeff\u2066.":                "file",
		"a\u2028b\u00a0c\u3000d":             "ab c d",
		`<>:"|?*`:                            "_______",
		"con":                                "_con",
		"NUL.tar.gz":                         "_NUL.tar.gz",
		"com1.txt":                           "_com1.txt",
		"LPT³":                               "_LPT³",
		"aux .txt":                           "_aux .txt",
		".con":                               "_con",
		"comb.txt":                           "comb.txt",
		"com10":                              "com10",
		"日本語.txt":                            "日本語.txt",
		strings.Repeat("é", 100):             strings.Repeat("é", 60),
		strings.Repeat("x", 300) + ".tar.gz": strings.Repeat("x", 117) + ".gz",
		strings.Repeat("é", 80) + ".gz":      strings.Repeat("é", 58) + ".gz",
		"x." + strings.Repeat("y", 300):      "x." + strings.Repeat("y", 118),
		strings.Repeat(".", 300) + "x":       "x",
		"a" + strings.Repeat(" ", 300) + "b": "a",
	} {
		t.Run(fmt.Sprintf("%.20q", name), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newHarness(t)
				defer w.end()
				ann, bob := companions(w)
				x := w.intrude(ann, bob)
				defer x.quit()
				content := []byte("content")
				o := x.offer(1, content, func(o *peer1.Offer) { o.Name = name })
				bob.wantFile(want, wire.TransferOffered, "")
				bob.accepts("ann")
				settle()
				x.stream(o.File, content)
				bob.wantFile(want, wire.TransferDone, "")
				bob.wantContents(map[string][]byte{want: content})
				if all, _ := filepath.Glob(filepath.Join(filepath.Dir(bob.downloads), "*")); len(all) != 1 {
					t.Errorf("beside the directory there is %v", all)
				}
			})
		})
	}
}

func TestStreamsThatNobodyWaitsForAreCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		x := w.intrude(ann, bob)
		defer x.quit()
		content := random(1000, 1)
		o := x.offer(1, content, nil)
		bob.accepts("ann")
		settle()
		var silent []*link.FileOut
		for range 4 { // as many as there may be
			s, err := x.OpenFile(context.Background(), let(x.Key))
			must(t, err)
			_, err = s.Write([]byte{1, 2})
			must(t, err)
			silent = append(silent, s)
		}
		wait(12 * time.Second)
		for _, s := range silent {
			if _, err := s.Write([]byte{3}); err == nil {
				t.Error("a stream that does not say what it is was not cancelled")
			}
		}
		x.stream(strings.Repeat("ab", 16), random(100, 2))
		x.stream(o.File, content)
		x.stream(o.File, content) // nobody waits for it any more
		bob.wantFile("f1", wire.TransferDone, "")
		bob.wantContents(map[string][]byte{"f1": content})
		if m := heard[*peer1.Got](x); m == nil || m.File != o.File {
			t.Errorf("ann was told %+v", m)
		}
	})
}

func TestWhoAsksForWhatIsNotOfferedIsToldSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		x := w.intrude(ann, bob)
		defer x.quit()
		bob.Do(wire.SendFile{To: "ann", File: give(t, "a.bin", random(1000, 1))})
		settle()
		mine := heard[*peer1.Offer](x)
		if mine == nil || mine.Name != "a.bin" || mine.Size != 1000 {
			t.Fatalf("bob offers %+v", mine)
		}
		theirs := x.offer(1, []byte("x"), nil)
		for _, id := range []string{strings.Repeat("ab", 16), theirs.File} {
			x.say(&peer1.Take{File: id})
			settle()
			if m := heard[*peer1.Stop](x); m == nil || m.File != id {
				t.Errorf("bob says %+v of %s", m, id)
			}
		}
		x.say(&peer1.Stop{File: strings.Repeat("cd", 16), Text: "?"})
		x.say(&peer1.Got{File: theirs.File})
		x.offer(2, []byte("y"), func(o *peer1.Offer) { o.File = mine.File })
		if m := heard[*peer1.Stop](x); m == nil || m.File != mine.File {
			t.Errorf("bob says %+v of another file with the number of his", m)
		}
		bob.wantFile("a.bin", wire.TransferOffered, "")
		bob.wantFile("f1", wire.TransferOffered, "")
		x.say(&peer1.Take{File: mine.File, From: 1001})
		settle()
		bob.wantFile("a.bin", wire.TransferFailed, "what is not in the file")
	})
}

func TestWhoHasNotHeardThatAFileIsThereIsToldAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t)
		defer w.end()
		ann, bob := companions(w)
		x := w.intrude(ann, bob)
		defer x.quit()
		content := []byte("content")
		o := x.offer(1, content, nil)
		bob.accepts("ann")
		settle()
		x.stream(o.File, content)
		refused := x.offer(2, content, nil)
		bob.Do(wire.Reject{Name: "ann"})
		settle()
		for range 2 {
			x.mu.Lock()
			x.said = nil
			x.mu.Unlock()
			x.say(o)
			x.say(refused)
			settle()
			if m := heard[*peer1.Got](x); m == nil || m.File != o.File {
				t.Errorf("ann was told %+v", m)
			}
			if m := heard[*peer1.Stop](x); m == nil || m.File != refused.File {
				t.Errorf("ann was told %+v", m)
			}
		}
		bob.wantContents(map[string][]byte{"f1": content})
	})
}
