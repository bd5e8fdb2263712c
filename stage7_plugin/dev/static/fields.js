// One field of the form for each kind of input. A field has: element, read(), write(value), fail(text).

import { element } from "./dom.js";
import { jsonProblem } from "./json_editor.js";

const INPUT_TYPES = { date: "date", email: "email", uri: "url" };
let number = 0;

export function makeField(definition) {
  const id = `input-${++number}`;
  const kind = pick(definition);
  const control = kind.control(definition, id);
  const error = element("p", { class: "error", id: `${id}-error` });
  const hint = element("p", { class: "hint", id: `${id}-hint` }, hintOf(definition));
  control.setAttribute("aria-describedby", `${id}-hint ${id}-error`);
  if (definition.required) control.setAttribute("aria-required", "true");
  const mark = definition.required ? element("span", { class: "required" }, " (required)") : "";
  const label = element("label", { for: id }, definition.name, mark);
  const wrapped = kind.wrap ? kind.wrap(control, definition) : control;
  const field = {
    name: definition.name,
    element: element("div", { class: "field", "data-input": definition.name }, label, wrapped, hint, error),
    control,
    read: () => kind.read(control, definition),
    write: (value) => kind.write(control, value),
    fail(text) {
      error.textContent = text;
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    },
  };
  control.addEventListener("input", () => field.fail(kind.problem?.(control) ?? ""));
  return field;
}

function pick(definition) {
  if (definition.enum) return choice;
  if (definition.secret) return secret;
  if (definition.type === "boolean") return toggle;
  if (definition.type === "number") return numeric;
  if (["array", "object", "any"].includes(definition.type)) return json;
  if (definition.format === "base64" || definition.contentMediaType) return file;
  return INPUT_TYPES[definition.format] ? plain : text;
}

function hintOf(definition) {
  const parts = [definition.type, definition.description];
  const limits = { minimum: "from", maximum: "to", minLength: "at least", maxLength: "at most", minItems: "at least", maxItems: "at most" };
  for (const [key, word] of Object.entries(limits)) {
    const unit = key.endsWith("Length") ? " characters" : key.endsWith("Items") ? " items" : "";
    if (definition[key] !== undefined) parts.push(`${word} ${definition[key]}${unit}`);
  }
  if (definition.format) parts.push(definition.format);
  if (definition.pattern) parts.push(`pattern ${definition.pattern}`);
  return parts.filter(Boolean).join("; ");
}

const asText = (value) => (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));
const readText = (control) => (control.value === "" ? undefined : control.value);

const text = {
  control: (_, id) => element("textarea", { id, rows: 2, spellcheck: "false" }),
  read: readText,
  write: (control, value) => { control.value = asText(value); },
};

const plain = {
  ...text,
  control: (definition, id) => element("input", { id, type: INPUT_TYPES[definition.format], autocomplete: "off" }),
};

const secret = {
  ...text,
  control: (_, id) => element("input", { id, type: "password", autocomplete: "off" }),
};

const numeric = {
  control: (definition, id) => element("input", { id, type: "text", inputmode: "decimal", autocomplete: "off" }),
  // What is not a number is sent as typed: the host decides, and its answer is shown here.
  read(control) {
    const typed = control.value.trim();
    return typed === "" ? undefined : Number.isFinite(Number(typed)) ? Number(typed) : typed;
  },
  write: text.write,
};

const toggle = {
  control: (_, id) => element("input", { id, type: "checkbox", role: "switch" }),
  wrap: (control) => element("div", { class: "switch" }, control, element("span", { "aria-hidden": "true" }, "true if on")),
  read: (control) => control.checked,
  write: (control, value) => { control.checked = value === true; },
};

const choice = {
  control(definition, id) {
    const none = definition.required ? [] : [element("option", { value: "" }, "(not given)")];
    const options = definition.enum.map((value, index) => element("option", { value: String(index) }, String(value)));
    return element("select", { id }, ...none, ...options);
  },
  read: (control, definition) => (control.value === "" ? undefined : definition.enum[Number(control.value)]),
  write(control, value) {
    const found = [...control.options].find((option) => option.textContent === String(value));
    if (found) control.value = found.value;
    else control.selectedIndex = 0;
  },
};

const json = {
  control: (_, id) => element("textarea", { id, rows: 5, spellcheck: "false" }),
  problem: (control) => (control.value.trim() ? jsonProblem(control.value) : ""),
  read(control) {
    if (!control.value.trim()) return undefined;
    return jsonProblem(control.value) ? control.value : JSON.parse(control.value);
  },
  write: (control, value) => { control.value = value === undefined ? "" : JSON.stringify(value, null, 2); },
};

const file = {
  ...text,
  wrap(control, definition) {
    const picker = element("input", {
      type: "file", "aria-label": `File for ${definition.name}`, accept: definition.contentMediaType,
      async onchange() {
        if (!picker.files.length) return;
        const url = await dataUrl(picker.files[0]);
        control.value = url.slice(url.indexOf(",") + 1);
        control.dispatchEvent(new Event("input"));
      },
    });
    return element("div", {}, control, element("div", { class: "file" }, picker));
  },
};

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
