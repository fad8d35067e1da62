package server

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// netnsEnv is set in the process that has a network of its own.
const netnsEnv = "LABCHAT_TEST_NETNS"

// ownNetwork runs the calling test in a network of its own, which has the
// loopback interface only and sends multicast there: nothing leaves the
// machine. It returns in that network's process only.
func ownNetwork(t *testing.T) (inside bool) {
	t.Helper()
	if os.Getenv(netnsEnv) != "" {
		return true
	}
	ip, err := exec.LookPath("ip")
	if err != nil {
		t.Skip("needs the program ip to route multicast to the loopback interface")
	}
	script := ip + " link set lo up && " + ip + " route add 224.0.0.0/4 dev lo src 127.0.0.1 && exec \"$0\" \"$@\""
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", script, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), netnsEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case strings.Contains(string(out), "--- PASS: "+t.Name()):
	case strings.Contains(string(out), "--- FAIL: ") || strings.Contains(string(out), "panic:"):
		t.Fatalf("in a network of its own: %s", out)
	default:
		t.Skipf("a network of its own can't be had: %v: %s", err, out)
	}
	return false
}

func TestARoomAndItsMulticastGroupHearEachOtherOnce(t *testing.T) {
	if !ownNetwork(t) {
		return
	}
	bridged := func(cfg *Config) { cfg.Host, cfg.BridgeMulticast = "0.0.0.0", true }
	t.Run("at once", func(t *testing.T) {
		h := start(t, withRegistry, bridged)
		makeGroup(t, h)
		talkInGroup(t, h)
	})
	t.Run("after a restart", func(t *testing.T) {
		onDisk := func(dir string) option { return func(cfg *Config) { cfg.Data = dir } }
		dir := t.TempDir()
		h := start(t, withRegistry, bridged, onDisk(dir))
		makeGroup(t, h)
		h.end(t)
		talkInGroup(t, start(t, withRegistry, bridged, onDisk(dir)))
	})
}

func makeGroup(t *testing.T, h *harness) {
	t.Helper()
	_, port, _ := net.SplitHostPort(h.registry)
	anna := newUDPClient(t, "", net.JoinHostPort(loopback, port))
	anna.ask("CGR:g_239.1.2.3_5007", "GCR:g")
	anna.ask("GAC:g", "GRI:239.1.2.3_5007")
}

func talkInGroup(t *testing.T, h *harness) {
	t.Helper()
	group := netip.MustParseAddrPort("239.1.2.3:5007")
	member, err := net.ListenMulticastUDP("udp4", nil, net.UDPAddrFromAddrPort(group))
	if err != nil {
		t.Fatal(err)
	}
	defer member.Close()
	says := func(text string) {
		if _, err := member.WriteToUDPAddrPort([]byte(text), group); err != nil {
			t.Fatal(err)
		}
	}
	hears := func(want string) {
		t.Helper()
		b := make([]byte, longest)
		member.SetReadDeadline(time.Now().Add(3 * patience))
		n, err := member.Read(b)
		if err != nil || string(b[:n]) != want {
			t.Fatalf("the group heard %q, %v; want %q", b[:n], err, want)
		}
	}
	nora := h.peer(t)
	nora.hello("nora")
	nora.send(`{"type":"join","id":"j","room":"g"}` + "\n")
	nora.want(`"type":"entered"`)
	say := func(text string) { nora.send(`{"type":"say","id":"s","room":"g","text":"` + text + `"}` + "\n") }
	says("MSG:Hey there I am anna\n")
	hears("MSG:Hey there I am anna\n") // its own, as in the original
	if got := nora.want(`"type":"said"`); !strings.Contains(got, `"from":"~anna@127.0.0.1"`) {
		t.Errorf("the room heard %s", got)
	}
	say("hello: all")
	hears("MSG:nora> hello\u2236 all\n")
	says("MSG:Hey there I am anna\n") // somebody has asked
	hears("MSG:Hey there I am anna\n")
	says("MSG:and a line\n")
	hears("MSG:and a line\n")
	for {
		got := nora.line()
		if !strings.Contains(got, `"type":"said"`) {
			continue
		}
		if !strings.Contains(got, `"text":"and a line"`) || !strings.Contains(got, `"from":"~anna@127.0.0.1"`) {
			t.Errorf("the room heard %s, want the member's second line", got)
		}
		break
	}
	say("bye")
	hears("MSG:nora> bye\n")
}

func TestAGroupThatCanNotBeJoinedIsAGroupAllTheSame(t *testing.T) {
	if !ownNetwork(t) {
		return
	}
	h := start(t, withRegistry, func(cfg *Config) { cfg.Host, cfg.BridgeMulticast = "0.0.0.0", true })
	_, port, _ := net.SplitHostPort(h.registry)
	anna := newUDPClient(t, "", net.JoinHostPort(loopback, port))
	anna.ask("CGR:low_239.1.2.3_80", "GCR:low")
	anna.ask("CGR:own_224.0.0.5_5007", "GCR:own")
	anna.ask("GAC:own", "GRI:224.0.0.5_5007")
	for i := range 34 { // two more than the registry joins
		name := "g" + strings.Repeat("x", i%10) + strings.Repeat("y", i/10)
		group := netip.AddrFrom4([4]byte{239, 1, 1, byte(i)}).String()
		anna.persist("CGR:"+name+"_"+group+"_5007", "GCR:"+name)
	}
}
