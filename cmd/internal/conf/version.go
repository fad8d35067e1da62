package conf

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

// Version returns the version that the Go tool has built in, the revision it
// was built from, and the Go version and system it was built for.
func Version() string {
	version, revision := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) > 12 {
				revision = " " + s.Value[:12]
			}
		}
	}
	return fmt.Sprintf("%s%s (%s %s/%s)", version, revision, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// versionFlag prints the version before anything else is looked at.
type versionFlag bool

// IgnoreDefault keeps --version from selecting a default command.
func (versionFlag) IgnoreDefault() {}

// BeforeReset is called by kong when the flag was given.
func (versionFlag) BeforeReset(app *kong.Kong, vars kong.Vars) error {
	fmt.Fprintln(app.Stdout, vars["version"])
	app.Exit(ExitFine)
	return nil
}
