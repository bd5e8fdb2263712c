// The contract suite: its rules as they are checked.

import { post } from "./api.js";
import { byId, element } from "./dom.js";

let counts = {};
let total = 0;

export function startContract() {
  const run = (image) => async () => {
    try {
      await post("/api/contract", { image });
    } catch (error) {
      byId("contract-state").textContent = error.message;
    }
  };
  byId("check-running").addEventListener("click", run(false));
  byId("check-image").addEventListener("click", run(true));
  byId("check-stop").addEventListener("click", () => post("/api/contract", { stop: true }));
}

export function showRun(event) {
  byId("check-running").disabled = byId("check-image").disabled = event.running;
  byId("check-stop").disabled = !event.running;
  if (event.running) {
    byId("rules").replaceChildren();
    counts = {};
    total = event.total;
  }
  say(event.running ? "running" : event.problem ? `ended: ${event.problem}` : "done");
}

export function addRule(rule) {
  counts[rule.status] = (counts[rule.status] ?? 0) + 1;
  const title = element("p", {}, element("span", { class: "status" }, `${rule.status} `), element("code", {}, rule.id), ` ${rule.title}`);
  const reason = rule.reason ? element("p", { class: "quiet" }, rule.reason) : "";
  const lines = rule.lines.length ? element("pre", { tabindex: "0" }, rule.lines.join("\n")) : "";
  byId("rules").append(element("li", { "data-status": rule.status }, title, reason, lines));
  say("running");
}

function say(word) {
  const told = Object.entries(counts).map(([status, count]) => `${count} ${status}`).join(", ");
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0);
  byId("contract-state").textContent = `${word}${total ? `: ${done} of ${total} rules` : ""}${told ? ` (${told})` : ""}`;
}
