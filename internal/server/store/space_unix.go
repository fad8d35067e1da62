//go:build linux || darwin || freebsd

package store

import "golang.org/x/sys/unix"

// spaceOf returns how many bytes of a directory's disk this process may still
// write, and how many the disk has; false: that is not known.
func spaceOf(dir string) (free, whole uint64, known bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil || st.Blocks == 0 {
		return 0, 0, false
	}
	block := uint64(st.Bsize)
	return uint64(max(0, int64(st.Bavail))) * block, st.Blocks * block, true // their types are each system's own
}
