package command

import (
	"regexp"

	"labchat/internal/wire"
)

// expression is two numbers with an operator between them.
var expression = regexp.MustCompile(`^\s*([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*([-+*/])\s*([-+]?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*$`)

// sum is two integers with a plus between them.
var sum = regexp.MustCompile(`^\s*([-+]?[0-9]+)\s*(\+)\s*([-+]?[0-9]+)\s*$`)

func makeSum(_ Context, v values) (Action, problem) {
	return calc(sum, v, wire.Integers, "Write two integers, as 3+4")
}

func makeCalc(_ Context, v values) (Action, problem) {
	return calc(expression, v, wire.Floats, "Write two numbers and one of + - * / between them, as 12 + 42")
}

// calc reads an expression, so that a badly formed one is never sent.
func calc(form *regexp.Regexp, v values, by wire.Arithmetic, otherwise problem) (Action, problem) {
	m := form.FindStringSubmatch(v["expression"])
	if m == nil {
		return nil, otherwise
	}
	return Ask{Request: wire.Calc{Left: m[1], Op: m[2], Right: m[3], By: by}}, ""
}

func makeTime(Context, values) (Action, problem) { return Ask{Request: wire.Clock{}}, "" }

func makeDate(Context, values) (Action, problem) { return Ask{Request: wire.Clock{Date: true}}, "" }
