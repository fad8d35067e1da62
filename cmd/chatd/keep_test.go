package main

import (
	"testing"
	"time"
)

func TestSizesAndAgesAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]maxSize{"0": 0, "1M": 1 << 20, "10G": 10 << 30, "500M": 500 << 20, "4096K": 4 << 20, "1048576": 1 << 20} {
		var got maxSize
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%s: got %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "10", "10g", "G", "-1G", "1.5G", "10GB", "off", "9999999999G"} {
		var got maxSize
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q: got %d, want an error", text, got)
		}
	}
	for text, want := range map[string]time.Duration{"0": 0, "90d": 90 * day, "12h": 12 * time.Hour, "1d": day} {
		var got retain
		if err := got.UnmarshalText([]byte(text)); err != nil || time.Duration(got) != want {
			t.Errorf("%s: got %v, %v, want %v", text, time.Duration(got), err, want)
		}
	}
	for _, text := range []string{"", "90", "d", "0d", "1m", "-1d", "90days", "1dh", "999999d"} {
		var got retain
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q: got %v, want an error", text, time.Duration(got))
		}
	}
}
