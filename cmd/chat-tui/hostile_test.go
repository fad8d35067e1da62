package main

import (
	"bufio"
	"net"
	"os"
	"path/filepath"
	"testing"

	"labchat/cmd/internal/conf"
	"labchat/internal/hostile"
)

// answering is a service on this machine that answers the first line, or
// greeting, of each who asks with words.
func answering(t *testing.T, words string) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(c).ReadByte()
			c.Write([]byte(words))
			c.Close()
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-served
	})
	return ln.Addr().String()
}

// TestAskPrintsNothingThatATerminalObeys asks services whose answers are
// hostile: as an answer or within a failure, they come out clean.
func TestAskPrintsNothingThatATerminalObeys(t *testing.T) {
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	for _, word := range hostile.Words() {
		for _, answer := range []string{word + "\r\n", "7" + word + "\n", "error " + word + "\n", "= 7 " + word + "\r\n"} {
			for _, dialect := range []string{"sum", "arith", "arith-hello"} {
				what := []string{"ask", answering(t, answer), "calc", "--dialect", dialect, "3+4"}
				if dialect == "sum" {
					what = []string{"ask", answering(t, answer), "sum", "3+4"}
				}
				out, err := os.Create(filepath.Join(t.TempDir(), "out"))
				if err != nil {
					t.Fatal(err)
				}
				p := commandLine()
				failure := p.Run(t.Context(), what, conf.Streams{In: os.Stdin, Out: out, Err: out})
				if failure != nil {
					out.WriteString(p.Clean(failure.Error()))
				}
				printed, err := os.ReadFile(out.Name())
				if err != nil {
					t.Fatal(err)
				}
				out.Close()
				if got := hostile.Obeyed(string(printed)); got != "" || len(printed) == 0 {
					t.Errorf("%s answers %q: %q is printed in %q", dialect, answer, got, printed)
				}
			}
		}
	}
}
