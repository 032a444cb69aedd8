// The bar at the top: what can be done from everywhere.

import { redo, showRefusal, undo } from "./actions.js";
import { fill, find, h, icon, notify } from "./dom.js";
import { openDialog } from "./opening.js";
import { saveDialog } from "./saving.js";
import { runReport } from "./jobs.js";
import { edited, listen, state } from "./state.js";
import { encode } from "./url.js";

export function startBar() {
  listen((changed) => {
    if (["origin", "draft", "settings", "past", "future", "doc", "jobs"].some((each) => changed.has(each))) draw();
  });
  draw();
}

function draw() {
  const focused = document.activeElement?.dataset?.act;
  const has = state.doc !== null;
  const act = (name, words, run, more = {}) => h("button", { type: "button", "data-act": name, onclick: run, ...more }, words);
  const reporting = state.jobs.report?.state === "running";
  fill(find("bar"),
    h("span", { class: "brand" }, h("img", { src: "/static/icon.svg", alt: "" }), h("span", { class: "name" }, "Detente")),
    h("div", { class: "row" },
      act("open", "Open…", openDialog),
      act("undo", icon("undo"), undo, { disabled: !state.past.length, "aria-label": "Undo", title: "Undo the last change of the file" }),
      act("redo", icon("redo"), redo, { disabled: !state.future.length, "aria-label": "Redo", title: "Do again what was undone" }),
      act("link", "Link", copyLink, { disabled: !has, "aria-label": "Copy link", title: "Copy a link to what you see" }),
      act("report", reporting ? "Writing…" : "Report", () => runReport().catch(showRefusal), { disabled: !has || reporting }),
      act("save", "Save…", saveDialog, { disabled: !has, class: has && edited() ? "main" : null })));
  if (focused) find("bar").querySelector(`[data-act="${focused}"]:not(:disabled)`)?.focus();
}

async function copyLink() {
  const { whole } = await encode();
  try {
    await navigator.clipboard.writeText(location.href);
    if (whole) notify("The link is copied. It shows what you see now to whoever runs the app with the same cases.", "good");
    else notify("The link is copied, without your edits of the text, which are too long for a link.", "bad", "Save the file and send it along.");
  } catch {
    notify("The browser did not allow copying.", "bad", "Copy the address from the browser's address line: it holds all you see.");
  }
}
