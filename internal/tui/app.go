package tui

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// An app is the Model as the terminal library wants it. It translates keys and
// starts jobs, and waits for them in the end.
type app struct {
	model *Model
	ctx   context.Context //nolint:containedctx // that of Run, for the jobs that Update starts
	send  func(tea.Msg)
	jobs  sync.WaitGroup
	// broken is the first panic of Update or View. The library must not see
	// one: it would close its input while it is being read.
	broken error
}

// Init starts the first jobs.
func (a *app) Init() tea.Cmd { return a.start(a.model.Init()) }

// Update hands the message to the Model.
func (a *app) Update(msg tea.Msg) (m tea.Model, cmd tea.Cmd) {
	if a.broken != nil {
		return a, tea.Quit
	}
	defer a.guard(func() { m, cmd = a, tea.Quit })
	return a, a.start(a.model.Update(translate(msg)))
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
func translate(msg tea.Msg) any {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return sized{msg.Width, msg.Height}
	case tea.KeyMsg:
		return keyOf(msg)
	default:
		return msg
	}
}

// keyOf names a key press. A paste is text whatever is in it.
func keyOf(msg tea.KeyMsg) key {
	switch {
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
		case j.listen != nil:
			a.jobs.Go(func() { a.listen(j.listen) })
		default:
			a.jobs.Go(func() { a.do(j) })
		}
	}
	return tea.Batch(cmds...)
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
