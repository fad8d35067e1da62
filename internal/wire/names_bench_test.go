package wire

import "testing"

func BenchmarkNames(b *testing.B) {
	for name, user := range map[string]string{"plain": "sara_2", "cyrillic": "Ольга"} {
		b.Run("check/"+name, func(b *testing.B) {
			for b.Loop() {
				if err := CheckUser(user); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("skeleton/"+name, func(b *testing.B) {
			for b.Loop() {
				Skeleton(user)
			}
		})
	}
}
