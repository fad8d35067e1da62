package tui

import "testing"

func TestLayoutFollowsTheBreakpoints(t *testing.T) {
	tests := []struct {
		name string
		w, h int
		s    shown
		want layout
	}{
		{"too small", 29, 24, shown{}, layout{w: 29, h: 24, tiny: true}},
		{"too low", 80, 7, shown{}, layout{w: 80, h: 7, tiny: true}},
		{"a phone", 50, 15, shown{composer: 1}, layout{w: 50, h: 15, narrow: true, title: true, rules: true, main: 50, body: 9, composer: 1}},
		{"a phone with its list", 50, 15, shown{composer: 1, cover: true}, layout{w: 50, h: 15, narrow: true, title: true, rules: true, list: 50, body: 9, composer: 1}},
		{"a phone lying down", 59, 8, shown{composer: 1}, layout{w: 59, h: 8, narrow: true, main: 59, body: 6, composer: 1}},
		{"the usual terminal", 80, 24, shown{composer: 1}, layout{w: 80, h: 24, title: true, rules: true, list: 18, main: 61, body: 19, composer: 1}},
		{"with people over it", 80, 24, shown{composer: 1, overlay: true}, layout{w: 80, h: 24, title: true, rules: true, list: 18, main: 42, people: 18, body: 19, composer: 1}},
		{"with the inspector over it", 80, 24, shown{composer: 1, peer: true}, layout{w: 80, h: 24, title: true, rules: true, list: 18, main: 42, people: 18, body: 19, composer: 1}},
		{"the inspector on a phone", 50, 15, shown{composer: 1, peer: true}, layout{w: 50, h: 15, narrow: true, title: true, rules: true, people: 50, body: 9, composer: 1}},
		{"the inspector, people away", 120, 40, shown{composer: 2, noPeople: true, peer: true}, layout{w: 120, h: 40, title: true, rules: true, list: 24, main: 76, people: 18, body: 34, composer: 2}},
		{"without the list", 80, 24, shown{composer: 1, noList: true}, layout{w: 80, h: 24, title: true, rules: true, main: 80, body: 19, composer: 1}},
		{"low: no title", 80, 19, shown{composer: 1}, layout{w: 80, h: 19, rules: true, list: 18, main: 61, body: 15, composer: 1}},
		{"lower: no rules", 80, 13, shown{composer: 1}, layout{w: 80, h: 13, list: 18, main: 61, body: 11, composer: 1}},
		{"three columns", 120, 40, shown{composer: 2}, layout{w: 120, h: 40, title: true, rules: true, list: 24, main: 76, people: 18, body: 34, composer: 2}},
		{"three columns, people away", 120, 40, shown{composer: 2, noPeople: true}, layout{w: 120, h: 40, title: true, rules: true, list: 24, main: 95, body: 34, composer: 2}},
		{"wide", 200, 50, shown{composer: 1}, layout{w: 200, h: 50, title: true, rules: true, list: 28, main: 149, people: 21, body: 45, composer: 1}},
		{"a long draft", 80, 24, shown{composer: 40}, layout{w: 80, h: 24, title: true, rules: true, list: 18, main: 61, body: 14, composer: 6}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := arrange(tt.w, tt.h, tt.s); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestLayoutAddsUpAtEverySize(t *testing.T) {
	for w := minWidth; w <= 300; w++ {
		for h := minHeight; h <= 80; h++ {
			for _, s := range []shown{{composer: 1}, {composer: 9, overlay: true}, {noList: true, noPeople: true}, {cover: true}, {peer: true, noPeople: true}} {
				l := arrange(w, h, s)
				if l.narrow && l.list+l.main+l.people != w || !l.narrow && withLine(l.list)+l.main+withLine(l.people) != w {
					t.Fatalf("%dx%d %+v: columns do not add up: %+v", w, h, s, l)
				}
				if l.body < 1 || l.composer < 1 || !l.narrow && l.main < 20 {
					t.Fatalf("%dx%d %+v: no room: %+v", w, h, s, l)
				}
			}
		}
	}
}
