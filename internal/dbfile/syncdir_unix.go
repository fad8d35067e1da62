//go:build unix

package dbfile

import (
	"errors"
	"os"
)

// SyncDir makes new names in a directory last.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
