package private_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"labchat/internal/archive"
	"labchat/internal/memnet"
	"labchat/internal/peer/private"
	"labchat/internal/wire"
)

const (
	// liarSteps is how many steps are made where nobody wishes for more, liarEach
	// how long one history is.
	liarSteps = 1_500
	liarEach  = 250
	// liarShows is after how many steps all that matters must have happened.
	liarShows = 20_000
	// archiveEvery is how many histories share one in which ann's disk is a real one.
	archiveEvery = 8
	// idleSteps is after how many steps a puppet's program ends that was not needed.
	idleSteps = 8
)

// annServer is the address that ann's person asks for.
const annServer = "server.example:1300"

var annAt = netip.MustParseAddrPort("10.0.0.2:4000")

// TestALineReachesWhoItWasTypedForOrNobodyWhateverTheServerSays makes so many steps
// as LABCHAT_GATE_STEPS says, or as there is time for in LABCHAT_GATE_TIME, from
// seeds that count up from LABCHAT_GATE_SEED. Without a wish they are the same each
// time; with a time alone they are new ones.
func TestALineReachesWhoItWasTypedForOrNobodyWhateverTheServerSays(t *testing.T) {
	seed, steps, until := liarWishes(t)
	dir := scratch(t)
	began, made, tally := time.Now(), 0, map[string]int{}
	for ; made < steps && time.Now().Before(until); seed++ {
		h := liveUnderALiar(t, dir, seed, min(liarEach, steps-made), tally)
		made += h.steps
		if b := h.broken; b != nil {
			t.Fatalf("seed %d: %s: %s\n%s", seed, b.kind, b.text, h.told())
		}
	}
	t.Logf("%d steps in %v, up to seed %d: %v", made, time.Since(began).Round(time.Millisecond), seed-1, tally)
	for _, what := range mustHappen {
		if made >= liarShows && tally[what] == 0 {
			t.Errorf("nothing was seen of this: %s", what)
		}
	}
}

// mustHappen is what happens in liarShows steps, or else they show nothing.
var mustHappen = []string{
	"a line in plain text", "a line by direct", "a line by relay", "a line by inbox", "the offer of a file",
	"a line to ann by direct", "a line to ann by relay", "a line to ann by inbox",
	"a key that is new", "a key that is known", "a key that is changed", "a key that is verified", "a key that is rejected", "a key that is withdrawn",
}

// liarWishes reads how much is wanted.
func liarWishes(t *testing.T) (seed uint64, steps int, until time.Time) {
	t.Helper()
	seed, steps, until = 1, liarSteps, time.Now().Add(24*time.Hour)
	var err error
	if s := os.Getenv("LABCHAT_GATE_SEED"); s != "" {
		seed, err = strconv.ParseUint(s, 10, 64)
		must(t, err)
	}
	if s := os.Getenv("LABCHAT_GATE_STEPS"); s != "" {
		steps, err = strconv.Atoi(s)
		must(t, err)
	}
	if s := os.Getenv("LABCHAT_GATE_TIME"); s != "" {
		d, err := time.ParseDuration(s)
		must(t, err)
		steps, until = 1<<40, time.Now().Add(d)
		if os.Getenv("LABCHAT_GATE_SEED") == "" {
			seed = rand.Uint64N(1 << 40)
		}
	}
	return seed, steps, until
}

// history is a life of ann's program with a server that lies.
type history struct {
	t       *testing.T
	r       *rand.Rand
	seed    uint64
	net     *memnet.Packets
	dir     string
	disk    private.Store
	archive *archive.Archive // the disk, or nil: it is in memory, and knows one server only
	ann     *program         // nil: not running
	puppets []*puppet
	people  map[string]*citizen // by name
	stolen  *puppet             // a device of bob's that somebody else may have
	oracle  *oracle
	steps   int
	texts   int
	trace   []string
	tally   map[string]int // what has happened, so that a test that sees nothing is seen
	broken  *fault

	honesty float64              // how often the server says the truth
	hides   bool                 // ann's person tells nobody the address
	direct  bool                 // there are direct ways
	toldKey map[string]string    // by folded name: the key that the server has told last
	agreed  map[string]time.Time // by folded name: when ann's program called or answered last
	silent  map[string]bool      // calls that are not passed on
	repeats map[string]int       // how often a call was passed on

	unsent []*wire.Receipt // lines that the server has read, and does not acknowledge

	ownShown string // print of the own device whose number was shown last

	mu       sync.Mutex
	open     []question      // of ann's program
	passed   []*wire.Receipt // lines that the server can read, and has not acknowledged
	calls    []knock
	mail     []letterTo
	annKey   string          // that ann's program has now
	own      map[string]bool // the prints of all that it has had
	annStock []wire.Prekey
	routes   map[string]*puppet // by folded name
	away     bool               // the puppets are told that ann is
	cutOff   bool               // nothing is relayed
	clients  map[wire.ClientID]string
	seen     []seen
	screen   []wire.Event
}

// seen is what came out of ann's program.
type seen struct {
	what sight
	by   *puppet // who has seen it; sealed: whose key it is for
	name string  // what by is called, or whom it is for
	text string
	way  wire.Way
}

type sight int

const (
	sawPlain       sight = iota // a line that the server can read
	sawLine                     // a line at a puppet
	sawFile                     // the offer of a file
	sawSealed                   // a sealed line
	sawTyping                   // that ann writes
	sawTypingPlain              // the same, at the server
	sawReceipt                  // that a line has come to ann, or was read
	sawLink                     // a link
	sawAddress                  // ann's address, at the server
	sawVouched                  // a signature for an own device
)

// observe notes something. h.mu is held.
func (h *history) observe(s seen) { h.seen = append(h.seen, s) }

// liveUnderALiar lives through one history until a promise is broken.
func liveUnderALiar(t *testing.T, dir string, seed uint64, steps int, tally map[string]int) *history {
	t.Helper()
	var h *history
	dir = filepath.Join(dir, strconv.FormatUint(seed, 10))
	must(t, os.Mkdir(dir, 0o700))
	defer func() { must(t, os.RemoveAll(dir)) }()
	synctest.Test(t, func(t *testing.T) {
		h = &history{
			t: t, r: rand.New(rand.NewPCG(seed, 0)), net: memnet.NewPackets(), dir: dir, tally: tally,
			seed: seed, toldKey: map[string]string{}, agreed: map[string]time.Time{}, silent: map[string]bool{}, repeats: map[string]int{}, own: map[string]bool{},
			routes: map[string]*puppet{}, clients: map[wire.ClientID]string{},
		}
		h.oracle = newOracle(h)
		h.direct, h.hides = h.r.IntN(4) > 0, h.r.IntN(6) == 0
		h.disk = newMemory("ann")
		if seed%archiveEvery == 0 {
			h.openArchive()
			defer func() { must(t, h.archive.Close()) }()
		}
		h.populate()
		for _, p := range h.puppets {
			p.print = wire.DevicePrint(p.key)
		}
		h.stolen = h.puppets[2]
		h.honesty = 1
		h.startAnn()
		h.connect(trueNode, features, online)
		h.settle(time.Second)
		for h.steps < steps && h.broken == nil {
			h.step()
		}
		h.stopAnn()
		for _, p := range h.puppets {
			p.stop()
		}
	})
	return h
}

// told is how a history came to where it is.
func (h *history) told() string {
	const lines = 150
	return strings.Join(h.trace[max(0, len(h.trace)-lines):], "\n")
}

// openArchive gives ann a real disk.
func (h *history) openArchive() {
	a, err := archive.Open(filepath.Join(h.dir, "ann"))
	must(h.t, err)
	h.archive, h.disk = a, a
	must(h.t, a.Home(annServer, ""))
}

// scratch is a directory in memory where there is one: the model is not about
// the speed of disks.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "labchat-liar-") //nolint:usetesting // t.TempDir is on a disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// step has one thing happen, and looks at what comes of it.
func (h *history) step() {
	h.steps++
	if h.steps%16 == 1 {
		h.honesty = pick(h.r, []float64{1, 1, 0.7, 0.4, 0})
		h.mu.Lock()
		h.cutOff, h.away = h.r.IntN(8) == 0, h.r.IntN(4) == 0
		h.mu.Unlock()
	}
	var what string
	at := len(h.trace)
	switch n := h.r.IntN(20); {
	case n < 11:
		what = h.does()
	case n < 13:
		what = h.change()
	case n < 13+int(7*(1-h.honesty)):
		what = h.unasked()
	default:
		what = "time passes"
	}
	h.trace = append(h.trace[:at], append([]string{fmt.Sprintf("%3d (honesty %.1f) %s", h.steps, h.honesty, what)}, h.trace[at:]...)...)
	h.settle(pick(h.r, []time.Duration{50 * time.Millisecond, 50 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond, 200 * time.Millisecond, time.Second, time.Second, 4 * time.Second, 4 * time.Second, 20 * time.Second}))
	h.oracle.judge()
	for _, p := range h.puppets {
		if p.run != nil && h.steps-p.acted > idleSteps {
			p.stop()
		}
	}
	if h.broken != nil {
		h.trace = append(h.trace, "    "+h.broken.text)
	}
}

// settle lets time pass, in which questions are answered.
func (h *history) settle(d time.Duration) {
	const rounds = 30
	h.answerAll(rounds)
	<-time.After(d)
	h.answerAll(rounds)
	h.rest()
}

func (h *history) answerAll(rounds int) {
	for range rounds {
		synctest.Wait()
		if !h.serve() {
			return
		}
		h.rest()
	}
}

// startAnn starts ann's program.
func (h *history) startAnn() {
	h.mu.Lock()
	h.open, h.passed = nil, nil
	h.mu.Unlock()
	var run *program
	d := newDesk("ann", h.asked, func(r *wire.Receipt) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.observe(seen{what: sawPlain, name: r.To, text: r.Text})
		h.passed = append(h.passed, r)
	})
	run = h.launch(h.disk, annAt, d, "ann", h.hides, func(events []wire.Event) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.screen = append(h.screen, events...)
	})
	h.mu.Lock()
	h.ann = run
	h.mu.Unlock()
}

func (h *history) stopAnn() {
	h.ann.quit()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.annStock, h.unsent = nil, nil
}

// ownKey is the key of ann's program under the name that it has now.
func (h *history) ownKey() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.annKey
}

// isOwn reports whether a key is one of ann's program's.
func (h *history) isOwn(key string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.own[key]
}

func (h *history) annName() string {
	name, _ := h.ann.desk.called()
	return name
}

// asked takes what ann's program asks of the server.
func (h *history) asked(q question) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch r := q.r.(type) {
	case wire.Relay:
		if p := h.routes[wire.Fold(r.To)]; p != nil && p.run != nil && !h.cutOff {
			p.run.desk.say(&wire.Relayed{From: h.annName(), Data: r.Data})
		}
		return
	case wire.Seal:
		i := h.holder(r.Device)
		if i == nil {
			break
		}
		h.observe(seen{what: sawSealed, by: i, name: r.To, text: h.textOf(r.Client), way: wire.WayInbox})
	case wire.UDP:
		h.annKey, h.own[wire.DevicePrint(r.Key)] = r.Key, true
	case wire.Punch:
		if len(r.Local) > 0 || !r.Relay {
			h.observe(seen{what: sawAddress, name: r.To})
		}
		h.agreed[wire.Fold(r.To)] = time.Now()
	case wire.Typing:
		h.observe(seen{what: sawTypingPlain, name: r.To})
	case wire.Endorse:
		h.observe(seen{what: sawVouched, text: wire.DevicePrint(r.Key)})
	default:
	}
	h.open = append(h.open, q)
}

// textOf is the line that a sealed copy is of, whose id begins with the line's. h.mu
// is held.
func (h *history) textOf(copied wire.ClientID) string {
	for id, text := range h.clients {
		if strings.HasPrefix(string(copied), string(id)) {
			return text
		}
	}
	return ""
}

func (h *history) route(name string, p *puppet) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.routes[wire.Fold(name)] = p
}

func (h *history) routeTo(name string) *puppet {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.routes[wire.Fold(name)]
}
