package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"labchat/cmd/internal/conf"
	"labchat/internal/client"
	"labchat/internal/dbfile"
	"labchat/internal/tui"
)

// modeLocal is what recent.Mode can be beside the modes of a client: --local.
const modeLocal = "local"

// recent is how a person came in last: what the form of the next start begins
// with. Nothing in it is secret.
type recent struct {
	Server    string `json:"server,omitempty"` // HOST:PORT
	ServerKey string `json:"server_key,omitempty"`
	Dialect   string `json:"dialect,omitempty"` // "" is auto
	Name      string `json:"name,omitempty"`
	Mode      string `json:"mode"` // login, guest or local
}

// recentOf is what there is to remember of a session, nil for one that needs
// flags which the form has no field for.
func recentOf(r *reach) *recent {
	if r.Profile != "" || r.UDP != "" {
		return nil
	}
	now := &recent{Server: r.address(), ServerKey: r.ServerKey, Name: r.User, Mode: string(r.mode())}
	if r.Dialect != client.DialectAuto {
		now.Dialect = r.Dialect
	}
	if r.mode() == client.ModeRegister {
		now.Mode = string(client.ModeLogin) // next time the account is there
	}
	return now
}

// recentHere is what there is to remember of a window of --local: the server that
// was used before is kept, for those who start their own only now and then.
func recentHere(log *slog.Logger, name string) *recent {
	last := readRecent(log)
	return &recent{Server: last.Server, ServerKey: last.ServerKey, Dialect: last.Dialect, Name: name, Mode: modeLocal}
}

// recentFile is one for each user of the machine; "" where there is no place.
func recentFile() string { return conf.StateDir("labchat", "recent.json") }

// readRecent returns what was remembered; a file that can't be read is no
// reason not to start.
func readRecent(log *slog.Logger) recent {
	var last recent
	b, err := os.ReadFile(recentFile())
	if err == nil {
		err = json.Unmarshal(b, &last)
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			log.Warn("what was used last can't be read", "err", err)
		}
		return recent{}
	}
	return last
}

// keep remembers r in the place of what was remembered. It goes on without
// where the disk does not take it: the form is only less convenient then.
func (r *recent) keep(log *slog.Logger) {
	file := recentFile()
	if r == nil || file == "" {
		return
	}
	if err := r.write(file); err != nil {
		log.Warn("what was used last is not remembered", "err", err)
	}
}

// write replaces the file: other windows read it at any moment.
func (r *recent) write(name string) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return dbfile.Replace(name, append(b, '\n'))
}

// first is what the form begins with: what the flags say, and where they say
// nothing what was remembered.
func (r *reach) first(last recent) tui.Login {
	l := tui.Login{Server: cmp.Or(r.Server, last.Server, r.address()), Dialect: r.Dialect, Mode: tui.ModeGuest, Name: r.User}
	if auto := l.Dialect == "" || l.Dialect == client.DialectAuto; auto && l.Server == last.Server {
		l.Dialect = last.Dialect
	}
	switch {
	case r.Register:
		l.Mode = tui.ModeRegister
	case r.User != "" && !r.Guest:
		l.Mode = tui.ModeLogin
	case !r.named():
		l.Name = last.Name
		if last.Mode == string(client.ModeLogin) {
			l.Mode = tui.ModeLogin
		}
	}
	l.Here = last.Mode == modeLocal && r.Server == ""
	return l
}
