package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"labchat/internal/wire"
)

// maxSameName is how many files may have one name.
const maxSameName = 1000

// part is a file that is not whole. Everything is done within the directory
// for files, whatever names and links are there.
type part struct {
	root *os.Root
	f    *os.File
	name string
	t    *wire.Transfer
	size int64 // that are on disk and in sum
	sum  hash.Hash
}

// partName is what a file is called until it is whole. Its other name is safe,
// and its number, too.
func partName(t *wire.Transfer) string { return "." + t.Name + "." + t.ID + ".part" }

// openPart opens what has come of a file, or begins it: maybe with what one of
// the kept parts of the same file holds.
func openPart(dir string, t *wire.Transfer, kept []string) (*part, error) {
	if dir == "" {
		return nil, diskError(errors.New(noDownloads))
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, diskError(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, diskError(err)
	}
	p := &part{root: root, name: partName(t), t: t, sum: sha256.New()}
	if err := p.open(kept); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// open opens the file itself. A link that stands in its place is not followed.
func (p *part) open(kept []string) error {
	there, err := p.root.Lstat(p.name)
	for i := 0; errors.Is(err, fs.ErrNotExist) && i < len(kept); i++ {
		if p.root.Rename(kept[i], p.name) == nil {
			there, err = p.root.Lstat(p.name)
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		p.f, err = p.root.OpenFile(p.name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return diskError(err)
		}
		return nil
	case err != nil:
		return diskError(err)
	case !there.Mode().IsRegular():
		return diskError(errors.New("something else stands in its place: delete " + p.name))
	}
	if p.f, err = p.root.OpenFile(p.name, os.O_RDWR, 0); err != nil {
		return diskError(err)
	}
	info, err := p.f.Stat()
	if err == nil && !os.SameFile(info, there) {
		err = errors.New("something else stands in its place now: delete " + p.name)
	}
	if err == nil && info.Size() > p.t.Size {
		err = p.f.Truncate(0)
	}
	if err != nil {
		return diskError(err)
	}
	return nil
}

// read makes the checksum of what is here.
func (p *part) read(ctx context.Context) error {
	n, err := io.CopyBuffer(p.sum, struct{ io.Reader }{&stoppable{ctx, p.f}}, make([]byte, fileChunk))
	p.size = n
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return diskError(err)
	}
	return nil
}

// write adds to it, but never more than was offered.
func (p *part) write(b []byte) error {
	if p.size+int64(len(b)) > p.t.Size {
		return &transferError{text: "more came than was offered: it was deleted", told: "more came than was offered", drop: true}
	}
	n, err := p.f.Write(b)
	p.sum.Write(b[:n])
	p.size += int64(n)
	if err != nil {
		return diskError(err)
	}
	return nil
}

// finish compares the checksum, and gives the file its name.
func (p *part) finish(ctx context.Context) (string, error) {
	if hex.EncodeToString(p.sum.Sum(nil)) != p.t.SHA256 {
		return "", &transferError{text: "what came is not what was offered (another checksum): it was deleted", told: "the checksum is another one", drop: true}
	}
	if err := p.f.Sync(); err != nil {
		return "", diskError(err)
	}
	if err := p.f.Close(); err != nil {
		return "", diskError(err)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	name, err := p.settle()
	if err != nil {
		return "", diskError(err)
	}
	if dir, err := p.root.Open("."); err == nil {
		_ = dir.Sync() // not every system can
		dir.Close()
	}
	return filepath.Join(p.root.Name(), name), nil
}

// settle gives it the first name that is free. No file is ever replaced.
func (p *part) settle() (string, error) {
	for n := 1; n <= maxSameName; n++ {
		name := numbered(p.t.Name, n)
		err := p.root.Link(p.name, name)
		if err == nil {
			return name, p.root.Remove(p.name)
		}
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		// Here are no hard links: take the name first, then the file.
		f, err := p.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		switch {
		case err == nil:
			f.Close()
			return name, p.root.Rename(p.name, name)
		case !errors.Is(err, fs.ErrExist):
			return "", err
		}
	}
	return "", fmt.Errorf("there are %d files of that name", maxSameName)
}

// close leaves the file as it is.
func (p *part) close() {
	if p.f != nil {
		p.f.Close()
	}
	_ = p.root.Close() // it was read only
}

// diskError ends a transfer for what the disk says. What has come stays: a later
// transfer of the same file goes on with it.
func diskError(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return &transferError{text: "this machine's disk does not take it: " + err.Error(), told: "the receiver's disk does not take it"}
}
