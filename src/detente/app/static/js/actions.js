// What a reader can do: each action asks the server and then changes the state.

import { post, Refusal } from "./api.js";
import { announce, clearNotices, h, notify } from "./dom.js";
import { body, isCurrent, keyOf, planOf, planTitle, state, update, verdictOf } from "./state.js";
import { points } from "./words.js";

const FOLLOWS = 200; // milliseconds: a fast answer within these follows a slider while it moves
const RESTS = 250; // milliseconds: where answers are slower, a slider that rests so long is answered too
const MAX_PAST = 100;

export function showRefusal(error) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Refusal)) throw error;
  const [first, ...others] = error.problems;
  if (others.length) notify(`There are ${error.problems.length} problems.`, "bad", "", listOf(error.problems));
  else notify(placed(first), "bad", first.remedy ?? "");
}

const placed = (each) => (each.line ? `Line ${each.line}: ${each.message}` : each.message);

const listOf = (problems) => h("ol", { class: "refused" }, problems.map((each) => h("li", {},
  h("p", {}, placed(each), each.label ? ` (${each.label})` : ""),
  each.remedy ? h("p", { class: "remedy" }, each.remedy) : null)));

// ---------------------------------------------------------------- opening

/** Open a case, a file or a text; `wanted` may bring a plan, settings, options, a view and an edited text. */
export async function open(source, wanted = {}) {
  const doc = await post("/api/open", source);
  const [kind] = Object.keys(source);
  const origin = { kind, name: doc.name, text: doc.text, digest: doc.digest };
  if (kind !== "text") origin.name = source[kind];
  let problems = [];
  let now = doc;
  const draft = wanted.text ?? doc.text;
  if (draft !== doc.text) {
    try {
      now = await post("/api/open", { text: draft });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems = error.problems;
    }
  }
  const known = new Set(now.parameters.map((each) => each.path));
  const settings = Object.fromEntries(Object.entries(wanted.settings ?? {}).filter(([path]) => known.has(path)));
  const lost = Object.keys(wanted.settings ?? {}).filter((path) => !known.has(path));
  const plan = now.plans.some((each) => each.id === wanted.plan) ? wanted.plan : (now.plans[0]?.id ?? "");
  clearNotices();
  update({
    origin, draft, doc: now, problems, warnings: now.warnings, past: [], future: [], settings, plan,
    view: wanted.view ?? "check", reading: wanted.reading ?? null, options: wanted.options ?? {},
    verdicts: [], check: null, matters: new Map(), jobs: {},
  });
  if (lost.length) notify(`The address changes numbers that this file does not have: ${lost.join(", ")}.`, "bad");
  await askVerdict();
}

// ---------------------------------------------------------------- the text

let reading = null;

/** Take a new text: it is read by the server, and becomes the document (with `numbers` moved) when it can be read. */
export async function setText(draft, { remember = true, numbers = state.settings } = {}) {
  if (draft === state.draft && state.doc?.text === draft && numbers === state.settings) return true;
  if (remember && state.draft !== draft) update({ past: [...state.past, state.draft].slice(-MAX_PAST), future: [] });
  update({ draft });
  reading?.abort();
  reading = new AbortController();
  try {
    const doc = await post("/api/open", { text: draft }, reading.signal);
    const known = new Set(doc.parameters.map((each) => each.path));
    const settings = Object.fromEntries(Object.entries(numbers).filter(([path]) => known.has(path)));
    const plan = doc.plans.some((each) => each.id === state.plan) ? state.plan : (doc.plans[0]?.id ?? "");
    update({ doc, problems: [], warnings: doc.warnings, settings, plan });
    askVerdict();
    return true;
  } catch (error) {
    if (error.name === "AbortError") return false;
    if (!(error instanceof Refusal)) throw error;
    update({ problems: error.problems });
    announce(`${error.problems.length === 1 ? "One problem" : `${error.problems.length} problems`} in the file. ${error.problems[0].message}`);
    return false;
  }
}

export async function undo() {
  if (!state.past.length) return;
  const [draft, future] = [state.past.at(-1), [...state.future, state.draft]];
  update({ past: state.past.slice(0, -1), future });
  await setText(draft, { remember: false });
  announce("Undone.");
}

export async function redo() {
  if (!state.future.length) return;
  const [draft, past] = [state.future.at(-1), [...state.past, state.draft]];
  update({ future: state.future.slice(0, -1), past });
  await setText(draft, { remember: false });
  announce("Done again.");
}

// ---------------------------------------------------------------- numbers and plans

let resting = 0;

/** Change a number (null: back to the file's value); `moving` while a slider is being dragged. */
export function setNumber(path, value, moving = false) {
  const settings = { ...state.settings };
  const own = state.doc.parameters.find((each) => each.path === path)?.value;
  if (value === null || value === own) delete settings[path];
  else settings[path] = value;
  update({ settings });
  window.clearTimeout(resting);
  if (!moving || !state.slow) askVerdict({ moving });
  else resting = window.setTimeout(() => askVerdict({ moving }), RESTS);
}

export function resetNumbers() {
  update({ settings: {} });
  askVerdict();
  announce("All numbers are back at the file's values.");
}

export function setPlan(plan) {
  if (plan === state.plan) return;
  update({ plan });
  if (isCurrent()) {
    sayVerdict();
    askCheck();
  } else askVerdict();
}

// ---------------------------------------------------------------- verdicts

let asking = false;
let again = null;
let judged = ""; // digest of the text last judged; the first time a text is judged takes longer
let slowly = new AbortController();

/** Requests that may take seconds use this signal: they are given up once something else is asked. */
export const untilChanged = () => slowly.signal;

function giveUpSlow() {
  slowly.abort();
  slowly = new AbortController();
}

/** Take verdicts, each with what it was computed for; those of other plans stay until they are renewed. */
function takeVerdicts(found, key) {
  const renewed = new Map(found.map((each) => [each.plan, { ...each, key }]));
  const kept = state.verdicts.filter((each) => !renewed.has(each.plan));
  update({ verdicts: [...kept, ...renewed.values()] });
}

/** Ask for the fast answers, the chosen plan's first; while one is under way only the latest request is kept. */
export async function askVerdict({ moving = false } = {}) {
  giveUpSlow();
  if (asking) {
    again = { moving };
    return;
  }
  asking = true;
  const key = keyOf();
  const began = performance.now();
  try {
    const { verdicts } = await post("/api/verdict", body({ plan: state.plan }));
    if (judged === state.doc.digest) update({ slow: performance.now() - began > FOLLOWS });
    judged = state.doc.digest;
    takeVerdicts(verdicts, key);
    if (state.refused) {
      update({ refused: "" });
      clearNotices();
    }
    if (!moving) sayVerdict();
    if (!moving && !again && state.doc.plans.length > 1) takeVerdicts((await post("/api/verdict", body({ plan: null }))).verdicts, key);
  } catch (error) {
    update({ refused: key });
    showRefusal(error);
  } finally {
    asking = false;
  }
  const next = again;
  again = null;
  if (next) await askVerdict(next);
  else if (!moving) askCheck();
}

/** Ask for the full record behind the sentence, the pictures and the tables. */
export async function askCheck() {
  const key = keyOf();
  if (state.check?.key === key && state.check.record.verdicts.some((each) => each.plan === state.plan)) return;
  try {
    const found = await post("/api/check", body({ plans: [state.plan], reading: null }), slowly.signal);
    if (key === keyOf()) update({ check: { ...found, key } });
  } catch (error) {
    if (error.name !== "AbortError" && key === keyOf()) update({ check: { key, record: { verdicts: [] }, problems: error.problems ?? [] } });
    showRefusal(error);
  }
}

/** Give the kind of an answer (which shape and colour) and its words. */
export function nameAnswer(verdict) {
  if (!verdict) return ["undecided", "Not judged yet"];
  if (verdict.answer === "holds") return verdict.mildest === "harshest" ? ["can", "Can hold"] : ["holds", "Holds"];
  if (verdict.answer === "fails") return ["fails", "Fails"];
  return ["undecided", verdict.needs_sets ? "Not decided yet" : "Undecided"];
}

function sayVerdict() {
  const verdict = verdictOf();
  if (!verdict) return;
  const first = verdict.first;
  const where = first ? ` First to walk away: ${first.party_name} at ${first.step_id}, margin ${points(first.margin)}.` : "";
  announce(`${planTitle(planOf())}: ${nameAnswer(verdict)[1]}.${where}`);
}
