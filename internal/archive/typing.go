package archive

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"strings"

	"labchat/internal/wire"
)

const (
	maxDrafts = 256     // places with a draft; the oldest is forgotten
	maxDraft  = 1 << 16 // bytes of one
	maxInputs = 1000    // lines of the composer's history
)

// Drafts returns what was typed and not sent, by place.
func (a *Archive) Drafts() map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.memo.drafts)
}

// SetDraft keeps what is typed in a place; an empty text is forgotten.
func (a *Archive) SetDraft(place, text string) error {
	if len(text) > maxDraft {
		return fmt.Errorf("keep the draft: %d bytes are more than %d", len(text), maxDraft)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.memo.drafts[place] == text {
		return nil
	}
	err := a.change("keep the draft", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE place = ?", place); err != nil || text == "" {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO drafts (place, text) VALUES (?, ?)", place, text); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM drafts WHERE seq <= (SELECT seq FROM drafts ORDER BY seq DESC LIMIT 1 OFFSET ?)", maxDrafts)
		return err
	})
	if err != nil {
		return err
	}
	delete(a.memo.drafts, place)
	if text != "" {
		a.memo.drafts[place] = text
	}
	if len(a.memo.drafts) > maxDrafts {
		return a.load(context.Background())
	}
	return nil
}

// InputHistory returns the newest n lines that were typed, oldest first.
func (a *Archive) InputHistory(n int) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	lines := a.memo.inputs
	return append([]string(nil), lines[max(0, len(lines)-n):]...)
}

// AddInput adds a typed line to the history. Lines that may hold a password,
// lines of more than one row, and the same line again are passed over.
func (a *Archive) AddInput(line string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	same := len(a.memo.inputs) > 0 && a.memo.inputs[len(a.memo.inputs)-1] == line
	if same || strings.TrimSpace(line) == "" || strings.ContainsAny(line, "\r\n") || len(line) > wire.MaxText || maySecret(line) {
		return nil
	}
	err := a.change("keep the typed line", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO inputs (line) VALUES (?)", line); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM inputs WHERE seq <= (SELECT seq FROM inputs ORDER BY seq DESC LIMIT 1 OFFSET ?)", maxInputs)
		return err
	})
	if err != nil {
		return err
	}
	a.memo.inputs = append(a.memo.inputs, line)
	a.memo.inputs = a.memo.inputs[max(0, len(a.memo.inputs)-maxInputs):]
	return nil
}

// secretVerbs are the commands behind which people type passwords, although
// the screen asks for those by themselves.
var secretVerbs = map[string]bool{"login": true, "register": true, "account": true, "passwd": true, "password": true, "nick": true}

// maySecret says whether a line is a command with more than one word behind a
// verb that has to do with passwords.
func maySecret(line string) bool {
	words := strings.Fields(strings.TrimLeft(line, "/:$ "))
	if len(words) > 0 {
		words[0] = strings.TrimPrefix(strings.ToLower(words[0]), "cmd:")
	}
	return len(words) > 2 && secretVerbs[words[0]]
}
