package wire

import (
	"cmp"
	"crypto/sha512"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"
)

const (
	// SafetyVersion is the version of the safety number. Two people see the same
	// number only where both programs make the same version.
	SafetyVersion = 2
	// safetyGroups is how many groups of five digits, and how many words, a safety
	// number has.
	safetyGroups = 12
	// safetyRounds is how often the hash is made. Whoever stands between two people
	// chooses a key for each of them, and needs two that give the same number: each
	// pair that is tried costs so many hashes, as each look at the number costs us.
	safetyRounds = 1 << 16
)

// Party is one side of a conversation, as a safety number covers it.
type Party struct {
	Name string // at the server; upper and lower case are the same
	Key  string // of the device: DeviceKey
}

// SafetyDigest returns what both sides of a conversation at a server's node
// compare: 64 bytes, the same whoever is a and who is b. It is nil where one has no
// proper key. It takes tens of milliseconds.
func SafetyDigest(node string, a, b Party) []byte {
	x, errA := ParseDeviceKey(a.Key)
	y, errB := ParseDeviceKey(b.Key)
	if errA != nil || errB != nil {
		return nil
	}
	if cmp.Or(slices.Compare(x, y), cmp.Compare(Fold(a.Name), Fold(b.Name))) > 0 {
		a, b, x, y = b, a, y, x
	}
	text := signedText("labchat safety number 2", node, Fold(a.Name), string(x), Fold(b.Name), string(y))
	sum := sha512.Sum512(text)
	buf := slices.Concat(sum[:], text)
	for range safetyRounds - 1 {
		sum = sha512.Sum512(buf)
		copy(buf, sum[:])
	}
	return sum[:]
}

// SafetyNumber prints a digest as 12 groups of five digits: of five bytes each,
// modulo 100,000.
func SafetyNumber(digest []byte) []string {
	groups := make([]string, 0, safetyGroups)
	for i := 0; i+5 <= len(digest) && len(groups) < safetyGroups; i += 5 {
		var eight [8]byte
		copy(eight[3:], digest[i:i+5])
		n := strconv.FormatUint(binary.BigEndian.Uint64(eight[:])%100_000, 10)
		groups = append(groups, strings.Repeat("0", 5-len(n))+n)
	}
	return groups
}
