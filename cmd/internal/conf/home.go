package conf

import (
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// DataDir names a directory of ours among the user's data; "" where the user has
// no place for any, as HOME is not set. The library would take the root of the
// file system then.
func DataDir(parts ...string) string { return under(xdg.DataHome, "XDG_DATA_HOME", parts) }

// StateDir is DataDir for logs and the like.
func StateDir(parts ...string) string { return under(xdg.StateHome, "XDG_STATE_HOME", parts) }

// ConfigDir is DataDir for configuration files.
func ConfigDir(parts ...string) string { return under(xdg.ConfigHome, "XDG_CONFIG_HOME", parts) }

// DownloadDir is where a person's programs put files that come from others; ""
// as in DataDir.
func DownloadDir() string { return under(xdg.UserDirs.Download, "XDG_DOWNLOAD_DIR", nil) }

func under(base, env string, parts []string) string {
	if homeless() && !filepath.IsAbs(os.Getenv(env)) {
		return ""
	}
	return filepath.Join(append([]string{base}, parts...)...)
}

// homeless reports whether the library has put the root in place of a home that
// nobody has named.
func homeless() bool { return xdg.Home == string(filepath.Separator) && os.Getenv("HOME") == "" }
