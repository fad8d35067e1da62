package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"labchat/cmd/internal/conf"
	"labchat/internal/client"
	"labchat/internal/peer/registry"
	"labchat/internal/wire"
	"labchat/internal/wire/dialects"
)

const (
	// defaultHost is where a client without a form looks for a server.
	defaultHost = "127.0.0.1"
	// dialWithin bounds the wait for a server's host.
	dialWithin = 10 * time.Second
)

// reach says which server, and as whom.
type reach struct {
	Server       string `placeholder:"HOST:PORT" help:"Server; without :PORT its port 1300, or 2020 where it is a registry."`
	User         string `placeholder:"NAME" help:"Log in as NAME, or with --guest take that name without an account."`
	Register     bool   `help:"Make the account --user first."`
	Guest        bool   `help:"Come in without an account; without --user under a name that the server gives."`
	PasswordFile string `placeholder:"FILE" help:"Read the password from the first line of FILE instead of asking."`
	Room         string `placeholder:"ROOM" help:"Room to be in; unless told the screen opens the conversation of last time, or lobby."`
	Dialect      string `default:"auto" placeholder:"NAME" help:"Language of the server: auto, chat1, or that of an older server (as a3 or prompt) or registry (tobi or ias)."`
	Profile      string `placeholder:"NAME" help:"Keep messages, drafts and unsent lines in a profile of that name."`
	UDP          string `name:"udp" placeholder:"HOST:PORT" help:"Socket for datagrams between people; lab 3's and IAS's programs need a fixed one."`
	HideAddress  bool   `help:"Tell nobody this machine's address: private lines go by way of the server, which can't read them."`
	Downloads    string `placeholder:"DIR" help:"Where files go that people send you; your download directory unless told."`
	ServerKey    string `placeholder:"SHA256:..." help:"Accept this key of the server only, and note it; chatd prints it at start."`
}

// Validate refuses what contradicts itself.
func (r *reach) Validate() error {
	switch {
	case r.Guest && r.Register:
		return errors.New("--guest and --register exclude each other: a guest has no account")
	case r.Register && r.User == "":
		return errors.New("--register wants the account's name: add --user NAME")
	case r.ServerKey != "" && !strings.HasPrefix(r.ServerKey, "SHA256:"):
		return fmt.Errorf("--server-key: want SHA256:... as chatd prints it, not %q", r.ServerKey)
	}
	if err := conf.CheckServer(r.Server); err != nil {
		return fmt.Errorf("--server: %w", err)
	}
	if err := r.checkDatagrams(); err != nil {
		return err
	}
	if r.Profile != "" && conf.DataDir() == "" {
		return errors.New("--profile: there is no place for it, as HOME is not set: set HOME or XDG_DATA_HOME")
	}
	if r.User != "" {
		if err := wire.CheckUser(r.User); err != nil {
			return fmt.Errorf("--user: %w", err)
		}
	}
	if names := dialectNames(); r.Dialect != "" && !slices.Contains(names, r.Dialect) {
		return fmt.Errorf("--dialect: want one of %s, not %q", strings.Join(names, ", "), r.Dialect)
	}
	r.Room = strings.TrimPrefix(r.Room, "#")
	if r.Room != "" {
		if err := wire.CheckRoom(r.Room); err != nil {
			return fmt.Errorf("--room: %w", err)
		}
	}
	return nil
}

// checkDatagrams refuses what a registry has no words for, and half a socket.
func (r *reach) checkDatagrams() error {
	if r.datagrams() != nil && (r.Register || r.PasswordFile != "") {
		return fmt.Errorf("--dialect %s knows no accounts: leave --register and --password-file out", r.Dialect)
	}
	if r.UDP == "" {
		return nil
	}
	if err := conf.CheckSocket(r.UDP); err != nil {
		return fmt.Errorf("--udp: %w", err)
	}
	return nil
}

// downloads is where files go that people send.
func (r *reach) downloads() string { return cmp.Or(r.Downloads, conf.DownloadDir()) }

// dialectNames lists what --dialect takes.
func dialectNames() []string {
	names := []string{client.DialectAuto}
	for _, d := range dialects.All() {
		names = append(names, d.Name())
	}
	for _, d := range dialects.Datagrams() {
		if !d.Manners().Service {
			names = append(names, d.Name())
		}
	}
	return names
}

// datagrams is the dialect of a registry, nil where there is a server.
func (r *reach) datagrams() wire.Datagrams {
	if d := dialects.DatagramsByName(r.Dialect); d != nil && !d.Manners().Service {
		return d
	}
	return nil
}

// dial connects from the address that --udp names: lab 3's servers tell others
// that address for our datagrams.
func (r *reach) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: dialWithin}
	if host, _, err := net.SplitHostPort(r.UDP); err == nil {
		if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() {
			d.LocalAddr = &net.TCPAddr{IP: ip}
		}
	}
	return d.DialContext(ctx, network, addr)
}

// named reports whether somebody was named to come in as, so that nobody must be
// asked.
func (r *reach) named() bool { return r.Guest || r.User != "" }

// address returns HOST:PORT of the server, or the default one.
func (r *reach) address() string {
	if r.Server == "" {
		return net.JoinHostPort(defaultHost, r.port())
	}
	if _, _, err := net.SplitHostPort(r.Server); err == nil {
		return r.Server
	}
	return net.JoinHostPort(strings.Trim(r.Server, "[]"), r.port())
}

// port is where a server is looked for whose port is not given.
func (r *reach) port() string {
	if r.datagrams() != nil {
		return registry.DefaultPort
	}
	return client.DefaultPort
}

// mode is how the session gets its name.
func (r *reach) mode() client.Mode {
	switch {
	case r.Register:
		return client.ModeRegister
	case r.Guest || r.User == "" || r.datagrams() != nil:
		return client.ModeGuest
	default:
		return client.ModeLogin
	}
}

// identity asks for a password where one is needed: not for a guest, nor where
// the profile has a token.
func (r *reach) identity(prompt conf.Prompt, token wire.Secret) (client.Identity, error) {
	id := client.Identity{Mode: r.mode(), Name: r.User}
	if id.Mode == client.ModeGuest || id.Mode == client.ModeLogin && token != "" && r.PasswordFile == "" {
		return id, nil
	}
	var err error
	id.Password, err = prompt.Ask("password of "+r.User, id.Mode == client.ModeRegister)
	return id, err
}

func (r *reach) prompt(std conf.Streams) conf.Prompt {
	return conf.Prompt{File: r.PasswordFile, In: std.In, Err: std.Err}
}

// program is how this client names itself to servers.
func program() string {
	version, _, _ := strings.Cut(conf.Version(), " ")
	return "chat-tui/" + version
}

// loginName returns the name of who runs the program, cleaned until a server
// takes it, or "guest".
func loginName() string {
	raw := os.Getenv("USER")
	if raw == "" {
		if me, err := user.Current(); err == nil {
			raw = me.Username
		}
	}
	if i := strings.LastIndexAny(raw, `\/`); i >= 0 {
		raw = raw[i+1:] // DOMAIN\name
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-_.", r):
			return r
		}
		return -1
	}, raw)
	const room = 3 // for the number that makes it unique
	name = name[:min(len(name), wire.MaxName-room)]
	if wire.CheckUser(name) != nil {
		return "guest"
	}
	return name
}
