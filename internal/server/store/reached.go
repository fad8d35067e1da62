package store

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"labchat/internal/dbfile"
	"labchat/internal/wire"
)

// A data directory remembers how far its database has come, in a file of its
// own: what is missing of a database, its journal above all, can't be seen in
// what is left. The file's name begins like the database's, so that it goes
// where these files go when they are moved away.

const (
	reachedSuffix = "-reached"
	// reachedSlot is where the second of the file's two records begins. They
	// are written in turn and lie in blocks of their own: a power cut may leave
	// one of them half.
	reachedSlot = 4096
	// recordSize is 32 digits of the node, 20 of the id, 8 of a checksum.
	recordSize = 63
)

// A mark says which database a directory holds, and the newest id that it had
// given out.
type mark struct {
	node string
	last wire.ID
}

// record is a mark as it is written.
func (m mark) record() []byte {
	b := append(make([]byte, 0, recordSize), m.node...)
	b = appendPadded(append(b, ' '), uint64(m.last), 10, 20)
	sum := crc32.Checksum(b, castagnoli)
	return append(appendPadded(append(b, ' '), uint64(sum), 16, 8), '\n')
}

// appendPadded appends a number with so many digits.
func appendPadded(b []byte, n uint64, base, digits int) []byte {
	var text [64]byte
	number := strconv.AppendUint(text[:0], n, base)
	for range digits - len(number) {
		b = append(b, '0')
	}
	return append(b, number...)
}

// parseMark reads a record; false: it is not whole.
func parseMark(record string) (m mark, ok bool) {
	if _, err := fmt.Sscanf(record, "%32s %d", &m.node, &m.last); err != nil {
		return mark{}, false
	}
	return m, string(m.record()) == record
}

// readMark returns the mark of a directory, nil where it has none, as before its
// first start, or with a restored copy.
func readMark(file string) (*mark, error) {
	text, err := os.ReadFile(file + reachedSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // none is no error
	}
	if err != nil {
		return nil, err
	}
	if len(strings.Trim(string(text), "\x00")) == 0 {
		return nil, nil //nolint:nilnil // a power cut came before the file was whole
	}
	var newest *mark
	for at := 0; at+recordSize <= len(text); at += reachedSlot {
		if m, whole := parseMark(string(text[at : at+recordSize])); whole && (newest == nil || m.last > newest.last) {
			newest = &m
		}
	}
	if newest == nil {
		return nil, fmt.Errorf("%s%s, which says how far the database had come, can't be read: move it away, then run `chatd check` (%w)",
			file, reachedSuffix, ErrDamaged)
	}
	return newest, nil
}

// instant says when an id was given out.
func instant(id wire.ID) string {
	if id == 0 {
		return "its beginning"
	}
	return time.UnixMilli(int64(id >> 20)).UTC().Format("2006-01-02T15:04:05.000Z")
}

// beginAnew ends a sentence about a directory whose database is missing, which
// its error follows.
const beginAnew = "put the file back, or restore a backup; to begin anew, move all files away whose names begin with " + fileName + " (%w)"

// missing refuses to begin anew where there has been a database.
func (m *mark) missing(file string) error {
	return fmt.Errorf("%s is missing, which had come as far as %s: "+beginAnew, file, instant(m.last), ErrDamaged)
}

// holds refuses a database that is behind its directory's mark, or another one.
func (m *mark) holds(file string, found mark) error {
	const goOn = "put the newest files back, or restore a backup; to go on with what is there, move %s%s away (%w)"
	switch {
	case m.node != found.node:
		return fmt.Errorf("%s is another directory's database: "+goOn, file, file, reachedSuffix, ErrDamaged)
	case m.last > found.last:
		return fmt.Errorf("%s ends at %s and had come as far as %s: its journal %s-wal is missing or cut, or it is an older copy: "+goOn,
			file, instant(found.last), instant(m.last), file, file, reachedSuffix, ErrDamaged)
	}
	return nil
}

// reached keeps the mark of a directory in its file.
type reached struct {
	f    *os.File
	node string
	slot int64 // Of the record to be written next. Owned by who writes: see comeTo.
	// newest is what was committed last. Written by Run, read by attend.
	newest atomic.Uint64
	known  uint64 // what the file holds for sure, 0: not known yet; owned by attend
}

// openReached opens the file of a database that has come as far as now, and makes
// it where it is missing. Nothing waits for the disk: a file that a power cut
// takes is made again.
func openReached(file string, now mark) (*reached, error) {
	f, err := os.OpenFile(file+reachedSuffix, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	r := &reached{f: f, node: now.node}
	r.newest.Store(uint64(now.last))
	var slots [2]mark
	for i := range slots {
		var record [recordSize]byte
		if _, err := f.ReadAt(record[:], int64(i)*reachedSlot); ignoreEOF(err) != nil {
			return nil, errors.Join(err, f.Close())
		}
		slots[i], _ = parseMark(string(record[:]))
	}
	if slots[0].last > slots[1].last {
		r.slot = 1
	}
	if err := r.write(now.last); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// write writes an id over the older record.
func (r *reached) write(last wire.ID) error {
	_, err := r.f.WriteAt(mark{r.node, last}.record(), r.slot*reachedSlot)
	r.slot ^= 1
	return err
}

// comeTo takes down that a commit is done. With full durability it is on disk by
// then, and the file may say so at once; what normal durability has committed a
// power cut may still take, and attend says it later.
func (s *SQLite) comeTo(last wire.ID) {
	s.reached.newest.Store(uint64(last))
	if s.mode == Full {
		if err := s.reached.write(last); err != nil {
			s.log.Debug("the directory does not remember how far it is", "err", err)
		}
	}
}

// attend makes the mark last and looks at the disk until ctx ends. An error costs
// the proof that nothing is missing, and nothing else.
func (s *SQLite) attend(ctx context.Context) {
	var w watch
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		w.check(ctx, s)
		if n%measureEach == 0 {
			w.measure(ctx, s)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.makeMarkLast(); err != nil {
			s.log.Debug("the directory does not remember how far it is", "err", err)
		}
	}
}

// makeMarkLast writes the mark to the disk, as far as it is not yet there.
func (s *SQLite) makeMarkLast() error {
	r := s.reached
	newest := r.newest.Load()
	if newest == r.known || newest == 0 {
		return nil
	}
	if s.mode != Full {
		if err := syncFile(s.file + "-wal"); err != nil {
			return err
		}
		if err := r.write(wire.ID(newest)); err != nil {
			return err
		}
	}
	if err := r.f.Sync(); err != nil {
		return err
	}
	if r.known == 0 { // the file may be new
		if err := dbfile.SyncDir(filepath.Dir(s.file)); err != nil {
			return err
		}
	}
	r.known = newest
	return nil
}

// syncFile makes a file last that somebody else writes.
func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // a checkpoint has made last what was in it
	}
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
