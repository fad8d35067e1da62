// Package e2e_test runs the real programs as people and scripts run them: one
// txtar script for each promise, in testdata.
package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// bin holds the programs. Written by TestMain only.
var bin string

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "nc" {
		os.Exit(netcat(os.Args[1:]))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "labchat-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	args := []string{"build", "-o", dir + string(filepath.Separator)}
	if raced {
		args = append(args, "-race")
	}
	build := exec.Command("go", append(args, "../chatd", "../chat-tui")...)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the programs:", err)
		return 1
	}
	bin = dir
	if signal.Ignored(syscall.SIGHUP) { // under nohup; what a program catches its children have as usual
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	return m.Run()
}

func TestPromises(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"daemon":   daemon,
			"client":   client,
			"type":     types,
			"hangup":   hangup,
			"port":     port,
			"freeport": freePort,
			"term":     term,
			"until":    until,
			"dialogue": dialogue,
			"fails":    fails,
		},
	})
}

// TestTheTerminalsScriptTakesNoUsualPort reads .ci/e2e: beside a daemon on the
// usual ports it must work as well.
func TestTheTerminalsScriptTakesNoUsualPort(t *testing.T) {
	help, err := exec.Command(filepath.Join(bin, "chatd"), "serve", "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	flags := regexp.MustCompile(`--[a-z-]*port\b`).FindAllString(string(help), -1)
	script, err := os.ReadFile("../../.ci/e2e")
	if err != nil {
		t.Fatal(err)
	}
	served := regexp.MustCompile(`chatd serve .*`).FindAllString(strings.ReplaceAll(string(script), "\\\n", " "), -1)
	if len(flags) < 7 || len(served) == 0 {
		t.Fatalf("got the flags %q and the commands %q", flags, served)
	}
	for _, command := range served {
		for _, flag := range flags {
			if !regexp.MustCompile(flag + ` (0|off|"\$1")`).MatchString(command) {
				t.Errorf("%s: got no %s with a free port", command, flag)
			}
		}
	}
}

// setup gives each script directories and a name of its own.
func setup(env *testscript.Env) error {
	env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
	for _, name := range []string{"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"} {
		env.Setenv(name, filepath.Join(env.WorkDir, name))
	}
	env.Setenv("TMPDIR", env.WorkDir)
	env.Setenv("TERM", "dumb")
	env.Setenv("USER", "tester")
	env.Setenv("TZ", "UTC")
	env.Values[processes{}] = map[string]*process{}
	return nil
}
