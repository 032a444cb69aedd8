// Two plans side by side.

import { nameAnswer, setPlan, untilChanged } from "../actions.js";
import { post } from "../api.js";
import { fill, h, mark, markup } from "../dom.js";
import { body, isCurrent, keyOf, setOption, state } from "../state.js";
import { sentence, signed } from "../words.js";

export const compareView = { draw, needs: ["doc", "plan", "options", "verdicts", "settings"] };

let found = null; // {key, record, html}
let asked = "";

const otherPlan = () => {
  const others = state.doc.plans.filter((each) => each.id !== state.plan);
  return others.find((each) => each.id === state.options.other) ?? others[0] ?? null;
};

function draw(box) {
  const other = otherPlan();
  if (!other) {
    fill(box, h("h2", {}, "Compare two plans"), h("p", {}, "This file has one plan. Write a second one under plans in the File view to compare them."));
    return;
  }
  const choose = (label, id, chosen, change) => h("label", { class: "field" }, label, h("select", { id, onchange: change },
    state.doc.plans.map((each) => h("option", { value: each.id, selected: each.id === chosen }, each.name))));
  const key = `${keyOf()} ${state.plan} ${other.id}`;
  const fits = found?.key === key;
  fill(box,
    h("h2", {}, "Two plans side by side"),
    h("div", { class: "form" },
      choose("First plan", "compare-first", state.plan, (event) => {
        const { value } = event.target;
        if (value === other.id) setOption("other", state.plan);
        setPlan(value);
      }),
      choose("Second plan", "compare-second", other.id, (event) => {
        const { value } = event.target;
        if (value === state.plan) {
          setOption("other", value);
          setPlan(other.id);
        } else setOption("other", value);
      })),
    h("div", { id: "compared" }, found && found.problems === undefined
      ? h("div", { class: fits ? null : "old" }, twins(found.record), inFull(found))
      : (found?.problems ?? []).map((each) => h("div", { class: "notice bad" }, h("p", {}, each.message)))),
    fits ? null : h("p", { class: "quiet", role: "status" }, "Comparing…"));
  if (!fits && asked !== key && isCurrent()) ask(box, key, other.id);
}

async function ask(box, key, other) {
  asked = key;
  try {
    const answer = await post("/api/compare", body({ plans: [state.plan, other], reading: null }), untilChanged());
    if (asked === key) found = { key, ...answer };
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!error.problems) throw error;
    if (asked === key) found = { key, problems: error.problems };
  } finally {
    if (asked === key) {
      asked = "";
      if (state.view === "compare") draw(box);
    }
  }
}

function inFull(answer) {
  const section = markup(answer.html);
  section.querySelectorAll("p.sentence").forEach((each) => each.remove());
  return h("details", { id: "in-full" }, h("summary", {}, "In full: what each step is worth, who is exposed, what is given up"), section);
}

function twins(record) {
  const most = Math.max(...record.plans.map((each) => each.steps.length));
  return [
    h("div", { class: "twins" }, record.plans.map((each) => {
      const [kind, words] = nameAnswer(each.verdict);
      return h("section", { class: `twin ${kind}`, "aria-label": each.title || each.plan },
        h("h3", {}, each.title || each.plan),
        h("p", { class: `badge ${kind}` }, mark(kind), words),
        h("p", {}, sentence(each.verdict.sentence)));
    })),
    h("ul", { class: "reasons" }, record.sentences.map((each) => h("li", {}, sentence(each)))),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Steps side by side" }, h("table", {},
      h("caption", {}, "Step by step: who moves what, and each party's smallest margin there (points a year on its own scale)"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Step"), record.plans.map((each) => h("th", { scope: "col" }, each.title || each.plan)))),
      h("tbody", {}, Array.from({ length: most }, (_, n) => h("tr", {},
        h("th", { scope: "row" }, String(n + 1)), record.plans.map((each) => stepCell(each.steps[n], record))))))),
  ];
}

function stepCell(step, record) {
  if (!step) return h("td", { class: "quiet" }, "no such step");
  const margins = step.parties.filter((each) => each.margin !== null);
  return h("td", {}, h("b", {}, step.step_id), step.words ? h("div", { class: "quiet" }, step.words) : null,
    margins.map((each) => {
      const name = record.party_names[record.parties.indexOf(each.party)];
      return h("div", { class: each.margin < -1e-9 ? "fails" : "" }, `${name} ${each.margin < -1e-9 ? "walks " : ""}${signed(each.margin)}`);
    }));
}

