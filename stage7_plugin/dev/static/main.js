// Puts the parts of the page together.

import { showAnswer, showNotRunning } from "./answer.js";
import { get, listen, post } from "./api.js";
import { addRule, showRun, startContract } from "./contract.js";
import { byId, element, milliseconds } from "./dom.js";
import { readForm, showErrors, showForm, writeExample, writeForm } from "./form.js";
import { addEntry, startHistory } from "./history.js";
import { addLine, clearLog, startLog } from "./log.js";
import { startMetrics } from "./metrics.js";

let plugin = { inputs: [], outputs: [] };
let busy = false;
let calls = 0;

async function showPlugin() {
  plugin = await get("/api/plugin");
  document.title = `${plugin.name} - stage7-plugin dev`;
  byId("name").textContent = `${plugin.name} ${plugin.version}`;
  byId("description").textContent = plugin.description;
  showForm(plugin);
}

async function execute(event) {
  event?.preventDefault();
  if (busy) return;
  busy = true;
  byId("send").setAttribute("aria-disabled", "true");
  try {
    const called = await post("/api/execute", { inputs: readForm(), as_host: byId("as-host").checked, retry: byId("retry").checked });
    if (called.not_running) {
      showNotRunning(called.not_running);
    } else {
      showAnswer(called, plugin.outputs, showErrors(called.errors));
      if (called.entry) addEntry(called.entry, sendAgain);
    }
  } catch (error) {
    byId("answer").replaceChildren(element("p", { class: "failure" }, `No answer: ${error.message}`));
  } finally {
    busy = false;
    byId("answer").dataset.calls = ++calls;
    byId("send").removeAttribute("aria-disabled");
  }
}

function sendAgain(entry) {
  const secrets = Object.fromEntries(Object.entries(readForm()).filter(([name]) => entry.left_out.includes(name)));
  writeForm({ ...entry.inputs, ...secrets });
  byId("as-host").checked = entry.as_host;
  return execute();
}

function showState(event) {
  const state = byId("state");
  const took = event.state === "starting" ? "" : ` in ${milliseconds(event.seconds)}`;
  state.dataset.state = event.state;
  state.textContent = `${event.state}${event.state === "ready" ? took : ""} (${event.reason})`;
  const lines = event.problems.map((one) => element("p", {}, element("strong", {}, one.file ? `${one.file}:${one.line} ` : ""), one.message));
  byId("problems").replaceChildren(...lines);
  if (event.state !== "starting") showPlugin();
}

function lost() {
  byId("state").dataset.state = "failed";
  byId("state").textContent = "stage7-plugin dev has ended";
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) execute(event);
});
byId("form").addEventListener("submit", execute);
byId("reset").addEventListener("click", writeExample);
byId("restart").addEventListener("click", () => post("/api/restart"));
startLog();
startContract();
startMetrics();
startHistory(sendAgain);
listen({ open: clearLog, state: showState, log: addLine, contract: showRun, rule: addRule, lost });
