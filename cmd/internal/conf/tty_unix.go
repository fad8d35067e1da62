//go:build !windows

package conf

// controlling names the terminal that the process belongs to.
const controlling = "/dev/tty"
