package main

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"labchat/cmd/internal/conf"
	"labchat/internal/archive"
	"labchat/internal/client"
	"labchat/internal/knownservers"
	"labchat/internal/server"
	"labchat/internal/text"
)

// known is the user's file of known servers: one for all profiles and
// sub-commands. Where there is none yet, it begins with what the profiles of
// older versions knew, each on its own.
func known(log *slog.Logger) *knownservers.File {
	f := knownservers.At(conf.DataDir("labchat", "known-servers"))
	if f.Exists() {
		return f
	}
	all := map[string]string{}
	for _, dir := range profiles() {
		pins, err := archive.Pins(dir)
		if err != nil {
			log.Warn("keys of servers not taken over", "profile", dir, "err", err)
		}
		for server, key := range pins {
			if _, newer := all[server]; !newer {
				all[server] = key
			}
		}
	}
	if len(all) == 0 {
		return f
	}
	if err := f.AddAll(all); err != nil {
		log.Warn("keys of servers not taken over", "err", err)
	}
	return f
}

// profiles lists the directories of all profiles, the one used last first.
func profiles() []string {
	type profile struct {
		dir  string
		used int64
	}
	if profilesRoot() == "" {
		return nil
	}
	var all []profile
	found, err := filepath.Glob(filepath.Join(profilesRoot(), "*", "*", "archive.db"))
	if err != nil {
		return nil // no pattern of ours is a bad one
	}
	for _, file := range found {
		if info, err := os.Stat(file); err == nil {
			all = append(all, profile{filepath.Dir(file), info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(all, func(a, b profile) int { return cmp.Compare(b.used, a.used) })
	dirs := make([]string, len(all))
	for i, p := range all {
		dirs[i] = p.dir
	}
	return dirs
}

// announced says on standard error which key a script has met first: nobody
// reads its notices.
type announced struct {
	client.KnownServers

	err io.Writer
}

// Add notes a server and says so.
func (a announced) Add(server, key string) error {
	err := a.KnownServers.Add(server, key)
	if key == "" {
		return err
	}
	fate := "is noted in " + a.String()
	if err != nil {
		fate = "can't be noted, so that another one would not be noticed next time: " + err.Error()
	}
	if lost := text.Fprintln(a.err, text.Sprintf("chat-tui: first contact with %s. Its key is %s, and %s.", server, key, fate)); lost != nil {
		return errors.Join(err, lost)
	}
	return err
}

// knowSelf notes the key of the daemon of a data directory before it is spoken
// to: whoever else answers at its port is not believed.
func knowSelf(cfg *client.Config, dir string) error {
	key, err := server.OwnKey(dir)
	if err != nil {
		return err
	}
	cfg.KnownAs = knownservers.Local(dir)
	return cfg.Known.Set(cfg.KnownAs, key)
}

// refuseKnown refuses to speak plain text to a server that is known by its key.
func refuseKnown(server string) error {
	if server == "" {
		return nil
	}
	f := known(slog.New(slog.DiscardHandler))
	return client.RefuseKnown(f, server, "To talk with a person there, delete its line from "+f.String()+".")
}
