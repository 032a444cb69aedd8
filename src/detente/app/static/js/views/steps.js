// The steps of the chosen plan: put in another order by dragging, or by buttons and keys.

import { setText, showRefusal } from "../actions.js";
import { post } from "../api.js";
import { announce, fill, h, icon } from "../dom.js";
import { planOf, planTitle, state, text, update } from "../state.js";
import { showDifference } from "../saving.js";

export const stepsView = { draw, needs: ["doc", "plan", "problems", "lastChange"] };

let refused = [];
let busy = false;

function draw(box) {
  const plan = planOf();
  const change = state.lastChange?.text === state.draft ? state.lastChange : null;
  fill(box,
    h("h2", {}, `Steps of ${planTitle(plan)}`),
    h("p", { class: "quiet" }, "Drag a step by its handle, or use its arrows; Alt with the arrow keys does the same. Each change is written into the file, comments and all, and judged at once."),
    state.problems.length ? h("div", { class: "notice bad" }, h("p", {}, "The text in the File view cannot be read now. Mend it there first; then steps can be moved here.")) : null,
    h("div", { role: "alert" }, refused.map((each) => h("div", { class: "notice bad" }, h("p", {}, each.message), each.remedy ? h("p", { class: "remedy" }, each.remedy) : null))),
    h("ol", { class: "steps", id: "steps" }, plan.steps.map((step, n) => item(plan, step, n))),
    plan.later_steps_open ? h("p", { class: "end-state" }, "Later steps are not agreed yet.") : h("p", { class: "end-state" }, "After the last step the agreement stays in force as it then is."),
    change ? [h("h3", {}, "What the last change did to the file"), showDifference(change.difference)] : null);
}

function item(plan, step, n) {
  const last = plan.steps.length - 1;
  const off = state.problems.length > 0;
  const button = (name, words, run, disabled) => h("button", {
    type: "button", class: "icon", "data-act": `${name}-${step.id}`, "aria-label": `${words}: ${step.id}`, title: words, disabled: disabled || off, onclick: run,
  }, icon(name));
  const row = h("li", { "data-step": step.id, onkeydown: (event) => {
    if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    const to = n + (event.key === "ArrowUp" ? -1 : 1);
    if (to >= 0 && to <= last && !off) move(plan, step, to, event.target.dataset.act);
  } },
    h("span", { class: "handle", "aria-hidden": "true", title: "Drag to another place" }, icon("handle")),
    h("span", { class: "n" }, String(n + 1)),
    h("span", { class: "words" }, h("b", {}, step.id), h("span", {}, step.words || "nothing moves", step.lasts ? `; lasts ${step.lasts}` : "", step.note ? `. ${step.note}` : "")),
    h("span", { class: "row" },
      button("up", "Move up", () => move(plan, step, n - 1, `up-${step.id}`), n === 0),
      button("down", "Move down", () => move(plan, step, n + 1, `down-${step.id}`), n === last),
      button("copy", "Duplicate", () => change(plan, { duplicate: step.id }, `${step.id} is there twice now.`, `copy-${step.id}`)),
      button("remove", "Remove", () => change(plan, { remove: step.id }, `${step.id} is removed. Undo brings it back.`, ""), last === 0),
      button("line", "Show in the file", () => update({ view: "text", options: { ...state.options, line: step.line } }))));
  row.querySelector(".handle").addEventListener("pointerdown", (event) => { if (!off) startDrag(event, row, plan, step, n); });
  return row;
}

const move = (plan, step, to, focus) => change(plan, { move: { step: step.id, to: to + 1 } }, `${step.id} is step ${to + 1} of ${plan.steps.length} now.`, focus);

async function change(plan, how, said, focus) {
  if (busy) return;
  busy = true;
  try {
    const found = await post("/api/steps", { text: text(), name: state.doc.name, plan: plan.id, ...how });
    refused = found.problems;
    if (found.problems.length) {
      announce(`Not done. ${found.problems[0].message}`);
      update({ lastChange: { text: null } });
      return;
    }
    if (await setText(found.text)) {
      update({ lastChange: { text: found.text, difference: found.difference } });
      announce(said);
      refocus(focus);
    }
  } catch (error) {
    showRefusal(error);
  } finally {
    busy = false;
  }
}

/** Keep the keyboard on the button that moved the step; where that is off now, on its neighbour. */
function refocus(act) {
  if (!act) {
    document.querySelector("#steps button:not(:disabled)")?.focus();
    return;
  }
  const wanted = document.querySelector(`[data-act="${CSS.escape(act)}"]`);
  const other = wanted?.disabled ? wanted.parentElement.querySelector("button:not(:disabled)") : wanted;
  other?.focus();
}

// ---------------------------------------------------------------- dragging

function startDrag(event, row, plan, step, from) {
  if (event.button !== 0) return;
  event.preventDefault();
  const handle = event.currentTarget;
  const rows = [...row.parentElement.children];
  const middles = rows.map((each) => { const box = each.getBoundingClientRect(); return box.top + box.height / 2 + window.scrollY; });
  const began = event.clientY + window.scrollY;
  let to = from;
  handle.setPointerCapture(event.pointerId);
  row.classList.add("lifted");
  const moved = (now) => {
    const by = now.clientY + window.scrollY - began;
    row.style.transform = `translateY(${by}px)`;
    const at = middles[from] + by;
    to = middles.filter((each, n) => n !== from && each < at).length;
    rows.forEach((each, n) => {
      each.classList.toggle("lands-before", n !== from && to < from && n === to);
      each.classList.toggle("lands-after", n !== from && to > from && n === to);
    });
    if (now.clientY < 60) window.scrollBy(0, -12);
    else if (now.clientY > window.innerHeight - 60) window.scrollBy(0, 12);
  };
  const done = (ended) => {
    handle.removeEventListener("pointermove", moved);
    handle.removeEventListener("pointerup", done);
    handle.removeEventListener("pointercancel", done);
    document.removeEventListener("keydown", escaped);
    rows.forEach((each) => each.classList.remove("lands-before", "lands-after", "lifted"));
    row.style.transform = "";
    if (ended.type === "pointerup" && to !== from) move(plan, step, to, "");
  };
  const escaped = (key) => { if (key.key === "Escape") done(key); };
  handle.addEventListener("pointermove", moved);
  handle.addEventListener("pointerup", done);
  handle.addEventListener("pointercancel", done);
  document.addEventListener("keydown", escaped);
}

