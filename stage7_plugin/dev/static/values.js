// A value for people: a table, a tree, a picture, or text.

import { element } from "./dom.js";

const SIGNATURES = { iVBORw0KGgo: "image/png", "/9j/": "image/jpeg", R0lGOD: "image/gif", UklGR: "image/webp" };
const MOST_ROWS = 200;

export function pictureOf(value, definition = {}) {
  if (typeof value !== "string") return "";
  if (/^data:image\/(png|jpeg|gif|webp|svg\+xml)[;,]/.test(value)) return value;
  if (definition.contentMediaType?.startsWith("image/")) return `data:${definition.contentMediaType};base64,${value}`;
  const start = Object.keys(SIGNATURES).find((one) => value.startsWith(one));
  return start && /^[A-Za-z0-9+/\s]+={0,2}$/.test(value) ? `data:${SIGNATURES[start]};base64,${value}` : "";
}

export function showValue(value, definition = {}) {
  const picture = pictureOf(value, definition);
  if (picture) return element("img", { class: "output", src: picture, alt: `Picture: output ${definition.name ?? ""}` });
  if (isTable(value)) return table(value, definition.name);
  if (value !== null && typeof value === "object") return tree(value);
  return element("pre", { tabindex: "0" }, typeof value === "string" ? value : JSON.stringify(value));
}

function isTable(value) {
  return Array.isArray(value) && value.length > 0 && value.every((row) => row !== null && typeof row === "object" && !Array.isArray(row));
}

function table(rows, name) {
  const columns = [...new Set(rows.slice(0, MOST_ROWS).flatMap(Object.keys))];
  const head = element("tr", {}, ...columns.map((column) => element("th", { scope: "col" }, column)));
  const body = rows.slice(0, MOST_ROWS).map((row) => element("tr", {}, ...columns.map((column) => element("td", {}, cell(row[column])))));
  const more = rows.length > MOST_ROWS ? element("p", { class: "quiet" }, `${rows.length - MOST_ROWS} more rows`) : "";
  const shown = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Table ${name ?? ""}` }, shown, more);
}

function cell(value) {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function tree(value) {
  const entries = Object.entries(value);
  if (!entries.length) return element("pre", { tabindex: "0" }, Array.isArray(value) ? "[]" : "{}");
  const lines = entries.slice(0, MOST_ROWS).map(([key, inner]) => {
    if (inner === null || typeof inner !== "object") return element("div", {}, element("strong", {}, `${key}: `), cell(inner));
    const size = Object.keys(inner).length;
    const summary = element("summary", {}, `${key} ${Array.isArray(inner) ? `[${size}]` : `{${size}}`}`);
    return element("details", { open: size < 20 }, summary, tree(inner));
  });
  return element("div", { class: "tree" }, ...lines);
}
