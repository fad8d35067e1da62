package main

import "testing"

func TestTheRelayIsOffOrHasARate(t *testing.T) {
	for text, want := range map[string]relayRate{
		"off": {Off: true}, "65536": {PerSecond: 64 << 10}, "64K": {PerSecond: 64 << 10}, "4M": {PerSecond: 4 << 20}, "1G": {PerSecond: 1 << 30},
	} {
		var got relayRate
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "on", "1K", "-4M", "4m", "4MB", "M", "4096G", "99999999999999999999"} {
		var got relayRate
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}
