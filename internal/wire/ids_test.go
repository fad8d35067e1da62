package wire

import (
	"encoding/json"
	"testing"
	"time"
)

func TestIDsHoldTheirTime(t *testing.T) {
	now := MillisOf(time.Date(2026, 11, 22, 8, 0, 0, 123_456_789, time.UTC))
	first := FirstID(now)
	for _, id := range []ID{first, first + 1, FirstID(now+1) - 1} {
		if got := id.Time(); got != now {
			t.Errorf("the time of %d is %d, want %d", id, got, now)
		}
	}
	if got := FirstID(-1); got != 0 {
		t.Errorf("the first id before 1970 is %d, want 0", got)
	}
	if got, want := now.Time().Format(time.RFC3339Nano), "2026-11-22T08:00:00.123Z"; got != want {
		t.Errorf("the time is %s, want %s", got, want)
	}
}

func TestIDsAreDecimalStrings(t *testing.T) {
	const biggest = ID(1<<64 - 1)
	if got, err := ParseID(biggest.String()); got != biggest || err != nil {
		t.Errorf("ParseID(%q) = %d, %v", biggest, got, err)
	}
	for _, bad := range []string{"", "-1", "+1", "1.5", "0x1", "1_000", " 1", "18446744073709551616"} {
		if got, err := ParseID(bad); err == nil {
			t.Errorf("ParseID(%q) = %d, want an error", bad, got)
		}
	}
	for _, bad := range []string{`5`, `true`, `["5"]`, `"five"`, "`5`"} {
		var id ID
		if err := json.Unmarshal([]byte(bad), &id); err == nil {
			t.Errorf("%s is read as the id %d, want an error", bad, id)
		}
	}
}

func TestKeyPrint(t *testing.T) {
	// printf key | openssl dgst -sha256 -binary | base64
	const want = "SHA256:LHDhK3oGRvkiefQnx7OOczTY5Tic/xZ6HcMOc/gmtoM"
	if got := KeyPrint([]byte("key")); got != want {
		t.Errorf("KeyPrint = %s, want %s", got, want)
	}
}

func TestAnEpochIsSpelledInOneWayOnly(t *testing.T) {
	for _, want := range [][EpochSize]byte{{}, {1}, {15: 0xff}} {
		if got, ok := EpochOf(want).Bytes(); !ok || got != want {
			t.Errorf("%x came back as %x, %v", want, got, ok)
		}
	}
	digits := "000102030405060708090a0b0c0d0e0f"
	for _, bad := range []Epoch{
		"0", Epoch(digits[1:]), Epoch(digits + "00"), Epoch(digits + "0"), "000102030405060708090A0B0C0D0E0F",
		"00000000000000000000000000000000", Epoch(digits[:31] + "g"), Epoch(digits[:30] + "é"),
	} {
		if got, ok := bad.Bytes(); ok {
			t.Errorf("%q was read as %x", bad, got)
		}
	}
}
