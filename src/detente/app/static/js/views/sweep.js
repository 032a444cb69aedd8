// Over what share of the stated ranges plans hold, and what that hangs on.

import { fill, h } from "../dom.js";
import { jobBox, runJob, saveJobFile, showResult } from "../jobs.js";
import { setOption, state, update } from "../state.js";
import { number } from "../words.js";

export const sweepView = { draw, needs: ["doc", "plan", "jobs", "options", "settings"] };

const SIZES = [128, 512, 1024, 4096];
const TELLING = 0.05; // share of the verdict that a number must explain alone to be marked

function draw(box) {
  const running = state.jobs.sweep?.state === "running";
  const samples = Number(state.options.samples ?? 512);
  const all = state.options.swept === "all";
  const seed = Number(state.options.seed ?? 1);
  fill(box,
    h("h2", {}, "How sure is the verdict?"),
    h("p", { class: "quiet" }, "Draws all numbers together from their ranges, judges the plans each time, and counts. Numbers that you moved by a slider stay where you put them."),
    h("form", { class: "form", onsubmit: (event) => { event.preventDefault(); run({ plans: all ? [] : [state.plan], samples, seed }); } },
      h("label", { class: "field" }, "Plans", h("select", { id: "swept", onchange: (event) => setOption("swept", event.target.value) },
        h("option", { value: "", selected: !all }, "the chosen one"), h("option", { value: "all", selected: all }, "all of them"))),
      h("label", { class: "field" }, "Samples", h("select", { id: "samples", onchange: (event) => setOption("samples", event.target.value) },
        SIZES.map((each) => h("option", { value: each, selected: each === samples }, each.toLocaleString("en-GB"))))),
      h("label", { class: "field" }, "Seed", h("input", { type: "number", id: "seed", min: 0, max: 2147483647, step: 1, value: seed, onchange: (event) => setOption("seed", event.target.value) })),
      h("button", { class: "main", "data-act": "run-sweep", disabled: running || !state.doc.parameters.length }, "Run sweep")),
    jobBox("sweep", { result: (job) => [
      job.has_file ? h("p", {}, h("button", { type: "button", "data-act": "csv", onclick: () => saveJobFile("sweep") }, "Download all samples (CSV)")) : null,
      showResult(job)] }));
}

async function run(question) {
  const found = await runJob("sweep", question);
  if (found?.state !== "done") return;
  const matters = new Map(state.matters);
  for (const plan of found.result.record.plans) {
    for (const each of plan.effects) {
      if (each.index - each.error > TELLING) matters.set(each.path, `explains ${number(100 * each.index, 2)}% of whether ${plan.plan} holds`);
    }
  }
  update({ matters });
}
