// The numbers: a slider for each that has a range, with its value in words, its range and its source.

import { resetNumbers, setNumber } from "./actions.js";
import { announce, fill, find, h } from "./dom.js";
import { writeNumbers } from "./saving.js";
import { listen, state } from "./state.js";
import { count, quantity, readNumber } from "./words.js";

let shown = null; // the document whose sliders are drawn
const rows = new Map(); // path -> {row, draw}
let filter = "";
let onlyChanged = false;

export function startNumbers() {
  listen((changed) => {
    if (changed.has("doc") && state.doc !== shown) build();
    else if (changed.has("settings") || changed.has("matters")) refresh();
    if (changed.has("view")) document.body.classList.toggle("on-numbers", state.view === "numbers");
  });
}

const valueOf = (each) => state.settings[each.path] ?? each.value;

function build() {
  const same = shown && sameNumbers(shown.parameters, state.doc.parameters);
  shown = state.doc;
  if (same) {
    shown.parameters.forEach((each) => { rows.get(each.path).each = each; });
    refresh();
    return;
  }
  rows.clear();
  const groups = new Map();
  for (const each of shown.parameters) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  const search = h("input", { type: "search", id: "number-filter", placeholder: "Find a number", "aria-label": "Find a number", value: filter, autocomplete: "off", spellcheck: "false",
    oninput: (event) => { filter = event.target.value; choose(); sayFound(); } });
  const changed = h("input", { type: "checkbox", checked: onlyChanged, onchange: (event) => { onlyChanged = event.target.checked; choose(); sayFound(); } });
  fill(find("numbers"),
    h("div", { class: "numbers-head" },
      h("h2", {}, "Numbers"), search,
      h("div", { class: "row" }, h("label", { class: "check" }, changed, "Changed only"), h("span", { class: "row", id: "number-acts" }))),
    h("p", { class: "quiet", id: "none-found", hidden: true }, "No number matches."),
    shown.parameters.length ? null : h("p", { class: "quiet" }, "No number of this file has a range. Write one as value (low to high), for instance 70% (40% to 90%)."),
    [...groups].map(([name, parameters], n) => h("details", { class: "group", open: n < 2 },
      h("summary", {}, name[0].toUpperCase() + name.slice(1), " ", h("span", { class: "count" }, String(parameters.length))),
      parameters.map((each) => slider(each)))));
  refresh();
}

function sameNumbers(before, after) {
  const strip = (all) => JSON.stringify(all.map(({ line, value, words, text, ...rest }) => rest));
  return strip(before) === strip(after);
}

function positions(each) {
  const last = Math.max(1, Math.round((each.high - each.low) / each.step));
  const toValue = (at) => {
    if (each.never && at > last) return "never";
    if (at >= last) return each.high;
    return Number((each.low + at * each.step).toPrecision(12));
  };
  const toPosition = (value) => (value === "never" ? last + 1 : Math.max(0, Math.min(last, (value - each.low) / each.step)));
  return { last: each.never ? last + 1 : last, toValue, toPosition };
}

function slider(each) {
  const id = `n-${each.path}`;
  const { last, toValue, toPosition } = positions(each);
  const output = h("output", { for: id });
  const input = h("input", { type: "range", id, min: 0, max: last, step: "any", "data-path": each.path, "aria-describedby": `${id}-about` });
  const ends = `${quantity(each.low, each.unit)} to ${each.never ? "never" : quantity(each.high, each.unit)}`;
  const reset = h("button", { type: "button", class: "plain", "data-reset": each.path }, "Reset");
  const write = h("button", { type: "button", class: "plain", "aria-label": `Type a value for ${each.label}` }, "Type…");
  const why = h("p", { class: "matters", hidden: true });
  const row = h("div", { class: "dial", "data-number": each.path },
    h("div", { class: "top" }, h("label", { for: id }, each.label), output),
    input,
    h("div", { class: "ends", "aria-hidden": "true" }, h("span", {}, quantity(each.low, each.unit)), h("span", {}, each.never ? "never" : quantity(each.high, each.unit))),
    h("div", { class: "cite" }, h("span", { id: `${id}-about` }, h("span", { class: "unseen" }, `Range ${ends}. `), cite(each)), h("span", {}, write, reset)),
    why);
  const put = (value, moving) => { setNumber(each.path, value, moving); };
  const near = (at) => (Math.abs(at - toPosition(rows.get(each.path).each.value)) < last / 200 ? rows.get(each.path).each.value : toValue(Math.round(at)));
  input.addEventListener("input", () => put(near(Number(input.value)), true));
  input.addEventListener("change", () => put(near(Number(input.value)), false));
  input.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
    const to = { Home: 0, End: last }[event.key];
    if (by === undefined && to === undefined) return;
    event.preventDefault();
    const at = Math.max(0, Math.min(last, to ?? Math.round(toPosition(valueOf(rows.get(each.path).each))) + by));
    put(toValue(at), false);
  });
  reset.addEventListener("click", () => {
    setNumber(each.path, null);
    input.focus();
    announce(`${each.label} is back at ${quantity(rows.get(each.path).each.value, each.unit)}.`);
  });
  write.addEventListener("click", () => typeValue(each, row, write));
  const draw = () => {
    const now = valueOf(rows.get(each.path).each);
    const changed = each.path in state.settings;
    output.textContent = quantity(now, each.unit);
    input.value = String(toPosition(now));
    input.setAttribute("aria-valuetext", quantity(now, each.unit));
    row.classList.toggle("changed", changed);
    reset.hidden = !changed;
    reset.textContent = `Reset to ${quantity(rows.get(each.path).each.value, each.unit)}`;
    const reason = state.matters.get(each.path);
    why.hidden = !reason;
    why.textContent = reason ? `◆ ${reason}` : "";
  };
  rows.set(each.path, { row, draw, each });
  return row;
}

function cite(each) {
  if (each.source.kind === "none") return h("span", { class: "judged" }, "no source");
  if (each.source.kind === "judgement") return h("span", { class: "judged" }, "judged");
  const judged = each.citations.some((cited) => cited.kind === "judgement");
  return [judged ? [h("span", { class: "judged" }, "judged"), " on "] : "", h("span", { title: each.source.title }, [each.source.id, each.source.locator].filter(Boolean).join(", "))];
}

function typeValue(each, row, button) {
  const input = h("input", { type: "text", "aria-label": `Value of ${each.label}`, value: quantity(valueOf(rows.get(each.path).each), each.unit) });
  const trouble = h("p", { class: "small fails", role: "alert" });
  const form = h("form", { class: "row", onsubmit: (event) => {
    event.preventDefault();
    const value = readNumber(input.value, each.unit);
    if (value === null) {
      trouble.textContent = `This is not a ${each.unit === "years" ? "time, such as 18 months or 2 years" : each.unit === "number" ? "number" : "percentage, such as 70%"}.`;
      return;
    }
    if ((each.unit === "years" && value < 0) || (!["years", "number"].includes(each.unit) && (value < 0 || value > 1))) {
      trouble.textContent = each.unit === "years" ? "A time is not negative." : "A percentage lies from 0% to 100%.";
      return;
    }
    form.remove();
    setNumber(each.path, value);
    button.focus();
  } }, input, h("button", {}, "Set"), trouble);
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") { form.remove(); button.focus(); } });
  row.querySelector("form")?.remove();
  row.append(form);
  input.select();
}

function refresh() {
  if (!shown) return;
  for (const { draw } of rows.values()) draw();
  const acts = document.getElementById("number-acts");
  const changed = Object.keys(state.settings).length;
  const key = String(changed > 0);
  if (acts.dataset.shown !== key) {
    acts.dataset.shown = key;
    fill(acts, changed ? [
      h("button", { type: "button", class: "plain", onclick: writeNumbers, title: "Write the changed numbers into the file" }, "Put into the file"),
      h("button", { type: "button", class: "plain", onclick: resetNumbers }, "Reset all"),
    ] : null);
  }
  choose();
}

/** Show what matches the search; open the groups that hold something when one searches. */
function choose() {
  const wanted = filter.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const searching = wanted.length > 0 || onlyChanged;
  for (const { row, each } of rows.values()) {
    const words = `${each.group} ${each.label} ${each.path} ${each.source.kind} ${each.source.id}`.toLowerCase();
    row.hidden = !wanted.every((word) => words.includes(word)) || (onlyChanged && !(each.path in state.settings));
  }
  for (const group of find("numbers").querySelectorAll("details.group")) {
    const all = [...group.querySelectorAll(".dial")];
    const found = all.filter((row) => !row.hidden).length;
    const any = found > 0;
    group.hidden = !any;
    group.querySelector(".count").textContent = found < all.length ? `${found} of ${all.length}` : String(all.length);
    if (searching && any && !group.open) {
      group.open = true;
      group.dataset.opened = "yes";
    } else if (!searching && group.dataset.opened) {
      group.open = false;
      delete group.dataset.opened;
    }
  }
  find("none-found").hidden = !rows.size || [...rows.values()].some(({ row }) => !row.hidden);
}

function sayFound() {
  announce(`${count([...rows.values()].filter(({ row }) => !row.hidden).length, "number")} shown.`);
}

/** Show one number's slider and put the keyboard there. */
export function goToNumber(path) {
  const found = rows.get(path);
  if (!found) return;
  found.row.hidden = false;
  found.row.closest("details").open = true;
  const input = found.row.querySelector("input");
  input.focus();
  input.scrollIntoView({ block: "center" });
}
