package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Values of manifest.json, as far as two of them are compared.

type object = map[string]any

// at returns what is at a path of keys; nil if it is not there.
func at(found any, path ...string) any {
	for _, key := range path {
		inner, _ := found.(object)
		found = inner[key]
	}
	return found
}

func listed(manifest object, key string) (found []object) {
	all, _ := manifest[key].([]any)
	for _, one := range all {
		if definition, is := one.(object); is {
			found = append(found, definition)
		}
	}
	return found
}

func named(all []object, name any) object {
	for _, one := range all {
		if one["name"] == name {
			return one
		}
	}
	return nil
}

func itemsOf(definition object) object {
	if items, is := definition["items"].(object); is {
		return items
	}
	return object{"type": "any"} // what is not declared
}

func defaultOf(definition object) (value any, found bool) {
	if value, found = definition["defaultValue"]; !found {
		value, found = definition["default"]
	}
	return value, found
}

// texts returns a list as it is shown.
func texts(values any) (found []string) {
	all, _ := values.([]any)
	for _, one := range all {
		found = append(found, shown(one))
	}
	return found
}

// less returns the names that are not among the others, sorted.
func less(names, others []string) []string {
	left := slices.DeleteFunc(slices.Clone(names), func(one string) bool { return slices.Contains(others, one) })
	slices.Sort(left)
	return slices.Compact(left)
}

// sizeOf returns a limit as a number, if it can be read.
func sizeOf(limit any) (float64, bool) {
	found := regexp.MustCompile(`^(\d+(?:\.\d+)?)([kmg]?)$`).FindStringSubmatch(strings.ToLower(shown(limit)))
	if found == nil {
		return 0, false
	}
	number, err := strconv.ParseFloat(found[1], 64)
	return number * map[string]float64{"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}[found[2]], err == nil
}

func shown(value any) string {
	switch is := value.(type) {
	case nil:
		return "not set"
	case float64:
		return strconv.FormatFloat(is, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

func asJSON(value any) string {
	var written strings.Builder
	encoder := json.NewEncoder(&written)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return strings.TrimSpace(written.String())
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// numbers returns the parts of a version, which compare.
func numbers(version string) (found [3]int) {
	for index, part := range strings.SplitN(version, ".", 3) {
		found[index], _ = strconv.Atoi(part)
	}
	return found
}
