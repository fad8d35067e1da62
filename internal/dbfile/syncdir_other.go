//go:build !unix

package dbfile

// SyncDir has nothing to do where a directory can't be opened: names last by
// themselves there.
func SyncDir(string) error { return nil }
