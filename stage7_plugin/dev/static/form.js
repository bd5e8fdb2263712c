// The form: made from the manifest, and again when that changes, with what was typed kept.

import { byId, element } from "./dom.js";
import { makeField } from "./fields.js";

let fields = [];
let made = "";
let example = {};

export function showForm(plugin) {
  example = plugin.example;
  const key = JSON.stringify(plugin.inputs);
  if (key === made) return;
  const typed = made ? readForm() : startValues(plugin);
  made = key;
  fields = plugin.inputs.map(makeField);
  byId("fields").replaceChildren(...fields.map((field) => field.element));
  if (!fields.length) byId("fields").append(element("p", { class: "quiet" }, "The manifest declares no inputs."));
  writeForm(typed, plugin.inputs);
}

export function readForm() {
  return Object.fromEntries(fields.map((field) => [field.name, field.read()]).filter(([, value]) => value !== undefined));
}

export function writeForm(values, definitions = []) {
  for (const field of fields) {
    const definition = definitions.find((one) => one.name === field.name) ?? {};
    field.write(values[field.name] ?? definition.defaultValue ?? definition.default);
    field.fail("");
  }
}

export function writeExample() {
  writeForm(example);
}

// Shows each error at its field; returns those that belong to none.
export function showErrors(errors) {
  const rest = errors.filter((error) => !fields.some((field) => field.name === error.field));
  let first;
  for (const field of fields) {
    const own = errors.filter((error) => error.field === field.name).map((error) => error.message);
    field.fail(own.join(" "));
    if (own.length) first ??= field.control;
  }
  first?.focus();
  return rest;
}

function startValues(plugin) {
  const defaults = plugin.inputs.filter((one) => "defaultValue" in one || "default" in one);
  return { ...Object.fromEntries(defaults.map((one) => [one.name, one.defaultValue ?? one.default])), ...plugin.example };
}
