// Requests that were sent: send one again, or save it as an example or a test.

import { get, post } from "./api.js";
import { byId, element, milliseconds } from "./dom.js";

export async function startHistory(sendAgain) {
  byId("clear-history").addEventListener("click", async () => {
    await post("/api/history/clear");
    byId("history").replaceChildren();
  });
  const entries = await get("/api/history");
  byId("history").replaceChildren(...entries.map((entry) => row(entry, sendAgain)));
}

export function addEntry(entry, sendAgain) {
  byId("history").prepend(row(entry, sendAgain));
}

function row(entry, sendAgain) {
  const what = JSON.stringify(entry.inputs);
  const short = what.length > 80 ? `${what.slice(0, 80)}...` : what;
  const time = new Date(entry.time).toLocaleTimeString();
  const said = element("p", { role: "status" });
  const status = element("span", { class: entry.success ? "success status" : "failure status" }, `${entry.status || "none"} `);
  const left = entry.left_out.length ? ` (secret: ${entry.left_out.join(", ")})` : "";
  const button = (text, onclick) => element("button", { type: "button", onclick, "aria-label": `${text}: request of ${time}` }, text);
  return element("li", {},
    element("p", {}, status, `${time}, ${milliseconds(entry.seconds)} `, element("code", {}, short), left),
    element("div", { class: "actions" },
      button("Send again", () => sendAgain(entry)),
      button("Save as example", () => ask(entry, "example", said)),
      button("Save as test", () => ask(entry, "test", said))),
    said);
}

function ask(entry, kind, said) {
  const name = element("input", { type: "text", "aria-label": `Name of the ${kind}`, placeholder: "two-lines", autocomplete: "off" });
  const save = async (event) => {
    event.preventDefault();
    try {
      const { path } = await post("/api/save", { id: entry.id, name: name.value, as: kind });
      said.replaceChildren(`Saved as ${path}`);
    } catch (error) {
      said.replaceChildren(form, element("span", { class: "error" }, error.message));
      name.focus();
    }
  };
  const form = element("form", { onsubmit: save, class: "actions" }, name, element("button", { type: "submit" }, "Save"));
  said.replaceChildren(form);
  name.focus();
}
