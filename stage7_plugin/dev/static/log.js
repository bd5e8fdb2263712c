// The plugin's log as it is written, filtered by level and trace id.

import { byId, element } from "./dom.js";

const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];
const KEPT = 2000;
const lines = [];

export function startLog() {
  byId("level").addEventListener("change", show);
  byId("trace").addEventListener("input", show);
  byId("clear-log").addEventListener("click", clearLog);
}

export function addLine(line) {
  lines.push(line);
  if (lines.length > KEPT) lines.shift();
  if (isShown(line)) append(line);
}

export function clearLog() {
  lines.length = 0;
  show();
}

function isShown(line) {
  const trace = byId("trace").value.trim();
  return LEVELS.indexOf(line.level) >= LEVELS.indexOf(byId("level").value) && (!trace || line.trace_id.includes(trace));
}

function show() {
  byId("log").replaceChildren();
  lines.filter(isShown).forEach(append);
}

function append(line) {
  const log = byId("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const { exception, stack, ...more } = line.more;
  const told = Object.entries(more).map(([name, value]) => `  ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const below = [exception, stack].filter(Boolean).map((text) => `\n${text}`);
  const trace = line.trace_id ? element("button", { type: "button", onclick: () => filter(line.trace_id), "aria-label": `Only trace ${line.trace_id}` }, line.trace_id.slice(-6)) : "";
  log.append(element("div", { "data-level": line.level }, `${line.time} ${line.level.padEnd(8)} ${line.message}${told.join("")} `, trace, ...below));
  while (log.childElementCount > KEPT) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function filter(trace) {
  byId("trace").value = byId("trace").value === trace ? "" : trace;
  show();
}
