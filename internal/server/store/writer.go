package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
)

// writer is the one connection that writes. It is the driver's own, without
// database/sql between: that would convert and check every value of every row
// again. Every statement is prepared once. Not for use by several goroutines.
type writer struct {
	conn  driver.Conn
	stmts map[string]statement
	args  []driver.NamedValue // of the statement under way, used again and again
	sums  sums
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func openWriter(dsn string) (*writer, error) {
	d, err := writing()
	if err != nil {
		return nil, err
	}
	conn, err := d.Open(dsn)
	if err != nil {
		return nil, err
	}
	return &writer{conn: conn, stmts: map[string]statement{}}, nil
}

// script runs several statements that are not kept.
func (w *writer) script(text string) error {
	_, err := w.conn.(driver.ExecerContext).ExecContext(context.Background(), text, nil)
	return err
}

// prepared returns the statement of a text, made at its first use.
func (w *writer) prepared(text string) (statement, error) {
	if st, ok := w.stmts[text]; ok {
		return st, nil
	}
	made, err := w.conn.Prepare(text)
	if err != nil {
		return nil, err
	}
	st, ok := made.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T has no context", made), made.Close())
	}
	w.stmts[text] = st
	return st, nil
}

// bind adds a value to the next statement's arguments.
func (w *writer) bind(v driver.Value) {
	w.args = append(w.args, driver.NamedValue{Ordinal: len(w.args) + 1, Value: v})
}

// bindSum adds the checksum of a row whose other values are the arguments from
// first on.
func (w *writer) bindSum(first int) {
	for i := range w.args[first:] {
		w.sums.add(w.args[first+i].Value)
	}
	w.bind(w.sums.take())
}

// run executes a statement with the arguments that are bound, and says how
// many rows it changed. A commit under way is never interrupted: half of a
// batch could stay.
func (w *writer) run(text string) (int64, error) {
	defer w.unbind()
	st, err := w.prepared(text)
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(context.Background(), w.args)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// exec executes a statement with the values given.
func (w *writer) exec(text string, values ...driver.Value) (int64, error) {
	for _, v := range values {
		w.bind(v)
	}
	return w.run(text)
}

// row reads the first row of a query into dest; false: it has none.
func (w *writer) row(dest []driver.Value, text string, values ...driver.Value) (bool, error) {
	defer w.unbind()
	for _, v := range values {
		w.bind(v)
	}
	st, err := w.prepared(text)
	if err != nil {
		return false, err
	}
	rows, err := st.QueryContext(context.Background(), w.args)
	if err != nil {
		return false, err
	}
	err = rows.Next(dest)
	if end := rows.Close(); err == nil {
		err = end
	}
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return err == nil, err
}

// number reads one integer.
func (w *writer) number(text string) (int64, error) {
	var dest [1]driver.Value
	ok, err := w.row(dest[:], text)
	if err != nil {
		return 0, err
	}
	n, isInt := dest[0].(int64)
	if !ok || !isInt {
		return 0, fmt.Errorf("%w: no number in %q", ErrDamaged, text)
	}
	return n, nil
}

// text reads one value as text.
func (w *writer) text(query string) (string, error) {
	var dest [1]driver.Value
	_, err := w.row(dest[:], query)
	return fmt.Sprint(dest[0]), err
}

// texts reads a column of texts.
func (w *writer) texts(query string) (found []string, err error) {
	st, err := w.prepared(query)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for {
		var dest [1]driver.Value
		switch err := rows.Next(dest[:]); {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, err
		}
		found = append(found, fmt.Sprint(dest[0]))
	}
}

func (w *writer) unbind() {
	clear(w.args) // don't keep texts alive
	w.args = w.args[:0]
}

// transaction runs do between begin and commit. After any error, also one of
// the commit, it rolls back: a failed statement may leave part of its work.
func (w *writer) transaction(do func() error) error {
	if _, err := w.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do()
	if err == nil {
		_, err = w.exec("COMMIT")
	}
	if err != nil {
		// Fails where SQLite has rolled back by itself, as it does on a full
		// disk: then there is nothing to undo.
		_, _ = w.exec("ROLLBACK")
	}
	return err
}

func (w *writer) close() error {
	var all []error
	for _, st := range w.stmts {
		all = append(all, st.Close())
	}
	return errors.Join(append(all, w.conn.Close())...)
}
