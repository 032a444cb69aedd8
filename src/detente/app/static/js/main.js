// Start: read the address, open what it names, keep the address in step with what is shown.

import { open, redo, showRefusal, undo } from "./actions.js";
import { get } from "./api.js";
import { startBar } from "./bar.js";
import { fill, find, h, notify } from "./dom.js";
import { startJobs } from "./jobs.js";
import { startNumbers } from "./numbers.js";
import { library, loadCases } from "./opening.js";
import { listen, state, update } from "./state.js";
import { startSummary } from "./summary.js";
import { decode, encode } from "./url.js";
import { guardLeaving, startViews } from "./view.js";

const KEPT = ["origin", "draft", "plan", "settings", "view", "reading", "options"]; // what an address holds
const STEPS = ["origin", "plan", "view"]; // what Back steps through

let writing = Promise.resolve();
let opened = false;

function keepAddress() {
  listen((changed) => {
    if (!opened || !KEPT.some((each) => changed.has(each))) return;
    const step = STEPS.some((each) => changed.has(each));
    writing = writing.then(async () => {
      const { fragment } = await encode();
      if (fragment === location.hash) return;
      history[step ? "pushState" : "replaceState"](null, "", fragment);
    });
  });
  window.addEventListener("popstate", () => follow().catch(showRefusal));
}

/** Show what the address says. */
async function follow() {
  const wanted = await decode(location.hash);
  const kind = ["case", "template", "file"].find((each) => wanted[each]);
  const { origin, draft } = state;
  const same = origin && (kind ? origin.kind === kind && origin.name === wanted[kind] : origin.kind === "text") && (wanted.text ?? origin.text) === draft;
  if (same && JSON.stringify(wanted.settings) === JSON.stringify(state.settings)) {
    update({ view: wanted.view, plan: wanted.plan ?? state.plan, reading: wanted.reading, options: wanted.options });
    return;
  }
  if (kind) await open({ [kind]: wanted[kind] }, wanted);
  else if (wanted.text) await open({ text: wanted.text }, { ...wanted, text: undefined });
  else if (state.about.file) await open({ file: state.about.file }, wanted);
  else if (state.about.case) await open({ case: state.about.case }, wanted);
  else await welcome();
  for (const each of wanted.problems) notify(each, "bad");
}

async function welcome() {
  await loadCases();
  fill(find("summary"), h("div", { class: "welcome" },
    h("h1", { id: "case-title" }, "Will an agreement between parties who do not trust each other hold?"),
    h("p", { class: "question" }, "Open a case to see the answer, and what it hangs on."),
    ...library().flat(Infinity)));
}

async function start() {
  startBar();
  startSummary();
  startViews();
  startNumbers();
  startJobs();
  guardLeaving();
  keepAddress();
  find("skip").addEventListener("click", (event) => { event.preventDefault(); find("summary").focus(); });
  window.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z") return;
    if (["TEXTAREA", "INPUT"].includes(event.target.tagName) && event.target.type !== "range" && event.target.type !== "radio") return;
    event.preventDefault();
    (event.shiftKey ? redo : undo)().catch(showRefusal);
  });
  try {
    update({ about: await get("/api/about") });
    await follow();
  } catch (error) {
    showRefusal(error);
    if (state.about && !state.doc) await welcome().catch(showRefusal);
  }
  opened = true;
  update({ options: { ...state.options } });
}

start();
