package main

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// What has changed between two manifests of a plugin, and which step of the version that needs.
// Callers send inputs and read outputs: an input may only get wider, an output only narrower.

// change is one change: which part of the version has to move, what has changed, and how.
type change struct {
	step        string
	place, text string
}

// From the smallest to the largest.
var steps = []string{"none", "patch", "minor", "major"}

var (
	floors   = []string{"minimum", "minLength", "minItems"}
	ceilings = []string{"maximum", "maxLength", "maxItems"}
	exact    = []string{"pattern", "format", "contentMediaType"}
)

// changes lists what callers, planners and operators can notice, the largest step first.
func changes(old, now object) []change {
	var found []change
	for _, key := range []string{"id", "verb"} {
		if old[key] != now[key] {
			found = append(found, change{"major", key, fmt.Sprintf("%v became %v", old[key], now[key])})
		}
	}
	found = slices.Concat(found, inputs(old, now), outputs(old, now), permissions(old, now), limits(old, now), configuration(old, now))
	slices.SortStableFunc(found, func(one, other change) int {
		return slices.Index(steps, other.step) - slices.Index(steps, one.step)
	})
	return found
}

// stepNeeded returns the largest step of some changes; none if there are none.
func stepNeeded(found []change) string {
	if len(found) == 0 {
		return "none"
	}
	return found[0].step
}

// lowestVersion returns the lowest version that is a large enough step: 1.2.3 and minor make 1.3.0.
//
// Before 1.0.0 everything may change: a major step is then a minor one, a minor one a patch.
func lowestVersion(old, step string) string {
	is := numbers(old)
	if at := slices.Index(steps, step); is[0] == 0 && at > 1 {
		step = steps[at-1]
	}
	switch step {
	case "major":
		return fmt.Sprintf("%d.0.0", is[0]+1)
	case "minor":
		return fmt.Sprintf("%d.%d.0", is[0], is[1]+1)
	case "patch":
		is[2]++
	}
	return fmt.Sprintf("%d.%d.%d", is[0], is[1], is[2])
}

// compareVersions returns less than 0, 0 or more, as the first one is lower, the same or higher.
func compareVersions(one, other string) int {
	first, second := numbers(one), numbers(other)
	return slices.Compare(first[:], second[:])
}

func inputs(old, now object) (found []change) {
	after, kept := listed(now, "inputDefinitions"), map[any]bool{}
	for _, was := range listed(old, "inputDefinitions") {
		name := was["name"]
		place := fmt.Sprintf("input %v", name)
		next := named(after, name)
		if next == nil {
			for _, one := range after {
				if slices.Contains(texts(one["aliases"]), fmt.Sprint(name)) {
					next = one
				}
			}
			if next != nil {
				found = append(found, change{"minor", place, fmt.Sprintf("renamed to %v; the old name is an alias", next["name"])})
			}
		}
		if next == nil {
			found = append(found, change{"major", place, "removed; values from callers no longer have an effect"})
			continue
		}
		kept[next["name"]] = true
		found = append(found, input(place, was, next)...)
	}
	for _, added := range after {
		if !kept[added["name"]] {
			found = append(found, addition(fmt.Sprintf("input %v", added["name"]), added["required"] == true))
		}
	}
	return found
}

func addition(place string, required bool) change {
	if required {
		return change{"major", place, "added, and required"}
	}
	return change{"minor", place, "added"}
}

func input(place string, was, now object) (found []change) {
	say := func(step, text string) { found = append(found, change{step, place, text}) }
	required, must := was["required"] == true, now["required"] == true
	if must && !required {
		say("major", "now required")
	} else if required && !must {
		say("minor", "now optional")
	}
	for _, one := range valueChanges(was, now) {
		say(either(one.wider, "minor", "major"), one.text)
	}
	before, had := defaultOf(was)
	after, has := defaultOf(now)
	if (had != has || !reflect.DeepEqual(before, after)) && was["secret"] != true && now["secret"] != true {
		switch {
		case had && has:
			say("major", fmt.Sprintf("the default was %s and is %s", asJSON(before), asJSON(after)))
		case has && !required:
			say("minor", fmt.Sprintf("now has the default %s", asJSON(after)))
		case had && !must:
			say("major", fmt.Sprintf("no longer has a default; it was %s", asJSON(before)))
		}
	}
	aliases, others := texts(was["aliases"]), texts(now["aliases"])
	for _, alias := range less(aliases, append(others, fmt.Sprint(now["name"]))) {
		say("major", fmt.Sprintf("the alias %s was removed", alias))
	}
	for _, alias := range less(others, append(aliases, fmt.Sprint(was["name"]))) {
		say("minor", fmt.Sprintf("the alias %s was added", alias))
	}
	if is := now["secret"] == true; is != (was["secret"] == true) {
		say("minor", either(is, "now secret", "no longer secret"))
	}
	return found
}

func outputs(old, now object) (found []change) {
	before, after := listed(old, "outputDefinitions"), listed(now, "outputDefinitions")
	for _, was := range before {
		say := func(step, text string) {
			found = append(found, change{step, fmt.Sprintf("output %v", was["name"]), text})
		}
		next := named(after, was["name"])
		if next == nil {
			say("major", "removed")
			continue
		}
		if was["required"] == true && next["required"] != true {
			say("major", "no longer always present")
		} else if next["required"] == true && was["required"] != true {
			say("minor", "now always present")
		}
		for _, one := range valueChanges(was, next) {
			say(either(one.wider, "major", "minor"), one.text)
		}
	}
	for _, one := range after {
		if named(before, one["name"]) == nil {
			found = append(found, change{"minor", fmt.Sprintf("output %v", one["name"]), "added"})
		}
	}
	if len(before) > 0 && named(after, before[0]["name"]) != nil && after[0]["name"] != before[0]["name"] {
		text := fmt.Sprintf("%v now comes first; some plans keep only the first output", after[0]["name"])
		found = append(found, change{"major", fmt.Sprintf("output %v", before[0]["name"]), text})
	}
	return found
}

// difference is how the values that are allowed have changed, and whether there are more of them.
type difference struct {
	wider bool
	text  string
}

// valueChanges returns what is neither more nor less, such as another pattern, as both.
func valueChanges(was, now object) (found []difference) {
	both := func(text string) { found = append(found, difference{true, text}, difference{false, text}) }
	if was["type"] != now["type"] {
		text := fmt.Sprintf("the type was %v and is %v", was["type"], now["type"])
		if was["type"] != "any" && now["type"] != "any" {
			both(text)
			return found
		}
		return []difference{{now["type"] == "any", text}}
	}
	found = choices(was["enum"], now["enum"])
	for _, key := range slices.Concat(floors, ceilings, exact) {
		limit, bound := was[key], now[key]
		if limit == bound {
			continue
		}
		text := fmt.Sprintf("the %s was %s and is %s", key, shown(limit), shown(bound))
		one, isNumber := limit.(float64)
		another, areNumbers := bound.(float64)
		switch {
		case limit == nil || bound == nil:
			found = append(found, difference{bound == nil, text})
		case isNumber && areNumbers:
			found = append(found, difference{(another < one) == slices.Contains(floors, key), text})
		default:
			both(text)
		}
	}
	if was["items"] != nil || now["items"] != nil {
		for _, one := range valueChanges(itemsOf(was), itemsOf(now)) {
			found = append(found, difference{one.wider, "items: " + one.text})
		}
	}
	return found
}

func choices(was, now any) (found []difference) {
	before, after := texts(was), texts(now)
	switch {
	case was == nil && now == nil:
	case was == nil:
		found = append(found, difference{false, fmt.Sprintf("now only %s", strings.Join(after, ", "))})
	case now == nil:
		found = append(found, difference{true, fmt.Sprintf("now any value, not only %s", strings.Join(before, ", "))})
	default:
		without := func(one string, others []string) bool { return slices.Contains(others, one) }
		removed := slices.DeleteFunc(slices.Clone(before), func(one string) bool { return without(one, after) })
		added := slices.DeleteFunc(slices.Clone(after), func(one string) bool { return without(one, before) })
		if len(removed) > 0 {
			found = append(found, difference{false, strings.Join(removed, ", ") + " no longer allowed"})
		}
		if len(added) > 0 {
			found = append(found, difference{true, strings.Join(added, ", ") + " now allowed"})
		}
	}
	return found
}

func permissions(old, now object) (found []change) {
	before, after := texts(at(old, "security", "permissions")), texts(at(now, "security", "permissions"))
	for _, name := range less(after, before) {
		found = append(found, change{"major", "permissions", name + " was added"})
	}
	for _, name := range less(before, after) {
		found = append(found, change{"patch", "permissions", name + " was removed"})
	}
	return found
}

func limits(old, now object) (found []change) {
	for _, one := range []struct {
		place, lowered string
		path           []string
	}{
		{"api.timeout", "major", []string{"api", "timeout"}},
		{"memory", "major", []string{"container", "resources", "memory"}},
		{"cpu", "minor", []string{"container", "resources", "cpu"}},
	} {
		limit, bound := at(old, one.path...), at(now, one.path...)
		before, known := sizeOf(limit)
		after, knownToo := sizeOf(bound)
		if !known || !knownToo || before == after {
			continue
		}
		text := fmt.Sprintf("%s from %s to %s", either(after < before, "lowered", "raised"), shown(limit), shown(bound))
		found = append(found, change{either(after < before, one.lowered, "minor"), one.place, text})
	}
	return found
}

func configuration(old, now object) (found []change) {
	before, after := listed(old, "configuration"), listed(now, "configuration")
	byKey := func(one, other object) int { return cmp.Compare(fmt.Sprint(one["key"]), fmt.Sprint(other["key"])) }
	keyed := func(all []object, key any) int {
		return slices.IndexFunc(all, func(one object) bool { return one["key"] == key })
	}
	for _, one := range slices.SortedFunc(slices.Values(after), byKey) {
		place, was := fmt.Sprintf("configuration %v", one["key"]), keyed(before, one["key"])
		if was < 0 {
			found = append(found, addition(place, one["required"] == true))
		} else if one["required"] == true && before[was]["required"] != true {
			found = append(found, change{"major", place, "now required"})
		}
	}
	for _, one := range slices.SortedFunc(slices.Values(before), byKey) {
		if keyed(after, one["key"]) < 0 {
			found = append(found, change{"minor", fmt.Sprintf("configuration %v", one["key"]), "removed"})
		}
	}
	return found
}
