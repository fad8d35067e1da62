package tui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"labchat/internal/app"
	"labchat/internal/tui/bubble"
)

// Run shows the screen on the process's terminal until somebody quits, ctx
// ends or a SIGTERM comes. The terminal is as it was before when Run returns,
// after a panic too, which is returned as an error. Every goroutine that it
// started has ended then.
func Run(ctx context.Context, cfg Config) error {
	return run(ctx, cfg, os.Stdin, os.Stdout)
}

func run(ctx context.Context, cfg Config, in io.Reader, out io.Writer) error {
	m := New(cfg, time.Now, time.Local)
	err := bubble.Run(ctx, m, in, out)
	if kept := m.Close(); kept != nil {
		err = errors.Join(err, fmt.Errorf("keep the draft: %w", kept))
	}
	if err != nil {
		return fmt.Errorf("show the screen: %w", err)
	}
	return nil
}

// listen sends what a session says until it says nothing more.
func listen(s app.Session) func(context.Context, func(any)) {
	return func(ctx context.Context, send func(any)) {
		for {
			select {
			case events, ok := <-s.Events():
				if !ok {
					send(closed{s})
					return
				}
				send(batch{s, events})
			case <-ctx.Done():
				return
			}
		}
	}
}
