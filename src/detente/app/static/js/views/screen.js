// Who might be sitting across the table: what each type of a party would make of the plan.

import { untilChanged } from "../actions.js";
import { post } from "../api.js";
import { fill, h, markup } from "../dom.js";
import { body, isCurrent, keyOf, planOf, planTitle, setOption, state } from "../state.js";

export const screenView = { draw, needs: ["doc", "plan", "options", "verdicts", "settings"] };

let found = null;
let asked = "";

function draw(box) {
  const { types, parties } = state.doc;
  const party = types.find((each) => each.party === state.options.screened)?.party ?? types[0]?.party;
  const nameOf = (id) => parties.find((each) => each.id === id)?.name ?? id;
  const key = `${keyOf()} ${state.plan} ${party}`;
  const fits = found?.key === key;
  fill(box,
    h("h2", {}, `Who is it? Types of a party under ${planTitle(planOf())}`),
    types.length > 1 ? h("div", { class: "form" }, h("label", { class: "field" }, "Whose types", h("select", { id: "screened", onchange: (event) => setOption("screened", event.target.value) },
      types.map((each) => h("option", { value: each.party, selected: each.party === party }, nameOf(each.party)))))) : null,
    found?.html ? h("div", { class: fits ? null : "old" }, markup(found.html)) : (found?.problems ?? []).map((each) => h("div", { class: "notice bad" }, h("p", {}, each.message))),
    fits ? null : h("p", { class: "quiet", role: "status" }, "Working it out…"));
  if (!fits && asked !== key && party && isCurrent()) ask(box, key, party);
}

async function ask(box, key, party) {
  asked = key;
  try {
    const answer = await post("/api/screen", body({ plan: state.plan, party }), untilChanged());
    if (asked === key) found = { key, ...answer };
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!error.problems) throw error;
    if (asked === key) found = { key, problems: error.problems };
  } finally {
    if (asked === key) {
      asked = "";
      if (state.view === "screen") draw(box);
    }
  }
}
