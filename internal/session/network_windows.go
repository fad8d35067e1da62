package session

import "syscall"

// portable names the errors of Windows' sockets as other systems do.
var portable = map[syscall.Errno]syscall.Errno{
	10013: syscall.EACCES,
	10022: syscall.EINVAL,
	10024: syscall.EMFILE,
	10040: syscall.EMSGSIZE,
	10047: syscall.EAFNOSUPPORT,
	10048: syscall.EADDRINUSE,
	10049: syscall.EADDRNOTAVAIL,
	10050: syscall.ENETDOWN,
	10051: syscall.ENETUNREACH,
	10053: syscall.ECONNABORTED,
	10054: syscall.ECONNRESET,
	10055: syscall.ENOBUFS,
	10060: syscall.ETIMEDOUT,
	10061: syscall.ECONNREFUSED,
	10064: syscall.EHOSTDOWN,
	10065: syscall.EHOSTUNREACH,
}
