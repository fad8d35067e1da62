package command

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// maxNumber bounds a number of lines.
const maxNumber = 1_000_000

// readArgs reads what stands behind a command's word.
func readArgs(args []Arg, rest string) (values, problem) {
	v := values{}
	secret := false
	for _, a := range args {
		if a.Kind == KindSecret {
			secret = true
			continue
		}
		var typed string
		typed, rest = cutArg(a.Kind, rest)
		if typed == "" && !a.Optional {
			return nil, problem("Something is missing: " + signature([]Arg{a}))
		}
		value, why := a.check(typed)
		if why != "" {
			return nil, why
		}
		v[a.Name] = value
	}
	switch {
	case blank(rest):
		return v, ""
	case secret:
		return nil, "A password is asked for, never typed here"
	}
	return nil, "That is too much"
}

// cutArg cuts the next argument off: a word, or all of a text.
func cutArg(k Kind, rest string) (arg, after string) {
	rest = strings.TrimLeftFunc(rest, unicode.IsSpace)
	switch {
	case k == KindFile && quoted(rest):
		end := quotedEnd(rest)
		return rest[:end], rest[end:]
	case k == KindFile:
		return trimFile(rest), ""
	case k == KindText:
		return strings.TrimRightFunc(rest, unicode.IsSpace), ""
	}
	if i := strings.IndexFunc(rest, unicode.IsSpace); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, ""
}

// check returns an argument's value; "" is an optional one that is missing.
func (a Arg) check(typed string) (string, problem) {
	if typed == "" {
		return "", ""
	}
	value := typed
	switch a.Kind {
	case KindRoom:
		value = strings.TrimPrefix(typed, "#")
	case KindUser:
		value = strings.TrimSuffix(strings.TrimPrefix(typed, "@"), ":")
	case KindNumber:
		return a.number(typed)
	case KindChoice:
		if value = strings.ToLower(typed); !slices.Contains(a.Choices, value) {
			return "", problem("Choose one of " + strings.Join(a.Choices, ", "))
		}
	case KindFile:
		file, why := unquote(typed)
		if why != "" {
			return "", why
		}
		value = file
	case KindText, KindWord, KindSecret:
	}
	if value == "" {
		return "", "The name is missing"
	}
	return value, ""
}

// number returns a number, or one of the words that may stand for it.
func (a Arg) number(typed string) (string, problem) {
	if word := strings.ToLower(typed); slices.Contains(a.Choices, word) {
		return word, ""
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 1 || n > maxNumber {
		wanted := append([]string{"A number from 1 to " + strconv.Itoa(maxNumber)}, a.Choices...)
		return "", problem(strings.Join(wanted, " or ") + " is wanted")
	}
	return strconv.Itoa(n), ""
}
