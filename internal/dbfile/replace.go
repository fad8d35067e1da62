package dbfile

import (
	"errors"
	"os"
	"path/filepath"
)

// Replace writes a small file as a whole, so that no reader ever sees half of
// it, and that it lasts. Only its owner can read it. A directory that is missing is made, and where
// the file is a link, what it leads to is replaced.
func Replace(file string, content []byte) (err error) {
	if to, err := filepath.EvalSymlinks(file); err == nil {
		file = to
	}
	if err := MakeDir(filepath.Dir(file)); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*") // with the mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name()) // the error that led here says more
		}
	}()
	_, err = temp.Write(content)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(file))
}
