package bubble

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"labchat/internal/tui/tty"
)

// An app is a Screen as the terminal library wants it. It translates keys and
// starts jobs, and waits for them in the end.
type app struct {
	screen Screen
	ctx    context.Context //nolint:containedctx // that of Run, for the jobs that Update starts
	send   func(tea.Msg)
	input  *tty.Input // nil where keys do not come from a file
	out    io.Writer
	job    *tty.Job
	jobs   sync.WaitGroup
	// broken is the first panic of Update or View. The library must not see
	// one: it would close its input while it is being read.
	broken error
}

// Init starts the first jobs. The terminal is raw, and nobody reads yet.
func (a *app) Init() tea.Cmd {
	var jobs []Job
	if a.input != nil && a.input.Raw() {
		jobs = a.screen.Update(Ahead{})
	}
	return a.start(append(jobs, a.screen.Init()...))
}

// Update hands the message to the screen.
func (a *app) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	if a.broken != nil {
		return a, tea.Quit
	}
	if s, ok := msg.(suspension); ok {
		return a, s.command()
	}
	defer a.guard(func() { m, cmd = a, tea.Quit })
	return a, a.start(a.screen.Update(a.translate(msg)))
}

// View returns the screen's frame.
func (a *app) View() string {
	if a.broken != nil {
		return ""
	}
	defer a.guard(func() { a.jobs.Go(func() { a.send(tea.Quit()) }) })
	return a.screen.View()
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
		return Sized{msg.Width, msg.Height}
	case tea.KeyMsg:
		if msg.Paste && a.input != nil {
			return Key{Text: a.input.Paste(), Paste: true}
		}
		return keyOf(msg)
	default:
		return msg
	}
}

// start begins jobs, each in a goroutine that wait waits for, and returns what
// only the library can do.
func (a *app) start(jobs []Job) tea.Cmd {
	var cmds []tea.Cmd
	for _, j := range jobs {
		switch {
		case j.Order == OrderQuit:
			cmds = append(cmds, tea.Quit)
		case j.Order == OrderRedraw:
			cmds = append(cmds, tea.ClearScreen)
		case j.Order == OrderSuspend:
			cmds = append(cmds, suspension{stop: func() bool { return a.stop(true) }}.command())
		case j.Order == OrderAsk:
			a.jobs.Go(a.ask)
		case j.Feed != nil:
			a.jobs.Go(func() { a.feed(j) })
		default:
			a.jobs.Go(func() { a.do(j) })
		}
	}
	return tea.Batch(cmds...)
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
func (a *app) do(j Job) {
	defer a.rescue()
	if j.After > 0 {
		timer := time.NewTimer(j.After)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-a.ctx.Done():
			return
		}
	}
	a.send(j.Do(a.ctx))
}

// feed sends what a job has to say until it has nothing more.
func (a *app) feed(j Job) {
	defer a.rescue()
	j.Feed(a.ctx, func(msg any) { a.send(msg) })
}

func (a *app) rescue() {
	if r := recover(); r != nil {
		a.send(Panicked{Value: fmt.Sprint(r), Stack: debug.Stack()})
	}
}
