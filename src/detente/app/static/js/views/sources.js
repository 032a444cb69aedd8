// Where the numbers come from: each source with what cites it, and what has none.

import { showRefusal } from "../actions.js";
import { post } from "../api.js";
import { fill, h } from "../dom.js";
import { goToNumber } from "../numbers.js";
import { body, keyOf, state, update } from "../state.js";
import { count, sentence } from "../words.js";

export const sourcesView = { draw, needs: ["doc", "settings", "rests"] };

function draw(box) {
  const { parameters, sources } = state.doc;
  const uncited = parameters.filter((each) => each.source.kind === "none");
  fill(box,
    h("h2", {}, "Where the numbers come from"),
    h("p", {}, parameters.length ? `${count(parameters.length, "number has", "numbers have")} a range and a slider.` : "No number of this file has a range."),
    state.rests?.key === keyOf() ? h("ul", { class: "reasons", id: "flags" }, state.rests.sentences.map((each) => h("li", {}, sentence(each)))) : null,
    sources.map((source) => one(source, parameters.filter((each) => each.citations.some((by) => by.id === source.id)))),
    uncited.length ? [h("h3", {}, "Without a source"), list(uncited, () => "no source")] : null);
  askRests();
}

let asked = "";

/** Ask for the flags: numbers without a source, judged ones, sources that nothing cites, dates after the event. */
async function askRests() {
  const key = keyOf();
  if (state.rests?.key === key || asked === key) return;
  asked = key;
  try {
    const { sentences } = await post("/api/sources", body());
    if (key === keyOf()) update({ rests: { key, sentences } });
  } catch (error) {
    showRefusal(error);
  } finally {
    if (asked === key) asked = "";
  }
}

function one(source, users) {
  const safe = /^https?:\/\//i.test(source.url ?? "");
  const by = [source.by, source.date].filter(Boolean).join(", ");
  return h("section", {},
    h("h3", {}, source.title || (source.judgement ? "Judgement" : source.id)),
    h("p", { class: "quiet small" }, [by, source.id].filter(Boolean).join(" · "), safe ? [" · ", h("a", { href: source.url, rel: "noopener noreferrer", target: "_blank" }, source.url)] : null,
      source.line ? [" · ", h("button", { type: "button", class: "plain", onclick: () => update({ view: "text", options: { ...state.options, line: source.line } }), "aria-label": `Show ${source.id} in the file` }, `line ${source.line}`)] : null),
    source.note ? h("p", { class: "small" }, source.note) : null,
    users.length
      ? h("details", {}, h("summary", {}, `${count(users.length, "number")} with a range ${users.length === 1 ? "cites" : "cite"} it`), list(users, (each) => each.citations.filter((cited) => cited.id === source.id).map((cited) => cited.locator).filter(Boolean).join(", ")))
      : h("p", { class: "quiet small" }, "No number with a range cites it."));
}

function list(parameters, said) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Numbers" }, h("table", {},
    h("thead", {}, h("tr", {}, ["Number", "Value and range", "Where", "Line"].map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, parameters.map((each) => h("tr", {},
      h("td", {}, h("button", { type: "button", class: "plain", onclick: () => { if (matchMedia("(max-width: 62rem)").matches) update({ view: "numbers" }); goToNumber(each.path); } }, `${each.group}: ${each.label}`)),
      h("td", {}, each.text.replace(/\s*@\S+/g, "") || each.words),
      h("td", {}, said(each)),
      h("td", {}, each.line ? String(each.line) : ""))))));
}
