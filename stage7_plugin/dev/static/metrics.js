// Health, slots and small charts of the metrics, asked for while the page is visible.

import { get } from "./api.js";
import { byId, element, milliseconds } from "./dom.js";

const EVERY = 2000;
const KEPT = 60;
const series = new Map();
const last = new Map();

export function startMetrics() {
  ask();
  setInterval(() => { if (!document.hidden) ask(); }, EVERY);
}

async function ask() {
  let found;
  try {
    found = await get("/api/health");
  } catch {
    return;
  }
  const { health, metrics } = found;
  const slots = metrics.plugin_execution_slots;
  const taken = health?.in_flight ?? metrics.plugin_executions_in_flight;
  byId("slots").textContent = health ? `health: ${health.status}${taken === undefined ? "" : `, ${taken}${slots ? ` of ${slots}` : ""} slots taken`}` : "health: no answer";
  if (Object.keys(metrics).length) charts(metrics);
}

function charts(metrics) {
  const count = metrics.plugin_execution_duration_seconds_count ?? 0;
  const seconds = metrics.plugin_execution_duration_seconds_sum ?? 0;
  const failed = Object.entries(metrics).filter(([name]) => name.startsWith("plugin_executions_total") && !name.includes("success")).reduce((sum, [, value]) => sum + value, 0);
  const fresh = growth("count", count);
  add("Executions", fresh, `${count}`);
  add("Failures", growth("failed", failed), `${failed}`);
  const mean = fresh ? growth("seconds", seconds) / fresh : (growth("seconds", seconds), 0);
  add("Mean duration", mean, count ? milliseconds(seconds / count) : "none");
  add("Slots taken", metrics.plugin_executions_in_flight ?? 0, `${metrics.plugin_executions_in_flight ?? 0}`);
  byId("metrics").replaceChildren(...[...series.values()].map(chart));
}

// A restarted plugin counts from zero again.
function growth(name, value) {
  const grown = value - (last.get(name) ?? 0);
  last.set(name, value);
  return grown < 0 ? value : grown;
}

function add(name, value, now) {
  const known = series.get(name) ?? { name, points: [] };
  known.points = [...known.points, value].slice(-KEPT);
  known.now = now;
  series.set(name, known);
}

function chart({ name, points, now }) {
  const most = Math.max(...points, 1e-9);
  const line = points.map((value, index) => `${(index / (KEPT - 1)) * 100},${29 - (28 * value) / most}`).join(" ");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 30");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const polyline = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  polyline.setAttribute("points", line);
  svg.append(polyline);
  return element("div", { class: "chart" }, element("p", {}, `${name}: ${now}`), svg);
}
