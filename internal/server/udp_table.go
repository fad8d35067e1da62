package server

import "container/list"

// table is a bounded map that knows which of its entries has been silent the
// longest. An entry that is put where there is no room takes that one's place.
type table[K comparable, V any] struct {
	max   int
	at    map[K]*list.Element
	order list.List // of row[K, V], the longest silent first
}

type row[K comparable, V any] struct {
	key   K
	value V
}

func newTable[K comparable, V any](most int) *table[K, V] {
	return &table[K, V]{max: most, at: map[K]*list.Element{}}
}

// hear returns an entry, which is the last to have been heard of from now on.
func (t *table[K, V]) hear(k K) (v V, ok bool) {
	e, ok := t.at[k]
	if !ok {
		return v, false
	}
	t.order.MoveToBack(e)
	return e.Value.(row[K, V]).value, true
}

// put adds an entry that is not there yet, and returns the one that had to go
// for it.
func (t *table[K, V]) put(k K, v V) (gone V, full bool) {
	if len(t.at) >= t.max {
		gone, full = t.oldest()
		t.drop(t.order.Front().Value.(row[K, V]).key)
	}
	t.at[k] = t.order.PushBack(row[K, V]{k, v})
	return gone, full
}

// drop takes an entry out, if it is there.
func (t *table[K, V]) drop(k K) {
	if e, ok := t.at[k]; ok {
		t.order.Remove(e)
		delete(t.at, k)
	}
}

// oldest is the entry that has been silent the longest.
func (t *table[K, V]) oldest() (v V, ok bool) {
	e := t.order.Front()
	if e == nil {
		return v, false
	}
	return e.Value.(row[K, V]).value, true
}
