package server

import "time"

// zone is the one that services and older programs are shown times in.
func (s Styles) zone() *time.Location {
	if s.UTC {
		return time.UTC
	}
	return time.Local
}
