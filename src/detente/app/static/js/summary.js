// The case's question, the plans to choose from, and the verdict on the chosen one in a sentence.

import { nameAnswer, setPlan } from "./actions.js";
import { fill, find, h, mark } from "./dom.js";
import { isCurrent, keyOf, listen, planOf, planTitle, state, verdictOf } from "./state.js";
import { count, sentence } from "./words.js";

let shown = null;

export function startSummary() {
  listen((changed) => {
    if (!state.doc) return;
    if (changed.has("doc") && planKey(state.doc) !== planKey(shown)) build();
    if (["doc", "plan", "verdicts", "check", "settings", "problems", "slow", "draft", "refused"].some((each) => changed.has(each))) refresh();
  });
  new IntersectionObserver(([entry]) => {
    find("strip").hidden = entry.isIntersecting || !state.doc || entry.boundingClientRect.top > 0;
    placeStrip();
  }, { rootMargin: "-60px 0px 0px 0px" }).observe(find("summary"));
  new ResizeObserver(placeStrip).observe(find("main"));
}

/** Keep the strip below the bar, and off the numbers beside it. */
function placeStrip() {
  const { style } = find("strip");
  style.top = `${Math.max(0, find("bar").getBoundingClientRect().bottom)}px`;
  style.width = `${find("main").getBoundingClientRect().right}px`;
}

const planKey = (doc) => doc && JSON.stringify([doc.title, doc.question, doc.name, doc.clock, doc.plans.map((each) => [each.id, each.name])]);

function build() {
  const before = shown;
  shown = state.doc;
  const { doc } = state;
  document.title = `${doc.title}: will it hold? Detente`;
  const plans = h("fieldset", { class: "plans" },
    h("legend", {}, doc.plans.length > 1 ? "Plans on the table" : "The plan"),
    h("div", { class: "choices" }, doc.plans.map((each) => h("label", { class: "plan" },
      h("input", { type: "radio", name: "plan", value: each.id, onchange: () => setPlan(each.id) }),
      h("span", { class: "words" }, each.name, h("span", { class: "said", "data-said": each.id }))))));
  const focused = before && document.activeElement?.name === "plan";
  fill(find("summary"),
    h("p", { class: "kicker", id: "kicker" }),
    h("h1", { id: "case-title" }, doc.title),
    doc.question ? h("p", { class: "question" }, doc.question) : null,
    plans,
    h("div", { id: "verdict", class: "verdict" }, h("p", { class: "badge" }), h("p", { class: "sentence" }), h("p", { class: "state" })));
  if (focused) find("summary").querySelector(`input[value="${CSS.escape(state.plan)}"]`)?.focus();
}

function refresh() {
  const { doc } = state;
  const changed = Object.keys(state.settings).length;
  find("kicker").textContent = [state.origin.name, `one period is ${doc.clock}`, changed ? `${count(changed, "number")} changed` : ""].filter(Boolean).join(" · ");
  const current = isCurrent() && !state.problems.length;
  for (const input of find("summary").querySelectorAll("input[name=plan]")) input.checked = input.value === state.plan;
  for (const said of find("summary").querySelectorAll("[data-said]")) {
    const verdict = verdictOf(said.dataset.said);
    const [kind, words] = nameAnswer(verdict);
    said.className = `said ${verdict ? kind : "quiet"}${isCurrent(said.dataset.said) ? "" : " old"}`;
    fill(said, verdict ? mark(kind) : null, verdict ? words : "…");
  }
  const verdict = verdictOf();
  const [kind, words] = nameAnswer(verdict);
  const box = find("verdict");
  box.className = `verdict ${verdict ? kind : ""}${current ? "" : " stale"}`;
  fill(box.querySelector(".badge"), verdict ? mark(kind) : null, verdict ? words : "Judging…");
  box.querySelector(".sentence").textContent = verdict ? sayWithout(verdict) : "";
  box.querySelector(".state").textContent = says(current, verdict);
  const strip = find("strip");
  placeStrip();
  strip.className = `strip${current ? "" : " stale"}`;
  fill(strip, h("span", {}, h("b", { class: verdict ? kind : "" }, verdict ? mark(kind) : null, words), planTitle(planOf())));
}

/** The sentence names the plan by its short name; readers see its title just above. */
function sayWithout(verdict) {
  return sentence(verdict.sentence);
}

function says(current, verdict) {
  if (state.problems.length) return `The file has ${count(state.problems.length, "problem")} now (see File). This is the verdict on the last text that could be read.`;
  if (!verdict) return "";
  if (!current && state.refused === keyOf()) return "The numbers as they are now could not be judged: the message at the top says why. This is the verdict before.";
  if (!current) return state.slow ? "The verdict is being worked out anew; let go of the slider to see it." : "The verdict is being worked out anew.";
  if (verdict.needs_sets) return "Only payoff sets can decide this. They are being computed, which may take some seconds.";
  return Object.keys(state.settings).length ? "With the numbers as you moved them, not as the file has them." : "";
}
