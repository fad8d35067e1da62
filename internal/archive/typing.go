package archive

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"labchat/internal/wire"
)

const (
	maxDrafts = 256     // places with a draft; the oldest is forgotten
	maxDraft  = 1 << 16 // bytes of one
	maxInputs = 500     // lines of one conversation's history
	allInputs = 10_000  // lines of all of them
)

// Drafts returns what was typed and not sent at the server that the profile is
// used with now, by place.
func (a *Archive) Drafts() map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.memo.drafts)
}

// SetDraft keeps what is typed in a place, however its name is written; an empty
// text is forgotten.
func (a *Archive) SetDraft(place, text string) error {
	if len(text) > maxDraft {
		return fmt.Errorf("keep the draft: %d bytes are more than %d", len(text), maxDraft)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.memo.drafts[place] == text && text != "" {
		return nil
	}
	var before []string
	for other := range a.memo.drafts {
		if fold(other) == fold(place) {
			before = append(before, other)
		}
	}
	if len(before) == 0 && text == "" {
		return nil
	}
	err := a.change("keep the draft", func(ctx context.Context, tx *sql.Tx) error {
		for _, other := range before {
			if _, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE home = ? AND place = ?", a.home, other); err != nil {
				return err
			}
		}
		if text == "" {
			return nil
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO drafts (home, place, text) VALUES (?, ?, ?)", a.home, place, text); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE seq <= (SELECT seq FROM drafts ORDER BY seq DESC LIMIT 1 OFFSET ?)", maxDrafts)
		return err
	})
	if err != nil {
		return err
	}
	for _, other := range before {
		delete(a.memo.drafts, other)
	}
	if text != "" {
		a.memo.drafts[place] = text
	}
	if len(a.memo.drafts) > maxDrafts {
		return a.load(context.Background())
	}
	return nil
}

// InputHistory returns the newest n lines that were typed for each place at the
// server that the profile is used with now, oldest first.
func (a *Archive) InputHistory(n int) map[string][]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make(map[string][]string, len(a.memo.inputs))
	for place, lines := range a.memo.inputs {
		all[place] = slices.Clone(lines[max(0, len(lines)-n):])
	}
	return all
}

// AddInput adds a typed line to the history of the place that it belongs to.
// Lines that may hold a password, lines of more than one row, and the same line
// again are passed over.
func (a *Archive) AddInput(place, line string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := a.memo.inputs[place]
	same := len(lines) > 0 && lines[len(lines)-1] == line
	if same || strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\r\n") || len(line) > wire.MaxText || maySecret(line) {
		return nil
	}
	err := a.change("keep the typed line", func(ctx context.Context, tx *sql.Tx) error {
		const excess = "DELETE FROM inputs WHERE home = ?1 AND place = ?2 AND seq <= (SELECT seq FROM inputs WHERE home = ?1 AND place = ?2 ORDER BY seq DESC LIMIT 1 OFFSET ?3)"
		const all = "DELETE FROM inputs WHERE seq <= (SELECT seq FROM inputs ORDER BY seq DESC LIMIT 1 OFFSET ?)"
		if _, err := tx.ExecContext(ctx, "INSERT INTO inputs (home, place, line) VALUES (?, ?, ?)", a.home, place, line); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, excess, a.home, place, maxInputs); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, all, allInputs)
		return err
	})
	if err != nil {
		return err
	}
	lines = append(lines, line)
	a.memo.inputs[place] = lines[max(0, len(lines)-maxInputs):]
	return nil
}

// secretVerbs are the commands behind which people type passwords, although
// the screen asks for those by themselves.
var secretVerbs = map[string]bool{"login": true, "register": true, "account": true, "passwd": true, "password": true, "nick": true}

// maySecret reports whether a line is a command with more than one word behind a
// verb that has to do with passwords. Callers know more of commands, and keep
// away what they take for a secret: this holds whatever they overlook.
func maySecret(line string) bool {
	words := strings.Fields(strings.ToLower(line))
	for len(words) > 0 {
		bare := strings.TrimPrefix(strings.TrimLeft(words[0], `/:$\`), "cmd:")
		switch bare {
		case words[0]:
			return len(words) > 2 && secretVerbs[bare]
		case "":
			words = words[1:]
		default:
			words[0] = bare
		}
	}
	return false
}
