package conf_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/adrg/xdg"

	"labchat/cmd/internal/conf"
)

func TestWhoHasNoHomeHasNoDirectories(t *testing.T) {
	t.Cleanup(xdg.Reload) // runs last, when the environment is as it was
	for _, name := range []string{"HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DOWNLOAD_DIR"} {
		t.Setenv(name, "")
	}
	xdg.Reload()
	if xdg.Home != string(filepath.Separator) {
		t.Skip("this system knows another way to the home") // Windows has known folders
	}
	for name, got := range map[string]string{
		"data": conf.DataDir("labchat"), "state": conf.StateDir("labchat"), "config": conf.ConfigDir("labchat"),
		"downloads": conf.DownloadDir(), "configuration file": conf.DefaultFile("chatd"),
	} {
		if got != "" {
			t.Errorf("%s: got %s, want none", name, got)
		}
	}
	dir := t.TempDir()
	t.Setenv("XDG_DATA_HOME", dir)
	xdg.Reload()
	if got, want := conf.DataDir("labchat", "chatd"), filepath.Join(dir, "labchat", "chatd"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	t.Setenv("HOME", dir)
	xdg.Reload()
	if got, want := conf.StateDir("labchat"), filepath.Join(dir, ".local", "state", "labchat"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAConfigurationThatCannotBeThereIsNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(xdg.Reload)
	for _, home := range []string{"", file, filepath.Join(file, "none")} {
		t.Setenv("HOME", home)
		t.Setenv("XDG_CONFIG_HOME", "")
		xdg.Reload()
		if got, _, err := run(t, t.Context(), "", nil, "serve"); err != nil || got != "1300 m2 here" {
			t.Errorf("HOME=%q: got %q, %v, want the defaults", home, got, err)
		}
	}
}
