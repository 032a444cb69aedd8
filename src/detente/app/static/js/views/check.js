// The verdict in full: margins as a picture and as a table, the payoff set, what it rests on.

import { askCheck, showRefusal, untilChanged } from "../actions.js";
import { post } from "../api.js";
import { announce, fill, h, markup, showDialog } from "../dom.js";
import { goToNumber } from "../numbers.js";
import { body, fullVerdictOf, isCurrent, keyOf, planOf, planTitle, state, update, verdictOf } from "../state.js";
import { count, points, sentence, signed } from "../words.js";

export const checkView = { draw, needs: ["check", "plan", "reading", "verdicts", "settings", "doc", "leaning"] };

function draw(box) {
  if (!box.querySelector("#margins")) {
    fill(box,
      h("div", { id: "reasons" }),
      h("section", { "aria-labelledby": "margins-title" }, h("h2", { id: "margins-title" }, "What keeping its word is worth to each party"), h("div", { id: "margins" }), h("div", { id: "margin-table" })),
      h("section", { "aria-labelledby": "payoffs-title" }, h("h2", { id: "payoffs-title" }, "What could be kept up at all"), h("div", { id: "payoffs" })),
      h("section", { "aria-labelledby": "rests-title" }, h("h2", { id: "rests-title" }, "What it rests on"), h("div", { id: "rests" })));
  }
  const fits = state.check?.key === keyOf();
  const verdict = fullVerdictOf();
  for (const id of ["margin-table", "rests"]) box.querySelector(`#${id}`).style.opacity = fits ? "" : "0.5";
  for (const id of ["margins", "payoffs"]) {
    const picture = box.querySelector(`#${id}`);
    picture.style.opacity = picture.dataset.key && picture.dataset.key !== pictureKey() ? "0.5" : "";
  }
  drawReasons(box.querySelector("#reasons"));
  if (state.verdicts.length && !fits) askCheckSoon();
  if (verdict && fits) {
    drawTable(box.querySelector("#margin-table"), verdict);
    drawRests(box.querySelector("#rests"));
    drawPicture(box.querySelector("#margins"), "margins");
    if (state.doc.parties.length === 2) drawWhenSeen(box.querySelector("#payoffs"));
    else fill(box.querySelector("#payoffs"), h("p", { class: "quiet" }, "Payoff sets are drawn for two parties only."));
  }
}

let soon = 0;
function askCheckSoon() {
  window.clearTimeout(soon);
  soon = window.setTimeout(() => { if (isCurrent()) askCheck(); }, 150);
}

function drawReasons(box) {
  const reasons = verdictOf()?.reasons ?? [];
  fill(box, reasons.length ? h("ul", { class: "reasons" }, reasons.map((each) => h("li", {}, sentence(each)))) : null);
}

// ---------------------------------------------------------------- pictures

const pictureKey = () => `${keyOf()} ${state.plan}`;
const asked = { margins: "", payoffs: "" };

let seeing = null;

/** Payoff sets take seconds: they are computed once somebody scrolls down to them. */
function drawWhenSeen(box) {
  if (!box.childElementCount) fill(box, h("p", { class: "quiet" }, "The payoff set is drawn when you come here."));
  seeing?.disconnect();
  seeing = new IntersectionObserver(([entry]) => { if (entry.isIntersecting && state.check?.key === keyOf()) drawPicture(box, "payoffs"); });
  seeing.observe(box);
}

async function drawPicture(box, which) {
  const key = pictureKey();
  if (box.dataset.key === key || asked[which] === key) return;
  asked[which] = key;
  if (box.dataset.key) box.style.opacity = "0.5";
  else fill(box, h("p", { class: "quiet" }, which === "payoffs" ? "Drawing the payoff set, which may take some seconds…" : "Drawing…"));
  try {
    const found = await post("/api/pictures", body({ plan: state.plan, which }), untilChanged());
    if (asked[which] !== key || !box.isConnected) return;
    box.dataset.key = key;
    fill(box,
      which === "margins" ? keys() : null,
      h("div", { class: "pictures" }, found.pictures.map((each) => h("figure", {},
        h("figcaption", {}, each.caption),
        h("div", { role: "img", "aria-label": each.alt, class: "picture" }, markup(each.svg, ""))))),
      found.note ? h("p", { class: "quiet small" }, sentence(found.note)) : null);
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!error.problems) throw error;
    if (asked[which] === key) fill(box, error.problems.map((each) => h("p", { class: "quiet" }, each.message, " ", each.remedy ?? "")));
  } finally {
    if (asked[which] === key) {
      asked[which] = "";
      box.style.opacity = "";
    }
  }
}

/** Say which shade is which reading: the darker a bar, the milder what follows a breach. */
function keys() {
  const used = new Set(state.check.plans.flatMap((each) => each.margins).map((row) => row.reading));
  return h("ul", { class: "keys", "aria-label": "What follows a breach" }, state.about.readings.filter((each) => used.has(each.id)).map((each) =>
    h("li", {}, h("span", { class: `key keep-${each.id}` }), h("span", { class: `key walk-${each.id}` }), each.words)));
}

// ---------------------------------------------------------------- the table

function drawTable(box, verdict) {
  const rows = state.check.plans.find((each) => each.plan === verdict.plan)?.margins ?? [];
  const readings = state.about.readings.filter((each) => rows.some((row) => row.reading === each.id));
  const chosen = readings.find((each) => each.id === state.reading) ?? readings[0];
  if (!chosen) {
    fill(box, h("p", { class: "quiet" }, "There are no margins to show."));
    return;
  }
  const shown = rows.filter((row) => row.reading === chosen.id && !row.in_response);
  const steps = [...new Map(shown.map((row) => [row.step, row.step_id]))];
  const largest = Math.max(...shown.map((row) => Math.abs(row.margin ?? 0)), 1e-9);
  const moves = new Map(verdict.moves.map((each) => [each.step, each.words]));
  const select = h("select", { id: "reading", "data-act": "reading", onchange: (event) => update({ reading: event.target.value }) },
    readings.map((each) => h("option", { value: each.id, selected: each.id === chosen.id }, each.words)));
  const responses = rows.filter((row) => row.reading === chosen.id && row.in_response && (row.margin ?? 0) < 0);
  fill(box,
    h("div", { class: "form" }, h("label", { class: "field" }, "If a party breaks the plan, what follows is", select)),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Margins as a table" },
      h("table", { class: "margins" },
        h("caption", {}, "Margins in the party's own points a year. Choose one to see what it is made of."),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Step"), state.doc.parties.map((each) => h("th", { scope: "col" }, each.name)))),
        h("tbody", {}, steps.map(([step, id]) => h("tr", {},
          h("th", { scope: "row" }, `${step} ${id}`, h("small", {}, moves.get(step) ?? "")),
          state.doc.parties.map((party) => cell(shown.find((row) => row.step === step && row.party === party.id), party, verdict, chosen.id, largest))))))),
    responses.length ? h("p", { class: "small" }, `While a written response is carried out, ${count(responses.length, "margin")} ${responses.length === 1 ? "is" : "are"} negative: ${responses.map((row) => `${row.party_name} in ${nameResponse(row.in_response)} (${signed(row.margin)})`).join(", ")}.`) : null);
}

/** A response ends with the id of the party that it is about: give its name. */
function nameResponse(words) {
  const about = state.doc.parties.find((each) => words.endsWith(` ${each.id}`));
  return about ? words.slice(0, -about.id.length) + about.name : words;
}

function cell(row, party, verdict, reading, largest) {
  if (!row) return h("td", {});
  const walks = (row.margin ?? 0) < -1e-9;
  const bound = row.high !== null && row.low !== null && row.high - row.low > 1e-6;
  const said = bound ? `${signed(row.low)} to ${signed(row.high)}` : signed(row.margin);
  return h("td", {}, h("button", {
    type: "button", "data-act": `why-${row.step}-${party.id}`,
    "aria-label": `${party.name}, step ${row.step_id}: ${said}, ${walks ? "would walk away" : "would keep its word"}. Show why.`,
    onclick: () => explain(verdict.plan, row, party, reading),
  }, bar(row.margin ?? 0, largest), h("span", { class: walks ? "walks" : "" }, walks ? `walks ${said}` : said)));
}

function bar(margin, largest) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const put = (name, given) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(given)) element.setAttribute(key, String(value));
    svg.append(element);
  };
  const size = Math.min(48, Math.max(1, (48 * Math.abs(margin)) / largest));
  svg.setAttribute("viewBox", "0 0 100 10");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "size");
  svg.setAttribute("aria-hidden", "true");
  put("rect", { x: margin < 0 ? 50 - size : 50, y: 1, width: size, height: 8, fill: margin < 0 ? "var(--walk-1)" : "var(--keep-1)" });
  put("rect", { x: 49.5, y: 0, width: 1, height: 10, fill: "var(--edge)" });
  return svg;
}

/** Two decimals, so that rounding does not hide how the columns are related. */
function hundredths(value, sign) {
  const said = value.toFixed(2).replace(/^-0\.00$/, "0.00").replace("-", "−");
  return sign && value >= 0.005 ? `+${said}` : said;
}

async function explain(plan, row, party, reading) {
  let found;
  try {
    found = await post("/api/explain", body({ plan, step: row.step, party: party.id, reading }));
  } catch (error) {
    showRefusal(error);
    return;
  }
  const { record } = found;
  const numbers = (each) => [each.staying, each.leaving, each.difference ?? each.staying - each.leaving].map((value, n) => h("td", { class: "number" }, hundredths(value, n === 2)));
  showDialog(`${party.name} at ${row.step_id}: ${signed(row.margin)} points a year`, (box, close) => box.append(
    h("p", {}, `The plan asks for: ${record.prescribed}. The best way out: ${record.margin.deviation}. Staying is worth ${points(record.margin.staying)}, leaving ${points(record.margin.leaving)}.`),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Terms of the margin" }, h("table", {},
      h("caption", {}, "Term by term, in points a year, rounded; the differences add up to the margin"),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Term"), ["Staying", "Leaving", "Difference"].map((each) => h("th", { scope: "col", class: "number" }, each)), h("th", { scope: "col" }, "Line"))),
      h("tbody", {}, record.rows.map((each) => h("tr", {}, h("th", { scope: "row" }, each.name), numbers(each), h("td", {}, each.place ? h("button", { type: "button", class: "plain", "aria-label": `Show line ${each.place.line} in the file`, onclick: () => { close(); update({ view: "text", options: { ...state.options, line: each.place.line } }); } }, String(each.place.line)) : "")))))),
    h("h3", {}, "Assumed"),
    h("ul", {}, record.assumptions.map((each) => h("li", {}, sentence(each))))));
}

// ---------------------------------------------------------------- what it rests on

const leaningKey = () => `${keyOf()} ${state.plan}`;

/** The numbers on which the verdict hangs most: asked for by a button, since it takes a second or two. */
function hangsOn() {
  const found = state.leaning?.key === leaningKey() ? state.leaning.numbers : null;
  if (!found) return h("p", {}, h("button", { type: "button", "data-act": "leaning", onclick: (event) => askLeaning(event.currentTarget) }, "Find the numbers it hangs on most"));
  if (!found.length) return h("p", {}, "No number with a range moves this verdict or its tightest margin.");
  const known = new Map(state.doc.parameters.map((each) => [each.path, each]));
  return [h("p", {}, "Each moved alone to both ends of its range, the verdict hangs most on:"),
    h("ul", { class: "reasons", id: "leaning" }, found.map((each) => {
      const name = known.has(each.path) ? `${known.get(each.path).group}: ${known.get(each.path).label}` : each.path;
      const show = () => { if (matchMedia("(max-width: 62rem)").matches) update({ view: "numbers" }); goToNumber(each.path); };
      return h("li", {}, h("button", { type: "button", class: "plain", onclick: show }, name), ` (${each.words})`);
    }))];
}

async function askLeaning(button) {
  const key = leaningKey();
  button.disabled = true;
  button.textContent = "Looking…";
  try {
    const { numbers } = await post("/api/leaning", body({ plan: state.plan }), untilChanged());
    if (key !== leaningKey()) return;
    const matters = new Map(state.matters);
    for (const each of numbers) if (!matters.has(each.path)) matters.set(each.path, each.words);
    update({ leaning: { key, numbers }, matters });
    announce(`The verdict hangs most on ${count(numbers.length, "number")}.`);
  } catch (error) {
    button.disabled = false;
    button.textContent = "Find the numbers it hangs on most";
    showRefusal(error);
  }
}

function drawRests(box) {
  const { record } = state.check;
  const statements = record.statements ?? [];
  const broken = statements.filter((each) => !each.kept);
  fill(box,
    hangsOn(),
    h("p", {}, sentence(record.no_deal.words[0])),
    record.no_deal.words.length > 1 ? h("details", { id: "elsewhere" }, h("summary", {}, "What they would do without a deal once some steps are done"),
      h("ul", { class: "reasons" }, record.no_deal.words.slice(1).map((each) => h("li", {}, sentence(each))))) : null,
    statements.length ? h("p", {}, broken.length
      ? [h("b", {}, "The model is wrong, not the world: "), broken.map((each) => `${each.words}; the model says ${each.found}`).join("; "), "."]
      : `${statements.length === 1 ? "The statement" : `All ${statements.length} statements`} that the authors were sure of ${statements.length === 1 ? "comes" : "come"} out as ${statements.length === 1 ? "it" : "they"} should.`) : null,
    [...state.doc.warnings, ...record.warnings].filter((each, n, all) => all.indexOf(each) === n).map((each) => h("p", { class: "notice" }, sentence(each))),
    h("p", { class: "quiet small" }, `The game of ${planTitle(planOf())} has ${count(record.sizes.states, "state")}. The verdict follows from the numbers; it does not say that they are true.`));
}
