package store

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"labchat/internal/wire"
)

// What a new hash costs: 19 MiB and two passes, about 40 ms on one core.
const (
	hashMemory  = 19456 // KiB
	hashPasses  = 2
	hashThreads = 1
	hashKey     = 32 // bytes
	hashSalt    = 16 // bytes
)

// What a stored hash may ask for. A string from a damaged or hostile database
// must not take the machine's memory, nor make argon2 panic.
const (
	minMemory, maxMemory   = 8, 256 << 10 // KiB
	minPasses, maxPasses   = 1, 16
	minThreads, maxThreads = 1, 16
	minSalt, maxSalt       = 8, 64 // bytes
	minKey, maxKey         = 16, 64
	maxPHC                 = 512 // bytes of the whole string
)

// errPHC refuses a stored hash. It never quotes it.
var errPHC = errors.New("the stored hash is no argon2id string within our bounds")

// phc is a stored hash, taken apart:
// $argon2id$v=19$m=19456,t=2,p=1$SALT$KEY, salt and key in unpadded base64.
type phc struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// HashPassword returns the PHC string of a password: argon2id over its
// digest, with a salt of its own. It takes 19 MiB and about 40 ms: callers
// bound how many run at a time.
func HashPassword(password wire.Digest) string {
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // never fails
	h := phc{memory: hashMemory, passes: hashPasses, threads: hashThreads, salt: salt}
	h.key = h.derive(password, hashKey)
	return h.String()
}

// VerifyPassword reports whether a password belongs to a stored hash, and
// whether the hash should be stored anew because today's cost differs.
func VerifyPassword(stored string, password wire.Digest) (ok, rehash bool, err error) {
	h, err := parsePHC(stored)
	if err != nil {
		return false, false, err
	}
	if subtle.ConstantTimeCompare(h.derive(password, uint32(len(h.key))), h.key) == 0 {
		return false, false, nil
	}
	return true, !h.today(), nil
}

// DummyHash returns a hash that no password has and that costs as much to
// verify as a real one: verified for names without an account, it makes the
// time of the answer say nothing.
func DummyHash() string {
	h := phc{memory: hashMemory, passes: hashPasses, threads: hashThreads, salt: make([]byte, hashSalt), key: make([]byte, hashKey)}
	return h.String()
}

// derive computes the key of a password under h's salt and cost.
func (h phc) derive(password wire.Digest, size uint32) []byte {
	return argon2.IDKey([]byte(password.Reveal()), h.salt, h.passes, h.memory, h.threads, size)
}

// today reports whether h was made with today's cost.
func (h phc) today() bool {
	return h.memory == hashMemory && h.passes == hashPasses && h.threads == hashThreads && len(h.salt) == hashSalt && len(h.key) == hashKey
}

func (h phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.threads,
		b64.EncodeToString(h.salt), b64.EncodeToString(h.key))
}

// parsePHC takes a string apart and refuses all that HashPassword would not
// have written, but for the numbers.
func parsePHC(s string) (phc, error) {
	parts := strings.Split(s[:min(len(s), maxPHC+1)], "$")
	if len(s) > maxPHC || len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return phc{}, errPHC
	}
	cost := strings.Split(parts[3], ",")
	if len(cost) != 3 {
		return phc{}, errPHC
	}
	memory, errM := parseNumber(cost[0], "m=", minMemory, maxMemory)
	passes, errT := parseNumber(cost[1], "t=", minPasses, maxPasses)
	threads, errP := parseNumber(cost[2], "p=", minThreads, maxThreads)
	salt, errS := decodeBase64(parts[4], minSalt, maxSalt)
	key, errK := decodeBase64(parts[5], minKey, maxKey)
	if errors.Join(errM, errT, errP, errS, errK) != nil || memory < 8*threads {
		return phc{}, errPHC
	}
	return phc{memory: memory, passes: passes, threads: uint8(threads), salt: salt, key: key}, nil
}

// parseNumber reads NAME=NUMBER.
func parseNumber(s, name string, least, most uint64) (uint32, error) {
	digits, ok := strings.CutPrefix(s, name)
	if !ok {
		return 0, errPHC
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	if err != nil || n < least || n > most {
		return 0, errPHC
	}
	return uint32(n), nil
}

// decodeBase64 reads unpadded base64.
func decodeBase64(s string, least, most int) ([]byte, error) {
	b, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) < least || len(b) > most {
		return nil, errPHC
	}
	return b, nil
}
