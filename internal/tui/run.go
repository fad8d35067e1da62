package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"labchat/internal/tui/stdout"
	"labchat/internal/tui/tty"
)

// Bubble Tea has been initialised by now, and had no terminal to ask.
var _ = stdout.Show()

// Run shows the screen on the process's terminal until somebody quits, ctx
// ends or a SIGTERM comes. The terminal is as it was before when Run returns,
// after a panic too, which is returned as an error. Every goroutine that it
// started has ended then.
func Run(ctx context.Context, cfg Config) error {
	return run(ctx, cfg, os.Stdin, os.Stdout)
}

func run(ctx context.Context, cfg Config, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := New(cfg, time.Now, time.Local)
	a := &app{model: m, ctx: ctx, out: out, job: tty.NewJob()}
	if f, ok := in.(tty.File); ok {
		a.input = tty.NewInput(f, tty.Heard{
			Background: func(dark bool) { a.send(background{dark}) },
			Unfinished: func() { a.send(unfinished{}) },
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
	err = errors.Join(err, a.broken)
	if kept := m.Close(); kept != nil {
		err = errors.Join(err, fmt.Errorf("keep the draft: %w", kept))
	}
	if err != nil {
		return fmt.Errorf("show the screen: %w", err)
	}
	return nil
}
