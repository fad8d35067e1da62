package main

import (
	"fmt"
	"reflect"

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
		flag := reflect.New(reflect.StructOf([]reflect.StructField{{
			Name: "Port", Type: reflect.TypeFor[conf.Port](),
			Tag: reflect.StructTag(fmt.Sprintf(`name:%q default:"%d" help:%q`, f.Flag, f.Port, f.Help)),
		}}))
		p.Flags = append(p.Flags, flag.Interface())
		p.of[f.Name] = flag.Elem().Field(0).Addr().Interface().(*conf.Port)
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
