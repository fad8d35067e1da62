package main

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"labchat/cmd/internal/conf"
	"labchat/internal/server"
)

// ports are where the daemon listens: a flag for each of its families.
type ports struct {
	Flags kong.Plugins          `embed:""`
	of    map[string]*conf.Port // by the family's name; what Flags set
}

// newPorts makes the flags of the server's table.
func newPorts() ports {
	p := ports{of: map[string]*conf.Port{}}
	for _, f := range server.Families() {
		flag, port := newFlag[conf.Port](fmt.Sprintf(`name:%q default:"%d" help:%q`, f.Flag, f.Port, f.Help))
		p.Flags, p.of[f.Name] = append(p.Flags, flag), port
	}
	return p
}

// server returns the ports of those that are not off.
func (p ports) server() server.Ports {
	all := server.Ports{}
	for name, port := range p.of {
		if !port.Off() {
			all[name] = int(*port)
		}
	}
	return all
}

// styles choose between forms that older programs had of one service: a flag
// for each family that has some.
type styles struct {
	Flags kong.Plugins       `embed:""`
	of    map[string]*string // by the family's name; what Flags set

	UTC bool `name:"utc" help:"Times in UTC instead of the host's zone."`
}

// newStyles makes the flags of the server's table.
func newStyles() styles {
	s := styles{of: map[string]*string{}}
	for _, f := range server.Families() {
		if f.Style.Flag == "" {
			continue
		}
		forms := f.Style.Forms
		flag, style := newFlag[string](fmt.Sprintf(`name:%q default:%q enum:%q help:%q`, f.Style.Flag, forms[0], strings.Join(forms, ","), f.Style.Help))
		s.Flags, s.of[f.Name] = append(s.Flags, flag), style
	}
	return s
}

func (s styles) server() server.Styles {
	all := server.Styles{Of: map[string]string{}, UTC: s.UTC}
	for name, style := range s.of {
		all.Of[name] = *style
	}
	return all
}

// newFlag makes a flag that no field of the command line's type stands for,
// from the tag that the field would have. kong sets value.
func newFlag[T any](tag string) (flag any, value *T) {
	v := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Value", Type: reflect.TypeFor[T](), Tag: reflect.StructTag(tag)}}))
	return v.Interface(), v.Elem().Field(0).Addr().Interface().(*T)
}
