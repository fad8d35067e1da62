package hub

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestTheDefaultLimitsAreThoseThatOperatorsRead compares with the page, and with
// what was promised of those that it does not name: raising one is a decision,
// not a slip.
func TestTheDefaultLimitsAreThoseThatOperatorsRead(t *testing.T) {
	page, err := os.ReadFile("../../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	for words, n := range map[string]int{"accounts": defaultLimits.Accounts, "rooms": defaultLimits.Rooms, "private lines waiting for one account": defaultLimits.Inbox} {
		if want := grouped(n) + " " + words; !strings.Contains(string(page), want) {
			t.Errorf("docs/operating.md does not say %q", want)
		}
	}
	want := Limits{
		Accounts: 100_000, Registrations: 100, SessionsPerAccount: 20, TokensPerAccount: 20, Rooms: 10_000, RoomsPerAddress: 100, RoomsPerAccount: 100,
		Inbox: 1_000, InboxPair: 100, InboxStrangers: 500, InboxAddress: 100, NamesPerHost: 256, NamesPerAddress: 8,
	}
	if diff := cmp.Diff(want, defaultLimits); diff != "" {
		t.Errorf("-promised +is:\n%s", diff)
	}
}

// grouped writes a number as the pages do: 10,000.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", grouped(n/1000), n%1000)
}
