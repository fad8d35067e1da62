package server

import "testing"

func TestConnectionsLeaveDescriptorsForTheRest(t *testing.T) {
	for _, tt := range []struct {
		name                      string
		wanted, descriptors, want int
	}{
		{"enough for all", 20_000, 32_768, 20_000},
		{"not enough: what is kept is kept", 20_000, 1024, 1024 - keptDescriptors},
		{"as many as anybody likes", 0, 1024, 1024 - keptDescriptors},
		{"very few: three quarters are kept", 20_000, 64, 16},
		{"fewer are wanted", 10, 1024, 10},
		{"nobody knows how many there are", 20_000, 0, 20_000},
		{"nobody knows, and anybody may", 0, 0, 0},
	} {
		if got := connectionsFor(tt.wanted, tt.descriptors); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
}
