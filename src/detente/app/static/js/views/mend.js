// What would make the chosen plan hold: the smallest changes of numbers, and other orders and clauses.

import { setNumber } from "../actions.js";
import { fill, h, markup } from "../dom.js";
import { jobBox, runJob, saveJobFile } from "../jobs.js";
import { planOf, planTitle, setOption, state, update } from "../state.js";
import { quantity } from "../words.js";

export const mendView = { draw, needs: ["doc", "plan", "jobs", "options", "settings"] };

function draw(box) {
  const running = state.jobs.mend?.state === "running";
  const reading = state.options.mend_reading ?? "";
  fill(box,
    h("h2", {}, `What would make it hold: ${planTitle(planOf())}`),
    h("p", { class: "quiet" }, "Looks for the smallest change of each number alone that makes the plan hold, or breaks it where it holds, and for other orders of its steps."),
    h("form", { class: "form", onsubmit: (event) => { event.preventDefault(); run(); } },
      h("label", { class: "field" }, "It counts as holding", h("select", { id: "mend-reading", onchange: (event) => setOption("mend_reading", event.target.value) },
        h("option", { value: "", selected: reading === "" }, "by return to no deal, or as written"),
        state.about.readings.map((each) => h("option", { value: each.id, selected: each.id === reading }, each.words)))),
      h("button", { class: "main", "data-act": "run-mend", disabled: running }, "Run mend")),
    jobBox("mend", { result }));
}

async function run() {
  const { plan } = state;
  const found = await runJob("mend", { plan, reading: state.options.mend_reading || null });
  if (found?.state !== "done") return;
  const matters = new Map(state.matters);
  for (const each of found.result.record.mends) {
    if (each.holds_at !== null && each.in_range) matters.set(each.full_path, `alone decides ${plan} within its range`);
  }
  update({ matters });
}

function result(job) {
  const { record } = job.result;
  const known = new Map(state.doc.parameters.map((each) => [each.path, each]));
  const tries = record.mends.filter((each) => typeof each.holds_at === "number" || each.holds_at === "never").filter((each) => known.has(each.full_path));
  const words = (each, text, value) => (typeof value === "number" && each.unit !== "number" ? quantity(value, each.unit) : text.replace(/^-/, "−"));
  return [
    record.answer !== "holds" && tries.length ? h("section", {}, h("h3", {}, "Try a change"),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Changes to try" }, h("table", { class: "tries" },
        h("caption", {}, "Moves one slider to the value at which the plan holds; Reset beside the slider takes it back."),
        h("thead", {}, h("tr", {}, ["Number", "Now", "Holds at"].map((each) => h("th", { scope: "col" }, each)), h("th", { scope: "col" }, h("span", { class: "unseen" }, "Try")))),
        h("tbody", {}, tries.slice(0, 12).map((each) => h("tr", {},
          h("th", { scope: "row" }, `${known.get(each.full_path).group}: ${known.get(each.full_path).label}`, each.in_range ? null : h("div", { class: "flag" }, "outside its range")),
          h("td", {}, words(each, each.from_text, each.from)), h("td", {}, words(each, each.holds_text, each.holds_at)),
          h("td", {}, h("button", { type: "button", "data-act": `try-${each.full_path}`, "aria-label": `Try ${each.path} at ${each.holds_text}`, onclick: () => setNumber(each.full_path, each.holds_at) }, "Try")))))))) : null,
    job.has_file ? h("p", {}, h("button", { type: "button", "data-act": "file-mend", onclick: () => saveJobFile("mend") }, "Download this as a report")) : null,
    markup(job.result.html),
  ];
}
