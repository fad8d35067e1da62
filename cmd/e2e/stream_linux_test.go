package e2e_test

import "sync"

// object is what --json says.
type object struct {
	Type, State, Client, ID, From, To, User, Text, Path, Reason, Name, File, SHA256 string
	Trying, Encrypted, Inbox                                                        bool
}

// stream is what a program has said.
type stream struct {
	mu        sync.Mutex
	objects   []object
	private   []object          // lines that came
	delivered int               // receipts
	paths     map[string]object // the newest, to each user
	more      chan struct{}     // closed when there is more, or nothing will come
	ended     bool
}

func (h *stream) add(o object) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.objects = append(h.objects, o)
	switch {
	case o.Type == "path":
		h.paths[o.User] = o
	case o.Type == "private":
		h.private = append(h.private, o)
	case o.Type == "receipt" && o.State == "delivered":
		h.delivered++
	}
	close(h.more)
	h.more = make(chan struct{})
}

func (h *stream) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	close(h.more)
	h.more = make(chan struct{})
}

// from returns what was said from an index on, whether that is all that ever
// will be, and what tells of more.
func (h *stream) from(i int) (objects []object, ended bool, more <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.objects[i:], h.ended, h.more
}

func (h *stream) count(count func(h *stream) int) (int, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return count(h), h.more
}

// path returns the newest path to somebody, and what tells of more.
func (h *stream) path(user string) (object, <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.paths[user], h.more
}
