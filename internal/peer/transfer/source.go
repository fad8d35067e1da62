package transfer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// fileChunk is how much of a file is read and written at a time.
const fileChunk = 64 << 10

// stamp tells a file from what it was at another time.
type stamp struct {
	size  int64
	mtime time.Time
}

// absolute names a file so that it is found from anywhere.
func absolute(file string) string {
	if rest, ok := strings.CutPrefix(file, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			file = filepath.Join(home, rest)
		}
	}
	if abs, err := filepath.Abs(file); err == nil {
		return abs
	}
	return file
}

// openFile opens one that can be sent.
func openFile(file string) (*os.File, stamp, error) {
	info, err := os.Stat(file) // first, for opening may wait for ever
	if err == nil {
		err = sendable(info)
	}
	if err != nil {
		return nil, stamp{}, plainError(err)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, stamp{}, plainError(err)
	}
	if info, err = f.Stat(); err == nil {
		err = sendable(info)
	}
	if err != nil {
		f.Close()
		return nil, stamp{}, plainError(err)
	}
	return f, stamp{info.Size(), info.ModTime()}, nil
}

// sendable says why a file is not sent, nil if it can be.
func sendable(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a directory: pack it into one file first")
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	case info.Size() > maxFileSize:
		return fmt.Errorf("it has %d bytes, and at most %d are sent: split it", info.Size(), int64(maxFileSize))
	}
	return nil
}

// plainError leaves out of an error what the person who reads it has typed.
func plainError(err error) error {
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("this program may not open it")
	case errors.As(err, &at):
		return at.Err
	}
	return err
}

// checksum makes the SHA-256 of an open file.
func checksum(ctx context.Context, f *os.File, made stamp) (string, error) {
	hash := sha256.New()
	n, err := io.CopyBuffer(hash, struct{ io.Reader }{&stoppable{ctx, f}}, make([]byte, fileChunk))
	if err == nil && n != made.size {
		err = errChanged
	}
	if err != nil {
		return "", plainError(err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// stoppable is a reader that ends with ctx.
type stoppable struct {
	ctx context.Context //nolint:containedctx // it lives as long as one loop over a file
	r   io.Reader
}

// Read implements io.Reader.
func (s *stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}
