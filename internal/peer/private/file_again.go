package private

import (
	"context"

	"labchat/internal/wire"
)

// readAgain makes the checksum of a file that an earlier run was about to offer.
func (l *loop) readAgain(t *transfer) {
	t.Reason = reading
	l.beside(t, nil, func(ctx context.Context, _ *job) func(*loop) {
		sum, made, err := sumOf(ctx, t.File, t.Size)
		return func(l *loop) { //nolint:contextcheck // what the loop begins outlives this job
			switch {
			case t.over() || l.ctx.Err() != nil: // a person has stopped it, or this program ends
			case err != nil:
				l.end(t, wire.TransferFailed, err.Error(), "")
			default:
				t.made = made
				l.offer(t, sum, "")
			}
		}
	})
}

// sumOf makes the checksum of a file that had so many bytes.
func sumOf(ctx context.Context, file string, size int64) (string, stamp, error) {
	f, made, err := openFile(file)
	if err != nil {
		return "", stamp{}, err
	}
	defer f.Close()
	if made.size != size {
		return "", stamp{}, errChanged
	}
	sum, err := checksum(ctx, f, made)
	return sum, made, err
}
