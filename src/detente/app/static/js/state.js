// What the page knows. Only `update` changes it; whoever listens is told which entries changed.

export const VIEWS = [
  ["check", "Verdict"], ["numbers", "Numbers"], ["steps", "Steps"], ["text", "File"], ["compare", "Compare"], ["mend", "Mend"],
  ["design", "Design"], ["sweep", "Sweep"], ["screen", "Types"], ["sources", "Sources"],
];

export const state = {
  about: null, // version, folder, limits
  cases: [], // the library and the folder
  origin: null, // {kind: "case" | "file" | "text", name, text, digest}: as opened, before any edit
  draft: "", // the text pane, readable or not
  doc: null, // the last text that could be read: what /api/open answers
  problems: [], // of the draft
  warnings: [],
  past: [], future: [], // texts, for undo
  settings: {}, // path -> number, on top of the text
  plan: "",
  view: "check",
  reading: null,
  options: {}, // what is chosen inside views: other, goal, purpose, samples, seed, ...
  verdicts: [], // the fast answers, one a plan, each with the `key` of what it was computed for
  slow: false, // whether the last fast answer took too long to follow a slider
  refused: "", // the key of the last numbers that could not be judged
  check: null, // the full record, with `key`
  matters: new Map(), // path -> why, from sweeps, mends and what a verdict hangs on
  leaning: null, // {key, numbers}: on which numbers the verdict on a plan hangs most
  rests: null, // {key, sentences}: what the file says of its sources
  lastChange: null, // of the steps: {text, difference}
  jobs: {}, // kind -> {id, key, state, progress, result, problems}
};

const listeners = new Set();

export function listen(listener) {
  listeners.add(listener);
}

export function update(patch) {
  const changed = new Set(Object.keys(patch).filter((key) => state[key] !== patch[key]));
  if (!changed.size) return;
  Object.assign(state, patch);
  for (const listener of [...listeners]) listener(changed);
}

export const text = () => state.doc?.text ?? "";
export const planOf = (id = state.plan) => state.doc?.plans.find((each) => each.id === id) ?? null;
export const planTitle = (plan) => plan?.name ?? "";
export const fullVerdictOf = (id = state.plan) => state.check?.record.verdicts.find((each) => each.plan === id) ?? null;

/** The verdict on a plan: the fast one, or the full one where the fast one could not decide. */
export function verdictOf(id = state.plan) {
  const fast = state.verdicts.find((each) => each.plan === id) ?? null;
  if (fast?.needs_sets && state.check?.key === fast.key && state.check.problems) return { ...fast, needs_sets: false };
  const full = fast?.needs_sets && state.check?.key === fast.key ? fullVerdictOf(id) : null;
  return full ? { ...fast, answer: full.answer, mildest: full.mildest, sentence: full.sentence, reasons: full.reasons, needs_sets: false } : fast;
}

export const keyOf = () => `${state.doc?.digest ?? ""} ${JSON.stringify(Object.entries(state.settings).sort())}`;
/** Whether the verdict on a plan (the chosen one) is of the text and the numbers as they are now. */
export const isCurrent = (id = state.plan) => verdictOf(id)?.key === keyOf();
export const edited = () => state.origin !== null && (state.draft !== state.origin.text || Object.keys(state.settings).length > 0);
export const body = (more = {}) => ({ text: text(), name: state.doc?.name ?? null, settings: state.settings, ...more });
export const setOption = (name, value) => update({ options: { ...state.options, [name]: value } });
