package histories_test

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"time"

	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/wire"
)

const password = "sesame-of-everybody"

// device is a program of a person with its profile. It is used by the model's
// goroutine, but for what learn does.
type device struct {
	w       *harness
	name    string // of the device
	account string // "" for a guest
	as      string // the name that it asks for at its next start
	network *network

	// Of the run at hand, nil between two.
	session *client.Session
	archive *archive.Archive
	disk    *disk
	screen  *screen
	stop    context.CancelFunc
	done    chan error
	ran     chan struct{}      // closed when the screen has read everything
	since   map[string]wire.ID // the mark of each room when the run began

	rooms   map[string]*membership // by folded name. Under screen.mu
	pending map[string]asked       // questions whose answer tells the model something. Under screen.mu
	typed   []*typed               // those that are not settled, oldest first
	newest  map[string]logged      // the line of each name that was found at the server last
	said    int
	broke   bool // a run died, or its disk had not got all, since a guest came in last: its token may be lost
}

// asked is a question that changes what the person may have.
type asked struct {
	what, room string
}

// typed is a line that a person has typed.
type typed struct {
	client       wire.ClientID
	room, to, as string
	text         string
	state        wire.ReceiptState // the last that was seen
	unsure       bool              // a receipt says that it may have been said
	again        bool              // it was maybe refused, and goes out again in another run
	found        bool              // it is at the server
	onDisk       bool              // the disk has it
	settled      wire.ReceiptState // on disk
	mayBeLost    bool              // it was never on disk before the process died
	unnoted      bool              // the disk took nothing when the process died, so maybe not that it had gone out either
}

// strangers knows no server's key: the model is about lines.
type strangers struct{}

func (strangers) Key(string) (string, bool, error) { return "", false, nil }
func (strangers) Add(string, string) error         { return nil }
func (strangers) Set(string, string) error         { return nil }
func (strangers) Forget(string) error              { return nil }
func (strangers) String() string                   { return "nowhere" }

const serverAddress = "127.0.0.1:1300"

func (d *device) runs() bool { return d.session != nil }

// start begins a run.
func (d *device) start() {
	var err error
	if d.archive, err = archive.Open(filepath.Join(d.w.dir, d.name)); err != nil {
		d.w.fail("%s does not open its profile: %v", d.name, err)
	}
	if err := d.archive.Home(serverAddress, ""); err != nil {
		d.w.fail("%s: %v", d.name, err)
	}
	d.screen = newScreen(d.learn)
	screen := d.screen
	d.disk = newDisk(d.archive, func() {
		screen.end()
		d.network.setDown(true)
	})
	d.pending = map[string]asked{}
	d.recall()
	id := client.Identity{Mode: client.ModeGuest, Name: d.as}
	if d.account != "" {
		id = client.Identity{Mode: client.ModeLogin, Name: d.account, Password: password}
	}
	d.session = client.New(client.Config{
		Server: serverAddress, Dialect: client.DialectChat1, Identity: id,
		Store: d.disk, Known: strangers{}, Dial: d.network.dial, Program: "histories",
	})
	ctx, stop := context.WithCancel(context.Background())
	d.stop, d.done, d.ran = stop, make(chan error, 1), make(chan struct{})
	session, done, ran := d.session, d.done, d.ran
	go func() {
		defer close(done) // for whoever ends the history in the middle of an end
		done <- session.Run(ctx)
	}()
	go func() {
		defer close(ran)
		screen.read(session.Events())
	}()
}

// sentAway reports whether the run has ended because its name was refused: a guest's
// name is kept for who has its token, and a disk that takes nothing has not got
// the newest one.
func (d *device) sentAway() bool {
	if d.account != "" || !d.broke {
		return false
	}
	d.screen.mu.Lock()
	defer d.screen.mu.Unlock()
	return d.screen.state == wire.StateEnded && d.screen.why == wire.CodeNameTaken
}

// keptFor is how long the server keeps the name of a guest whose connection broke.
const keptFor = 2 * time.Minute

// tryAgain does what a person does who was sent away: it comes back later.
func (d *device) tryAgain() {
	if d.runs() && !d.disk.isDead() && d.sentAway() {
		d.w.note("%s was sent away, and comes back", d.name)
		d.end()
		d.w.pass(keptFor)
		d.start()
	}
}

// recall compares what the profile says that it was in with what is known.
func (d *device) recall() {
	joined := d.archive.Joined()
	d.since = map[string]wire.ID{}
	for _, room := range joined {
		d.since[wire.Fold(room)] = d.archive.LastSeen(room)
		m := d.member(room)
		if !m.in { // the process has died before anybody was told
			if len(m.stays) > 0 && !m.mayForget {
				d.w.fail("%s has left %s, and is in it again", d.name, room)
			}
			m.in, m.floor, m.stays = true, 0, append(m.stays, stay{after: d.archive.LastSeen(room), open: true})
		}
		m.unmarked = d.archive.LastSeen(room) == 0
	}
	for key, m := range d.rooms {
		if m.in && !slices.ContainsFunc(joined, func(r string) bool { return wire.Fold(r) == key }) {
			log := d.w.host.ledger.read(m.room, math.MaxUint64)
			if !m.mayForget && log.ends == m.ends {
				d.w.fail("%s was in %s, and has forgotten it", d.name, key)
			}
			upTo := max(m.upTo, log.gone)
			if m.mayForget {
				upTo = min(upTo, d.archive.LastSeen(m.room)) // the disk knows of no more
			}
			m.leave(upTo)
		}
		m.mayForget = false
	}
}

// end ends the run, cleanly or not. What was only in memory is gone.
func (d *device) end() {
	d.screen.pause(false)
	d.network.hold(false)
	away := d.sentAway()
	d.stop()
	<-d.ran
	if err := <-d.done; err != nil && !away && !d.disk.isDead() {
		d.w.fail("the session of %s has ended: %v", d.name, err)
	}
	dead, dirty := d.disk.state()
	d.broke = dead || dirty || away
	for _, m := range d.rooms {
		if one := d.screen.rooms[wire.Fold(m.room)]; one != nil {
			m.upTo = max(m.upTo, one.top)
		}
		m.mayForget = m.mayForget || dirty || m.asking(d)
	}
	d.settleTyped()
	for _, t := range d.typed {
		t.mayBeLost = t.mayBeLost || !t.onDisk && (dead || dirty)
		t.unnoted = t.unnoted || dirty && !d.disk.inDoubt(t.client)
		if dirty && t.settled == "" { // what has become of it is not on disk, and the next run tries again
			t.again = true
			if t.state == wire.ReceiptFailed {
				t.state = ""
			}
		}
	}
	d.complaints()
	if err := d.archive.Close(); err != nil {
		d.w.fail("%s: %v", d.name, err)
	}
	d.session, d.archive, d.disk, d.screen = nil, nil, nil, nil
	d.network.heal()
}

// settleTyped notes how far the lines have come.
func (d *device) settleTyped() {
	d.screen.mu.Lock()
	defer d.screen.mu.Unlock()
	for _, t := range d.typed {
		if s, known := d.screen.states[t.client]; known {
			t.state, t.as, t.unsure = s, d.screen.typedAs[t.client], d.screen.unsure[t.client]
		}
		if as, is := d.disk.wasQueued(t.client); is {
			t.onDisk, t.as = true, cmp.Or(t.as, as)
		}
		t.settled = cmp.Or(t.settled, d.disk.settledAs(t.client))
	}
}

// complaints fails the test for what should never have come out.
func (d *device) complaints() {
	d.screen.mu.Lock()
	wrong := d.screen.wrong
	d.screen.mu.Unlock()
	if len(wrong) > 0 {
		d.w.fail("%s: %s", d.name, wrong[0])
	}
}

// say types a line.
func (d *device) say(room, to string, size int) {
	d.said++
	t := &typed{room: room, to: to, text: padded(fmt.Sprintf("%s %d", d.name, d.said), size)}
	if to != "" {
		t.client = d.session.Whisper(to, t.text, false)
	} else {
		t.client = d.session.Say(room, t.text, false)
	}
	d.typed = append(d.typed, t)
}

// ask asks something whose answer the model wants to see.
func (d *device) ask(what, room string, r wire.Request) {
	d.screen.mu.Lock()
	defer d.screen.mu.Unlock()
	d.pending[d.session.Do(r)] = asked{what, room}
}
