package datagram

import "container/list"

// lru is a bounded map that knows which of its entries was used least
// recently. An entry that is put where there is no room takes that one's place.
type lru[K comparable, V any] struct {
	max   int
	at    map[K]*list.Element
	order list.List // of entry[K, V], the least recently used first
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

func newLRU[K comparable, V any](most int) *lru[K, V] {
	return &lru[K, V]{max: most, at: map[K]*list.Element{}}
}

// use returns an entry, which is the most recently used one from now on.
func (t *lru[K, V]) use(k K) (v V, ok bool) {
	e, ok := t.at[k]
	if !ok {
		return v, false
	}
	t.order.MoveToBack(e)
	return e.Value.(entry[K, V]).value, true
}

// put adds an entry that is not there yet, and returns the one that had to go
// for it.
func (t *lru[K, V]) put(k K, v V) (evicted V, full bool) {
	if len(t.at) >= t.max {
		evicted, full = t.oldest()
		t.remove(t.order.Front().Value.(entry[K, V]).key)
	}
	t.at[k] = t.order.PushBack(entry[K, V]{k, v})
	return evicted, full
}

// remove takes an entry out, if it is there.
func (t *lru[K, V]) remove(k K) {
	if e, ok := t.at[k]; ok {
		t.order.Remove(e)
		delete(t.at, k)
	}
}

// oldest returns the least recently used entry.
func (t *lru[K, V]) oldest() (v V, ok bool) {
	e := t.order.Front()
	if e == nil {
		return v, false
	}
	return e.Value.(entry[K, V]).value, true
}
