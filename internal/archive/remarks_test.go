package archive

import (
	"testing"

	"labchat/internal/wire"
)

func TestAFileStandsBetweenTwoRemarks(t *testing.T) {
	a := open(t, t.TempDir())
	must(t, a.AddRemark("bob", wire.Remark{ID: 1, Text: "direct connection made"}, 0))
	must(t, a.SaveTransfer(&wire.Transfer{ID: "f", User: "bob", State: wire.TransferOffered, At: 1}))
	must(t, a.AddRemark("bob", wire.Remark{ID: 3, At: 2, Text: "direct connection made"}, 0))
	must(t, a.AddRemark("bob", wire.Remark{ID: 5, At: 3, Text: "direct connection made"}, 0))
	got, err := a.Remarks("bob")
	must(t, err)
	check(t, "remarks", got, []wire.Remark{{ID: 1, Text: "direct connection made"}, {ID: 5, At: 3, Text: "direct connection made"}})
}
