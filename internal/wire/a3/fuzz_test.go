package a3

import (
	"testing"

	"labchat/internal/wire/wiretest"
)

func FuzzA3Requests(f *testing.F) { wiretest.FuzzRequests(f, Dialect{}) }

func FuzzA3Events(f *testing.F) { wiretest.FuzzEvents(f, Dialect{}) }
