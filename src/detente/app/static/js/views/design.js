// Plans that hold and reach a goal, found by search.

import { setText } from "../actions.js";
import { fill, h, notify } from "../dom.js";
import { jobBox, runJob, saveJobFile, showResult } from "../jobs.js";
import { setOption, state, update } from "../state.js";

export const designView = { draw, needs: ["doc", "jobs", "options", "settings"] };

const goalOf = () => state.doc.ladders.map((each) => [each.id, state.options[`goal_${each.id}`] ?? ""]).filter(([, level]) => level)
  .map(([ladder, level]) => `${ladder}: ${level}`).join(", ");

function draw(box) {
  const running = state.jobs.design?.state === "running";
  const goal = goalOf();
  const purpose = state.options.purpose ?? "";
  fill(box,
    h("h2", {}, "Design a plan that holds"),
    h("p", { class: "quiet" }, "Say what is to be reached. The search looks for orders of steps that every party would want to keep, and says why when there are none."),
    h("form", { onsubmit: (event) => { event.preventDefault(); runJob("design", { goal, purpose: purpose || null }); } },
      h("fieldset", { class: "plans" }, h("legend", {}, "The goal"),
        h("div", { class: "goals" }, state.doc.ladders.map((ladder) => goalField(ladder)))),
      h("div", { class: "form" },
        h("label", { class: "field" }, "Best for", h("select", { id: "purpose", onchange: (event) => setOption("purpose", event.target.value) },
          [["", "each in turn"], ["fastest", "the fastest way"], ["balanced", "a balance between the parties"], ...state.doc.parties.map((each) => [each.id, each.name])]
            .map(([id, name]) => h("option", { value: id, selected: id === purpose }, name)))),
        h("button", { class: "main", "data-act": "run-design", disabled: running || !goal }, "Run design")),
      goal ? null : h("p", { class: "quiet small" }, "Choose at least one goal first.")),
    jobBox("design", { result: (job) => [
      job.text && job.result.record.found ? h("p", {}, h("button", { type: "button", "data-act": "take-design", onclick: () => take(job) }, "Put these plans into the file")) : null,
      job.has_file ? h("p", {}, h("button", { type: "button", "data-act": "file-design", onclick: () => saveJobFile("design") }, "Download this as a report")) : null,
      showResult(job)] }));
}

function goalField(ladder) {
  const goals = state.doc.goals.filter((each) => each.ladder === ladder.id);
  const chosen = state.options[`goal_${ladder.id}`] ?? "";
  if (!goals.length) return null;
  return h("label", { class: "field" }, ladder.name, h("select", { id: `goal-${ladder.id}`, onchange: (event) => setOption(`goal_${ladder.id}`, event.target.value) },
    h("option", { value: "", selected: chosen === "" }, `any level (today: ${ladder.today})`),
    goals.map((each) => h("option", { value: each.level, selected: each.level === chosen }, each.level))));
}

async function take(job) {
  const plans = new Set(state.doc.plans.map((each) => each.id));
  if (!(await setText(job.text))) return;
  const added = state.doc.plans.filter((each) => !plans.has(each.id));
  notify(added.length ? `Added to the plans: ${added.map((each) => each.name).join("; ")}. Undo takes them out.` : "The file has these plans already.", "good");
  if (added.length) update({ view: "steps", plan: added[0].id });
}
