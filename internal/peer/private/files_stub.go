package private

import (
	"labchat/internal/wire"
	"time"
)

type files struct{}

func (*files) act(*loop, time.Time)                   {}
func (*files) due() time.Time                         { return time.Time{} }
func (*files) load(*loop)                             {}
func (*files) linked(*loop, *conversation)            {}
func (*files) unlinked(*conversation)                 {}
func (*files) message(*loop, *path, wire.PeerMessage) {}
func (*files) accept(*loop, *conversation) bool       { return false }
func (*files) reject(*loop, *conversation) bool       { return false }
func (l *loop) receiveFiles(*path)                    {}
func (l *loop) sendFile(wire.SendFile, string)        {}
func (l *loop) stopFile(wire.StopFile, string)        {}
