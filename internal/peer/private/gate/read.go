package gate

import "labchat/internal/wire"

// Disk is what a decision is read from; archive.Archive is one.
type Disk interface {
	Contact(user string) (wire.Contact, error)
	Devices(user string) ([]wire.KnownDevice, error)
}

// Read returns what a disk knows of somebody. What it can't read counts against
// them: nothing leaves.
func Read(disk Disk, name string) Person {
	p := Person{Name: name}
	var errContact, errKeys error
	p.Contact, errContact = disk.Contact(name)
	p.Keys, errKeys = disk.Devices(name)
	p.Unread = errContact != nil || errKeys != nil
	return p
}

// Unaided decides whether a session without private conversations may send somebody
// a line, which its server can read: only who has never had a key is told something
// so. own is the key of this device, mine whether the name is ours.
func Unaided(disk Disk, name, own string, mine bool) Verdict {
	return Decide(Facts{
		Person: Read(disk, name), Own: own, Way: InPlain,
		Server: Server{Help: Keys, Says: Keyless, Mine: mine},
	})
}
