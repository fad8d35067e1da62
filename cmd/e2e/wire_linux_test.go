package e2e_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"labchat/internal/netlab"
)

// Names and texts that nobody else would come by, so that they can be looked for.
const (
	quiet, listener = "quetzalcoatl-7391", "nebuchadnezzar-4826"
	question        = "does the ocelot of Xochimilco still sleep under the jacaranda?"
	answer          = "only while the axolotl Popocatepetl watches over the obsidian."
	fileName        = "codex-of-the-feathered-jaguar.bin"
	public          = "the Tlatelolco market opens at the hour of the hummingbird"
)

// TestNothingOfAPrivateConversationIsOnTheWire captures all that two people and
// their server send while they talk and one sends a file.
func TestNothingOfAPrivateConversationIsOnTheWire(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stage  func(t *testing.T, args ...string) (s *netHarness, ann, ben *netlab.Host)
		device string
		way    string
		args   []string // of both clients
	}{
		{"one host", oneHost, netlab.Loopback, "direct", nil},
		{"two hosts", twoHosts, netlab.Wire, "direct", nil},
		{"two hosts, by relay", twoHosts, netlab.Wire, "relay", []string{"--hide-address"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, a, b := tt.stage(t)
			captures := []*netlab.Capture{a.Capture(tt.device)}
			if a != b {
				captures = append(captures, b.Capture(tt.device), s.host.Capture(tt.device))
			}
			ann, ben := s.account(a, quiet, tt.args...), s.account(b, listener, tt.args...)
			ann.meets(ben, question)
			ben.types("@" + quiet + ": " + answer)
			ann.hears(answer)
			ann.way(ben, tt.way)
			ben.way(ann, tt.way)
			file := ann.sends(ben)
			ann.leaves()
			ben.leaves()
			secrets := windowsOf(quiet, listener, passwordOf(quiet), question, answer, fileName, string(file))
			for i, c := range captures {
				pcap := c.Stop()
				for _, text := range secrets.in(pcap) {
					t.Errorf("capture %d holds %s", i, text)
				}
				if passes := tt.way == "relay" || i < 2; passes && len(pcap) < len(file) {
					t.Errorf("capture %d has %d bytes, less than the file", i, len(pcap))
				}
			}
		})
	}
}

// TestWhatIsNotEncryptedIsFoundOnTheWire shows that the search of the test above
// would find something.
func TestWhatIsNotEncryptedIsFoundOnTheWire(t *testing.T) {
	s, a, _ := oneHost(t, "--tls", "off")
	capture := a.Capture(netlab.Loopback)
	named := []string{"--dialect", "chat1"} // nobody is spoken to in plain text unasked
	ann, ben := s.account(a, quiet, named...), s.person(a, listener, append(named, "--guest")...)
	ann.types(public)
	ben.until("a line in the room", func(o object) bool { return o.Type == "said" && o.Text == public })
	pcap := capture.Stop()
	for _, text := range []string{quiet, listener, passwordOf(quiet), public} {
		if len(windowsOf(text).in(pcap)) == 0 {
			t.Errorf("%q is not in the capture", text)
		}
	}
}

// oneHost has everybody on one host, which they reach by loopback.
func oneHost(t *testing.T, args ...string) (s *netHarness, ann, ben *netlab.Host) {
	t.Helper()
	lab := netlab.New(t)
	s = &netHarness{Lab: lab, t: t, host: lab.Host("host"), dir: t.TempDir()}
	s.serve(append([]string{"--registry-port", "0"}, args...)...)
	return s, s.host, s.host
}

func twoHosts(t *testing.T, args ...string) (s *netHarness, ann, ben *netlab.Host) {
	t.Helper()
	s = newNetHarness(t, args...)
	return s, s.Host("ann"), s.Host("ben")
}

// sends has somebody send a file of random bytes, which the other side accepts.
func (p *person) sends(to *person) []byte {
	p.t.Helper()
	data := make([]byte, 256<<10)
	_, _ = rand.Read(data) // never fails
	file := filepath.Join(p.cmd.Dir, fileName)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.types("/msg "+to.name, "/send "+file)
	to.until("an offered file", func(o object) bool { return o.Type == "transfer" && o.State == "offered" })
	to.types("/accept " + p.name)
	done := func(o object) bool { return o.Type == "transfer" && o.State == "done" }
	p.until("a file that has arrived", done)
	got, err := os.ReadFile(to.until("the file", done).File)
	if err != nil || !bytes.Equal(got, data) {
		p.t.Fatalf("the file arrived as %d bytes, want the %d that were sent: %v", len(got), len(data), err)
	}
	return data
}

// window is how many bytes in a row give a secret away.
const window = 12

// windows are the pieces of secrets, as long as a window, wherever they begin.
type windows map[[window]byte]bool

func windowsOf(secrets ...string) windows {
	all := make(windows)
	for _, s := range secrets {
		for i := range len(s) - window + 1 {
			all[[window]byte([]byte(s[i:]))] = true
		}
	}
	return all
}

// in returns the pieces that data holds, some of them if there are many.
func (w windows) in(data []byte) []string {
	const enough = 5
	var found []string
	for i := 0; i+window <= len(data) && len(found) < enough; i++ {
		if w[[window]byte(data[i:])] {
			found = append(found, fmt.Sprintf("%q at %d", data[i:i+window], i))
		}
	}
	return found
}
