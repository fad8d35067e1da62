//go:build !unix

package server

import (
	"net"
	"syscall"
)

// rawSocket returns nil: here every connection blocks in its reader and is
// written to by its writer.
func rawSocket(net.Conn) syscall.RawConn { return nil }

type directReader struct{}

func (*directReader) init() {}

func (*directReader) read(syscall.RawConn) (*buffer, int, error) {
	return nil, 0, syscall.EINVAL
}

type directWriter struct{}

func newDirectWriter() *directWriter { return &directWriter{} }

func (*directWriter) write(syscall.RawConn, []byte) (int, error) { return 0, syscall.EINVAL }
