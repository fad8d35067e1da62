package dialects

import (
	"testing"

	"labchat/internal/wire"
)

func TestDialectsAreFoundByName(t *testing.T) {
	for _, d := range All() {
		if got := ByName(d.Name()); got != d {
			t.Errorf("ByName(%q) = %v, want %v", d.Name(), got, d)
		}
		if d.MaxBytes() < wire.MaxText && !d.Manners().Unframed || d.Server().Variant() == "" {
			t.Errorf("%s takes %d bytes and has the variant %q", d.Name(), d.MaxBytes(), d.Server().Variant())
		}
		m := d.Manners() // the chat port's: it listens before it knows which
		if greeting := d.Server().Greeting(); greeting != nil && (m.Native || m.Nameless) {
			t.Errorf("%s says %q, but the client speaks first on its port", d.Name(), greeting)
		}
	}
	if d := ByName("esperanto"); d != nil {
		t.Errorf("ByName of no dialect = %v, want nil", d)
	}
}
