package store

import "golang.org/x/sys/windows"

// spaceOf returns how many bytes of a directory's disk this process may still
// write, and how many the disk has; false: that is not known.
func spaceOf(dir string) (free, whole uint64, known bool) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, 0, false
	}
	if err := windows.GetDiskFreeSpaceEx(name, &free, &whole, nil); err != nil || whole == 0 {
		return 0, 0, false
	}
	return free, whole, true
}
