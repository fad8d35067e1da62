package store

import (
	"database/sql/driver"
	"encoding/binary"
	"hash/crc32"
	"sync"

	"modernc.org/sqlite"
)

// Every row carries a checksum of its other columns, in the column sum: what
// the disk or the memory has changed in a row is not found by SQLite, which
// looks at the form of its pages only. What is inserted often (lines, keys, the
// row of the last id) gets it from Go, the rest from triggers, so that no
// statement can forget it. The function is CRC-32C: it finds every burst of up
// to 32 bits. It is no proof against a person who can write to the file.

// castagnoli is CRC-32C, which processors compute.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sums computes checksums in a buffer that is used again. Not for use by
// several goroutines.
type sums struct{ buf []byte }

// add takes the next value of a row. Each is preceded by its kind, texts also by
// their lengths, so that no two rows look alike. A truth value is an integer, as
// SQLite stores it.
func (s *sums) add(v driver.Value) {
	switch v := v.(type) {
	case int64:
		s.integer(v)
	case bool:
		var n int64
		if v {
			n = 1
		}
		s.integer(n)
	case string:
		s.buf = append(binary.LittleEndian.AppendUint32(append(s.buf, 't'), uint32(len(v))), v...)
	case []byte:
		s.buf = append(binary.LittleEndian.AppendUint32(append(s.buf, 'b'), uint32(len(v))), v...)
	default:
		s.buf = append(s.buf, 'n') // nothing of ours is NULL or a fraction, but damage may be
	}
}

func (s *sums) integer(n int64) {
	s.buf = binary.LittleEndian.AppendUint64(append(s.buf, 'i'), uint64(n))
}

// take returns the checksum of what was added, and begins the next row. It is
// signed, which takes four bytes in a row and not six.
func (s *sums) take() int64 {
	sum := crc32.Checksum(s.buf, castagnoli)
	s.buf = s.buf[:0]
	return int64(int32(sum))
}

// writing is the driver of connections that write: SQLite with checksum(...),
// which the triggers of our tables call.
var writing = sync.OnceValues(func() (*sqlite.Driver, error) {
	d := new(sqlite.Driver)
	err := d.RegisterFunction("checksum", &sqlite.FunctionImpl{
		NArgs:         -1,
		Deterministic: true,
		VolatileArgs:  true, // texts are whole, also with a NUL, and not copied
		Scalar: func(_ *sqlite.FunctionContext, row []driver.Value) (driver.Value, error) {
			var s sums
			for _, v := range row {
				s.add(v)
			}
			return s.take(), nil
		},
	})
	return d, err
})
