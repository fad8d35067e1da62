package server

import (
	"fmt"
	"path/filepath"
)

const (
	controlName = "control.sock"
	// maxSocketPath is how long the name of a socket may be: 104 bytes on the
	// BSDs and macOS, 108 on Linux, with the zero at its end.
	maxSocketPath = 103
)

// controlPath names the control socket of a data directory in a way that the
// system takes. The caller calls release when it has used the name.
func controlPath(dir string) (path string, release func(), err error) {
	path = filepath.Join(dir, controlName)
	if len(path) <= maxSocketPath {
		return path, func() {}, nil
	}
	if path, release, ok := shortPath(dir); ok {
		return path, release, nil
	}
	return "", nil, fmt.Errorf("%s is %d characters long, a socket's name may have %d: use a shorter data directory", path, len(path), maxSocketPath)
}
