package conf

import (
	"io"
	"log/slog"
)

// LogOptions say what is logged and how.
type LogOptions struct {
	Level  slog.Level `default:"info" placeholder:"LEVEL" help:"Least level that is logged: debug, info, warn or error."`
	Format string     `default:"text" enum:"text,json" help:"Form of the log: text or json."`
}

// Logger returns a logger that writes to w.
func (o LogOptions) Logger(w io.Writer) *slog.Logger {
	h := &slog.HandlerOptions{Level: o.Level}
	if o.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, h))
	}
	return slog.New(slog.NewTextHandler(w, h))
}
