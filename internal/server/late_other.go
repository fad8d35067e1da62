//go:build !linux

package server

func newLateTimer() (lateTimer, error) { return newCoarseTimer(), nil }
