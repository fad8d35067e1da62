package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"labchat/internal/server/store"
)

// keeping says how much of what was said stays.
type keeping struct {
	MaxSize maxSize `default:"10G" placeholder:"SIZE" help:"Largest size of what the database holds; beyond it the oldest lines go. K, M and G are 1024 and its powers. 0: no limit."`
	Retain  retain  `default:"0" placeholder:"AGE" help:"How long lines are kept, as 90d or 12h. 0: for ever."`
}

func (k keeping) server() store.Keep {
	return store.Keep{MaxSize: int64(k.MaxSize), Retain: time.Duration(k.Retain)}
}

// maxSize is a number of bytes, also with K, M or G; 0 is no limit.
type maxSize int64

// The bounds of a size: an empty database with some lines of each of a few rooms,
// and more than any disk has.
const (
	leastSize = 1 << 20
	mostSize  = 1 << 50
)

// UnmarshalText reads a size.
func (m *maxSize) UnmarshalText(text []byte) error {
	n, ok := parseBytes(string(text))
	if !ok || n != 0 && (n < leastSize || n > mostSize) {
		return fmt.Errorf("want a size from 1M on, as 10G, or 0 for no limit, not %q", text)
	}
	*m = maxSize(n)
	return nil
}

// parseBytes reads a number of bytes, whose last letter may be K, M or G.
func parseBytes(s string) (n int64, ok bool) {
	digits, unit := s, int64(1)
	if i := strings.IndexAny(s, "KMG"); i >= 0 && i == len(s)-1 {
		digits, unit = s[:i], 1<<(10*(1+strings.IndexByte("KMG", s[i])))
	}
	few, err := strconv.ParseUint(digits, 10, 32)
	return int64(few) * unit, err == nil
}

// retain is for how long lines are kept; 0 is for ever.
type retain time.Duration

const (
	day = 24 * time.Hour
	// leastRetain lets who was away over lunch read what was said, mostRetain is
	// what the clock of Go can count.
	leastRetain = time.Hour
	mostRetain  = 100 * 365 * day
)

// UnmarshalText reads a number of days or hours.
func (r *retain) UnmarshalText(text []byte) error {
	if string(text) == "0" {
		*r = 0
		return nil
	}
	digits, unit := string(text), day
	if hours, ok := strings.CutSuffix(digits, "h"); ok {
		digits, unit = hours, time.Hour
	} else if days, ok := strings.CutSuffix(digits, "d"); ok {
		digits = days
	} else {
		unit = 0
	}
	n, err := strconv.ParseUint(digits, 10, 20)
	if age := time.Duration(n) * unit; err != nil || age < leastRetain || age > mostRetain {
		return fmt.Errorf("want days or hours, as 90d or 12h, or 0 for ever, not %q", text)
	}
	*r = retain(time.Duration(n) * unit)
	return nil
}
