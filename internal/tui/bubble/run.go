package bubble

import (
	"context"
	"errors"
	"io"

	tea "github.com/charmbracelet/bubbletea"

	"labchat/internal/tui/stdout"
	"labchat/internal/tui/tty"
)

// Bubble Tea has been initialised by now, and had no terminal to ask.
var _ = stdout.Show()

// Run shows a screen on a terminal until it quits, ctx ends or a SIGTERM comes.
// The terminal is as it was before when Run returns, after a panic too, which is
// returned as an error. Every goroutine that it started has ended then.
func Run(ctx context.Context, s Screen, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	a := &app{screen: s, ctx: ctx, out: out, job: tty.NewJob()}
	if f, ok := in.(tty.File); ok {
		a.input = tty.NewInput(f, tty.Heard{
			Background: func(dark bool) { a.send(Background{dark}) },
			Unfinished: func() { a.send(Unfinished{}) },
		})
		in = a.input
	}
	program := tea.NewProgram(a, tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen())
	a.send = func(msg tea.Msg) { program.Send(msg) }
	a.jobs.Go(a.watch)
	a.jobs.Go(func() {
		<-ctx.Done()
		program.Quit()
	})
	_, err := program.Run()
	cancel()
	a.jobs.Wait()
	return errors.Join(err, a.broken)
}
