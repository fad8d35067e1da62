package server

import "log/slog"

// keptDescriptors are those that no connection gets, on whatever port: of the
// listeners, the database, 32 multicast groups, operators' calls, and of those
// who are told that there is no room for them.
const keptDescriptors = 128

// connectionsFor returns how many connections there may be with so many
// descriptors, 0 for as many as anybody likes: those that are wanted, or as
// many as leave what is kept. A process with very few keeps three quarters.
func connectionsFor(wanted, descriptors int) int {
	room := max(descriptors-keptDescriptors, descriptors/4)
	if descriptors == 0 || wanted > 0 && wanted <= room {
		return wanted
	}
	return room
}

// maxConnections is how many connections the daemon takes in. Where its limit
// on open files allows fewer than its operator wants, the log says so once, and
// who is one too many is told: a connection that the system has no descriptor
// for would be told nothing.
func (cfg Config) maxConnections(log *slog.Logger) int {
	files := descriptorLimit()
	most := connectionsFor(cfg.MaxConnections, files)
	if most < cfg.MaxConnections {
		log.Warn("fewer connections than allowed: raise the limit on open files for more", "connections", most, "allowed", cfg.MaxConnections, "open_files", files)
	}
	return most
}
