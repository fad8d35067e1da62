package server

import (
	"os"
	"path/filepath"
	"strconv"
)

// shortPath names the socket through the directory's descriptor.
func shortPath(dir string) (path string, release func(), ok bool) {
	f, err := os.Open(dir)
	if err != nil {
		return "", nil, false
	}
	path = filepath.Join("/proc/self/fd", strconv.Itoa(int(f.Fd())), controlName)
	return path, func() { _ = f.Close() }, true // it was never read
}
