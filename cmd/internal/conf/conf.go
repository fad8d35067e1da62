// Package conf is what the command lines of labchat's programs share: where a
// flag's value comes from, how a program ends, its version, its log, and how it
// asks for a password.
//
// A value comes from the flag, else from the environment, else from the
// configuration file, else from the flag's default. The environment variable is
// LABCHAT_ and the flag's name in capitals with _ for -. The file is TOML: keys
// are flag names, and the flags of a sub-command stand in the table of its name.
package conf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// EnvPrefix begins the name of every environment variable that sets a flag.
const EnvPrefix = "LABCHAT"

// Program is a command line: its name and the Go type that describes it.
type Program struct {
	Name    string
	Summary string
	// Grammar points to kong's struct; it embeds Common. Its commands have a
	// method Run(context.Context, Streams, ...) error, whose other arguments
	// are found among Bind.
	Grammar any
	// Vars are values for ${name} in the tags of Grammar.
	Vars map[string]string
	Bind []any
	// Clean makes the words of a failure fit for a terminal, where some of them may
	// be foreign: a server's, or those of its certificate. nil leaves them.
	Clean func(string) string
}

// Streams are where a program reads and writes.
type Streams struct {
	In  *os.File
	Out *os.File
	Err io.Writer
}

// Standard returns the streams of the process.
func Standard() Streams { return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr} }

// Common are the flags of every program.
type Common struct {
	Config  File        `placeholder:"FILE" default:"${config}" help:"Configuration file, TOML (default: ${config}, where it exists)."`
	Log     LogOptions  `embed:"" prefix:"log-"`
	Version versionFlag `env:"-" help:"Print the version and end."`
}

// Main runs the program with the arguments of the process until it ends or is
// interrupted, and returns its exit code. A failure is one line on Err.
func (p Program) Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	std := Standard()
	err := p.Run(ctx, os.Args[1:], std)
	if err != nil && !errors.Is(err, errInterrupted) {
		fmt.Fprintf(std.Err, "%s: %s\n", p.Name, p.failure(err))
	}
	return exitCode(err)
}

// endings are the signals that end a program in good order. One that was told
// to survive its terminal, as by nohup, does.
func endings() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		all = append(all, syscall.SIGHUP)
	}
	return all
}

// Run parses args and runs the command they name. The context's end interrupts
// it; a command that ends well by then returns nil.
func (p Program) Run(ctx context.Context, args []string, std Streams) error {
	ended := false // --help or --version said all there is to say
	parser, err := p.parser(std, func(int) { ended = true })
	if err != nil {
		return fmt.Errorf("build command line: %w", err)
	}
	parsed, err := parser.Parse(args)
	if ended {
		return nil
	}
	if err != nil {
		return usage(err, p.Name)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(std)
	parsed.Bind(p.Bind...)
	err = parsed.Run()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

func (p Program) parser(std Streams, exit func(int)) (*kong.Kong, error) {
	vars := kong.Vars{"config": DefaultFile(p.Name), "version": p.Name + " " + Version()}
	maps.Copy(vars, p.Vars)
	return kong.New(p.Grammar,
		kong.Name(p.Name),
		kong.Description(p.Summary),
		kong.Writers(std.Out, std.Err),
		kong.Exit(exit),
		kong.DefaultEnvars(EnvPrefix),
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.ValueFormatter(func(v *kong.Value) string { return v.Help }),
		vars,
	)
}

// printHelp adds the flags of the command that runs when none is named to the
// help of the program: they can be given without its name.
func printHelp(o kong.HelpOptions, ctx *kong.Context) error {
	if app := ctx.Model; ctx.Selected() == nil && app.DefaultCmd != nil {
		app.Flags = append(app.Flags, app.DefaultCmd.Flags...)
	}
	return kong.DefaultHelpPrinter(o, ctx)
}

// Rules says in help texts where the value of a flag comes from.
const Rules = `A flag may also come from the environment (LABCHAT_ and its name in capitals, _ for -:
--log-level is LABCHAT_LOG_LEVEL) or from the configuration file (key: the flag's name; flags of a
command under [command]). The command line wins over the environment, that over the file.

Exit codes: 0 fine, 1 failure, 2 wrong usage, 130 interrupted.`

// failure is what a person is told of an error.
func (p Program) failure(err error) string {
	words := oneLine(err.Error())
	if p.Clean != nil {
		words = p.Clean(words)
	}
	return words
}

func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}
