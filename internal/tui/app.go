package tui

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"labchat/internal/tui/tty"
)

// An app is the Model as the terminal library wants it. It translates keys and
// starts jobs, and waits for them in the end.
type app struct {
	model *Model
	ctx   context.Context //nolint:containedctx // that of Run, for the jobs that Update starts
	send  func(tea.Msg)
	input *tty.Input // nil where keys do not come from a file
	out   io.Writer
	job   *tty.Job
	jobs  sync.WaitGroup
	// broken is the first panic of Update or View. The library must not see
	// one: it would close its input while it is being read.
	broken error
}

// Init starts the first jobs. The terminal is raw, and nobody reads yet.
func (a *app) Init() tea.Cmd {
	a.model.moment.guard.ahead = a.input != nil && a.input.Raw()
	return a.start(a.model.Init())
}

// Update hands the message to the Model.
func (a *app) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	if a.broken != nil {
		return a, tea.Quit
	}
	if s, ok := msg.(suspension); ok {
		return a, s.command()
	}
	defer a.guard(func() { m, cmd = a, tea.Quit })
	return a, a.start(a.model.Update(a.translate(msg)))
}

// View returns the Model's frame.
func (a *app) View() string {
	if a.broken != nil {
		return ""
	}
	defer a.guard(func() { a.jobs.Go(func() { a.send(tea.Quit()) }) })
	return a.model.View()
}

// guard turns a panic into an end that Run returns as its error.
func (a *app) guard(quit func()) {
	if r := recover(); r != nil {
		a.broken = fmt.Errorf("a fault of this program, please report it: %v\n\n%s", r, debug.Stack())
		quit()
	}
}

// translate makes our messages of the library's.
func (a *app) translate(msg tea.Msg) any {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return sized{msg.Width, msg.Height}
	case tea.KeyMsg:
		if msg.Paste && a.input != nil {
			return key{text: a.input.Paste(), paste: true}
		}
		return keyOf(msg)
	default:
		return msg
	}
}

// keyOf names a key press. A paste is text whatever is in it. Esc pressed twice
// in a moment is Esc: the library calls that Alt and Esc.
func keyOf(msg tea.KeyMsg) key {
	switch {
	case msg.Type == tea.KeyEsc:
		return key{name: "esc"}
	case msg.Paste:
		return key{text: string(msg.Runes), paste: true}
	case (msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace) && !msg.Alt:
		return key{text: string(msg.Runes)}
	case msg.Type == tea.KeyRunes || msg.Type == tea.KeySpace:
		return key{name: strings.ToLower(msg.String()), letter: string(msg.Runes)}
	default:
		return key{name: strings.ToLower(msg.String())}
	}
}

// start begins jobs, each in a goroutine that wait waits for, and returns what
// only the library can do.
func (a *app) start(jobs []job) tea.Cmd {
	var cmds []tea.Cmd
	for _, j := range jobs {
		switch {
		case j.order == orderQuit:
			cmds = append(cmds, tea.Quit)
		case j.order == orderRedraw:
			cmds = append(cmds, tea.ClearScreen)
		case j.order == orderSuspend:
			cmds = append(cmds, suspension{stop: func() bool { return a.stop(true) }}.command())
		case j.order == orderAsk:
			a.jobs.Go(a.ask)
		case j.listen != nil:
			a.jobs.Go(func() { a.listen(j.listen) })
		default:
			a.jobs.Go(func() { a.do(j) })
		}
	}
	return tea.Batch(cmds...)
}

// A suspension gives the terminal back, stops the program, and takes the terminal
// again. The library waits for it as for another program on its screen.
type suspension struct {
	// stop returns when the program goes on, and whether it was stopped. nil:
	// it was stopped without being asked, and the terminal is to be repaired.
	stop func() bool
}

func (s suspension) command() tea.Cmd {
	stopped := true
	run := standstill(func() {
		if s.stop != nil {
			stopped = s.stop()
		}
	})
	return tea.Exec(run, func(err error) tea.Msg {
		if err != nil {
			return tea.Quit() // the terminal can't be had any more
		}
		return resumed{stopped}
	})
}

// A standstill is a tea.ExecCommand that is no program.
type standstill func()

// Run stands still.
func (s standstill) Run() error { s(); return nil }

// SetStdin does nothing: a standstill has no streams.
func (standstill) SetStdin(io.Reader) {}

// SetStdout does nothing.
func (standstill) SetStdout(io.Writer) {}

// SetStderr does nothing.
func (standstill) SetStderr(io.Writer) {}

// watch has the program suspended when others want it, and the terminal
// repaired when it was stopped without a word.
func (a *app) watch() {
	a.job.Watch(a.ctx,
		func() { a.send(suspension{stop: func() bool { return a.stop(false) }}) },
		func() { a.send(suspension{}) })
}

// stop stops the program, and returns when it goes on. What was typed meanwhile
// is of a terminal that was not raw.
func (a *app) stop(asked bool) bool {
	stopped := a.job.Stop(asked)
	if a.input != nil {
		a.input.Raw()
	}
	return stopped
}

// ask writes the question for the background. The library writes to the same
// file: a write is never cut by another. The terminal is raw since Init, so the
// answer is not echoed.
func (a *app) ask() {
	if a.input == nil {
		return // nobody would read the answer
	}
	if _, err := io.WriteString(a.out, tty.Question(os.Getenv)); err != nil {
		a.send(tea.Quit()) // nothing can be shown any more
	}
}

// do waits and works, and sends what came of it. A panic becomes one of
// Update's, after which the terminal is restored.
func (a *app) do(j job) {
	defer a.rescue()
	if j.after > 0 {
		timer := time.NewTimer(j.after)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-a.ctx.Done():
			return
		}
	}
	a.send(j.do(a.ctx))
}

// listen sends what a session says until it says nothing more.
func (a *app) listen(s Session) {
	defer a.rescue()
	for {
		select {
		case events, ok := <-s.Events():
			if !ok {
				a.send(closed{s})
				return
			}
			a.send(batch{s, events})
		case <-a.ctx.Done():
			return
		}
	}
}

func (a *app) rescue() {
	if r := recover(); r != nil {
		a.send(panicked{value: fmt.Sprint(r), stack: debug.Stack()})
	}
}
