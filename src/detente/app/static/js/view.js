// The views below the verdict: one is shown at a time, the address says which.

import { fill, find, h } from "./dom.js";
import { edited, listen, state, update, VIEWS } from "./state.js";
import { checkView } from "./views/check.js";
import { compareView } from "./views/compare.js";
import { designView } from "./views/design.js";
import { mendView } from "./views/mend.js";
import { screenView } from "./views/screen.js";
import { sourcesView } from "./views/sources.js";
import { stepsView } from "./views/steps.js";
import { sweepView } from "./views/sweep.js";
import { textView } from "./views/text.js";

// Each view: `draw(box)`, and the entries of the state on which it depends.
const DRAWN = {
  check: checkView, numbers: checkView, steps: stepsView, text: textView, compare: compareView, mend: mendView,
  design: designView, sweep: sweepView, screen: screenView, sources: sourcesView,
};

let current = "";

export function startViews() {
  listen((changed) => {
    if (!state.doc) return;
    if (changed.has("view") || changed.has("doc") || changed.has("problems")) drawLinks();
    const view = DRAWN[state.view];
    const other = current !== state.view;
    if (other || ["origin", ...view.needs].some((each) => changed.has(each))) draw(view, other);
  });
}

export function goTo(view) {
  update({ view });
  if (view === "numbers") find("numbers").scrollIntoView({ block: "start" });
}

function available([id]) {
  return id !== "screen" || state.doc.types.length > 0;
}

function drawLinks() {
  const focused = document.activeElement?.dataset?.view;
  const dot = (id) => (id === "text" && state.problems.length ? h("span", { class: "fails" }, ` (${state.problems.length} ${state.problems.length === 1 ? "problem" : "problems"})`) : "");
  fill(find("views"), VIEWS.filter(available).map(([id, name]) => h("a", {
    href: "#", "data-view": id, class: id === "numbers" ? "narrow" : null, "aria-current": id === state.view ? "page" : null,
    onclick: (event) => { event.preventDefault(); goTo(id); },
  }, name, dot(id))));
  if (focused) find("views").querySelector(`[data-view="${focused}"]`)?.focus();
}

function draw(view, other) {
  const box = find("view");
  const focused = document.activeElement;
  const inside = box.contains(focused) ? focused.dataset.act || focused.id : "";
  current = state.view;
  box.setAttribute("aria-label", VIEWS.find(([id]) => id === state.view)[1]);
  if (other) {
    box.replaceChildren();
    box.dataset.name = state.view;
  }
  view.draw(box);
  if (inside && !box.contains(document.activeElement)) {
    (document.getElementById(inside) ?? box.querySelector(`[data-act="${CSS.escape(inside)}"]`))?.focus();
  }
}

/** Ask before the page is left with changes that only the address holds. */
export function guardLeaving() {
  window.addEventListener("beforeunload", (event) => { if (state.doc && edited() && state.draft !== state.origin.text) event.preventDefault(); });
}
