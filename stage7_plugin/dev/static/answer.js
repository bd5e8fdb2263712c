// What came of a call: outputs, errors, notes of what the host makes of it, phases, and copies.

import { byId, download, element, milliseconds } from "./dom.js";
import { pictureOf, showValue } from "./values.js";

const COLORS = ["#7a8598", "#b8860b", "#0b57c4"];

export function showAnswer(called, definitions, rest) {
  const parts = called.success ? called.outputs.map((output) => showOutput(output, definitions)) : failure(called, rest);
  const notes = called.notes.map((note) => element("p", { class: "note" }, note));
  byId("answer").replaceChildren(headline(called), ...notes, ...parts, ...tries(called), ...copies(called));
}

export function showNotRunning(problems) {
  const lines = problems.map((one) => element("p", {}, one.file ? `${one.file}:${one.line}: ${one.message}` : one.message));
  byId("answer").replaceChildren(element("p", { class: "failure status" }, "The plugin does not run."), ...lines);
}

function headline(called) {
  const total = called.phases.reduce((sum, [, seconds]) => sum + seconds, 0);
  const word = called.success ? "Success" : called.refused ? "The host refused it" : "Failure";
  const line = element("p", { class: called.success ? "success status" : "failure status" }, `${word}, status ${called.status || "none"}, ${milliseconds(total)}`);
  const phases = called.phases.map(([name, seconds]) => `${name} ${milliseconds(seconds)}`).join(", ");
  const bar = element("div", { class: "phases", "aria-hidden": "true" });
  called.phases.forEach(([, seconds], index) => {
    const piece = element("span");
    piece.style.width = `${total ? (100 * seconds) / total : 0}%`;
    piece.style.background = COLORS[index % COLORS.length];
    bar.append(piece);
  });
  return element("div", {}, line, bar, element("p", { class: "quiet" }, `${phases}; trace id `, element("code", {}, called.trace_id)));
}

function failure(called, rest) {
  const at = called.errors.length - rest.length;
  const fields = at ? [element("p", { class: "failure" }, `${at} ${at === 1 ? "problem is" : "problems are"} shown at the inputs.`)] : [];
  return [...fields, ...rest.map((error) => element("pre", { tabindex: "0" }, error.message))];
}

function showOutput(output, definitions) {
  const definition = definitions.find((one) => one.name === output.name) ?? { name: output.name };
  const save = () => saveOutput(output, definition);
  const title = element("h3", {}, output.name, element("span", { class: "quiet" }, ` (${output.resultType})`));
  const button = element("button", { type: "button", onclick: save, "aria-label": `Download ${output.name}` }, "Download");
  return element("div", { class: "output-block", "data-output": output.name }, title, showValue(output.result, definition), button);
}

function saveOutput(output, definition) {
  const picture = pictureOf(output.result, definition);
  if (picture.includes(";base64,")) {
    const [head, content] = picture.split(";base64,");
    const bytes = Uint8Array.from(atob(content.trim()), (letter) => letter.charCodeAt(0));
    const type = head.slice("data:".length);
    download(`${output.name}.${type.split("/")[1].split("+")[0]}`, bytes, type);
  } else if (typeof output.result === "string") {
    download(`${output.name}.txt`, output.result, "text/plain");
  } else {
    download(`${output.name}.json`, JSON.stringify(output.result, null, 2), "application/json");
  }
}

function tries(called) {
  if (called.tries.length < 2) return [];
  const lines = called.tries.map((one, index) => element("li", {}, `Execution ${index + 1}: ${one.status || one.error}, ${milliseconds(one.seconds)}`));
  return [element("ol", { class: "tries" }, ...lines)];
}

function copies(called) {
  const texts = { "Raw JSON": JSON.stringify(called.answer, null, 2), "As the host hands it on": JSON.stringify(called.outputs, null, 2), curl: called.curl, Python: called.python };
  return Object.entries(texts).filter(([, text]) => text && text !== "null").map(([name, text]) =>
    element("details", {}, element("summary", {}, name), element("button", { type: "button", onclick: () => navigator.clipboard.writeText(text), "aria-label": `Copy ${name}` }, "Copy"), element("pre", { tabindex: "0" }, text)),
  );
}
