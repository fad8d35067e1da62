package store

import (
	"fmt"
	"strings"
	"testing"

	"labchat/internal/wire"
)

const (
	salt = "AAAAAAAAAAAAAAAAAAAAAA"
	key  = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

var password = wire.PasswordDigest("correct horse")

func TestAPasswordIsKnownAgain(t *testing.T) {
	stored, again := HashPassword(password), HashPassword(password)
	if stored == again {
		t.Error("two hashes have one salt")
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(stored, password.Reveal()) {
		t.Errorf("got %q", stored)
	}
	// Blanks around it don't count, and é is é however it was typed.
	for _, same := range []wire.Secret{"correct horse", "  correct horse\n"} {
		if ok, rehash, err := VerifyPassword(stored, wire.PasswordDigest(same)); !ok || rehash || err != nil {
			t.Errorf("got %t, %t, %v, want it known", ok, rehash, err)
		}
	}
	if ok, _, err := VerifyPassword(HashPassword(wire.PasswordDigest("caf\u00e9")), wire.PasswordDigest("cafe\u0301")); !ok || err != nil {
		t.Errorf("got %t, %v, want one password in two forms known", ok, err)
	}
	for _, other := range []wire.Secret{"", "correct hors", "Correct horse"} {
		if ok, rehash, err := VerifyPassword(stored, wire.PasswordDigest(other)); ok || rehash || err != nil {
			t.Errorf("got %t, %t, %v, want another password refused", ok, rehash, err)
		}
	}
}

func TestAHashOfAnotherCostIsStoredAnew(t *testing.T) {
	for _, h := range []phc{
		{memory: 64, passes: 1, threads: 1, salt: make([]byte, 16)},
		{memory: hashMemory, passes: 1, threads: 1, salt: make([]byte, 16)},
		{memory: hashMemory, passes: hashPasses, threads: 2, salt: make([]byte, 16)},
		{memory: hashMemory, passes: hashPasses, threads: 1, salt: make([]byte, 8)},
	} {
		h.key = h.derive(password, 32)
		if ok, rehash, err := VerifyPassword(h.String(), password); !ok || !rehash || err != nil {
			t.Errorf("%s: got %t, %t, %v, want it known and stored anew", h, ok, rehash, err)
		}
		if ok, rehash, err := VerifyPassword(h.String(), wire.PasswordDigest("other")); ok || rehash || err != nil {
			t.Errorf("%s: got %t, %t, %v, want another password refused", h, ok, rehash, err)
		}
	}
}

func TestTheDummyHashCostsTheSameAndIsNobodys(t *testing.T) {
	h, err := parsePHC(DummyHash())
	if err != nil || !h.today() {
		t.Errorf("got %v, %v, want today's cost", h, err)
	}
	if ok, _, err := VerifyPassword(DummyHash(), password); ok || err != nil {
		t.Errorf("got %t, %v", ok, err)
	}
}

func TestHostileHashesAreRefusedBeforeHashing(t *testing.T) {
	good := "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key
	if _, err := parsePHC(good); err != nil {
		t.Fatalf("%s: %v", good, err)
	}
	cost := func(s string) string { return strings.Replace(good, "m=19456,t=2,p=1", s, 1) }
	for _, bad := range []string{
		"", "$", "$$$$$", "x" + good, good + "$", "plain", strings.Repeat("$", 1000), strings.Repeat("A", 1<<20),
		strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1), strings.Replace(good, "v=19", "v=", 1),
		cost(""), cost("m=19456"), cost("m=19456,t=2,p=1,x=1"), cost("t=2,m=19456,p=1"), cost("m=,t=,p="),
		cost("m=0,t=2,p=1"), cost("m=7,t=2,p=1"), cost("m=19456,t=0,p=1"), cost("m=19456,t=2,p=0"), cost("m=-1,t=2,p=1"),
		cost("m=4294967295,t=2,p=1"), cost("m=4294967296,t=2,p=1"), cost("m=262145,t=2,p=1"), cost("m=19456,t=17,p=1"), cost("m=19456,t=4294967295,p=1"),
		cost("m=19456,t=2,p=17"), cost("m=19456,t=2,p=256"), cost("m=19456,t=2,p=257"), cost("m=64,t=2,p=16"), cost("m=0x10,t=2,p=1"), cost("m= 64,t=2,p=1"),
		strings.Replace(good, salt, "", 1), strings.Replace(good, salt, "AAAA", 1), strings.Replace(good, salt, strings.Repeat("A", 88), 1),
		strings.Replace(good, salt, "!!!!", 1), strings.Replace(good, salt, salt+"==", 1), good[:len(good)-1] + "B",
		"$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + strings.Repeat("A", 88),
	} {
		ok, rehash, err := VerifyPassword(bad, password)
		if ok || rehash || err == nil {
			t.Errorf("%.60q: got %t, %t, %v, want a refusal", bad, ok, rehash, err)
		}
		if err != nil && strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%.60q: the error quotes it: %v", bad, err)
		}
	}
}

func FuzzStoredHash(f *testing.F) {
	f.Add(DummyHash())
	f.Add("$argon2id$v=19$m=8,t=1,p=1$" + salt + "$" + key)
	f.Fuzz(func(t *testing.T, stored string) {
		h, err := parsePHC(stored)
		if err != nil {
			return
		}
		if h.memory > maxMemory || h.passes < 1 || h.passes > maxPasses || h.threads < 1 || h.memory < 8*uint32(h.threads) {
			t.Errorf("%q was taken: %+v", stored, h)
		}
		if h.memory*h.passes > 1<<10 {
			return // sound, but the fuzzer has no time for it
		}
		if _, _, err := VerifyPassword(stored, password); err != nil {
			t.Errorf("%q: %v", stored, err)
		}
		if again, err := parsePHC(h.String()); err != nil || fmt.Sprint(again) != fmt.Sprint(h) {
			t.Errorf("%q became %s, %v", stored, h, err)
		}
	})
}

func BenchmarkHashPassword(b *testing.B) {
	for b.Loop() {
		HashPassword(password)
	}
}
