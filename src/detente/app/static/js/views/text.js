// The file itself, with what is wrong marked at its line.

import { setText } from "../actions.js";
import { fill, h } from "../dom.js";
import { setOption, state } from "../state.js";
import { count, sentence } from "../words.js";

export const textView = { draw, needs: ["draft", "problems", "doc", "options"] };

const PAUSE = 350; // milliseconds without a key before the text is read
const MAX_COLOURED = 200_000; // characters; longer texts are shown plain
let pane = null;
let timer = 0;
let marked = "";

function draw(box) {
  if (!box.querySelector("textarea")) build(box);
  if (pane.area.value !== state.draft && document.activeElement !== pane.area) pane.area.value = state.draft;
  else if (pane.area.value !== state.draft && !timer) pane.area.value = state.draft;
  const key = `${state.draft.length} ${JSON.stringify(state.problems)}`;
  if (marked !== key || pane.shown !== pane.area.value) {
    marked = key;
    paint();
    listProblems();
  }
  if (state.options.line) {
    const line = Number(state.options.line);
    setOption("line", "");
    goToLine(line);
  }
}

function build(box) {
  const area = h("textarea", { id: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off", wrap: "off", "aria-label": "The scenario file", "aria-describedby": "text-state" });
  const back = h("pre", { "aria-hidden": "true" });
  const gutter = h("div", { class: "gutter", "aria-hidden": "true" });
  const list = h("ul", { class: "problems", id: "problems" });
  const said = h("p", { id: "text-state", class: "quiet", role: "status" });
  pane = { area, back, gutter, list, said, shown: null, follow: null };
  area.value = state.draft;
  area.addEventListener("input", () => {
    paint();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { timer = 0; setText(area.value); }, PAUSE);
  });
  area.addEventListener("blur", () => {
    if (!timer) return;
    window.clearTimeout(timer);
    timer = 0;
    setText(area.value);
  });
  const follow = () => {
    back.style.transform = `translate(${-area.scrollLeft}px, ${-area.scrollTop}px)`;
    gutter.scrollTop = area.scrollTop;
  };
  pane.follow = follow;
  area.addEventListener("scroll", follow);
  new ResizeObserver(follow).observe(area);
  fill(box,
    h("h2", {}, "The file"), said,
    h("div", { class: "pane" }, gutter, h("div", { class: "field" }, back, area)),
    list);
  marked = "";
}

/** Draw line numbers, markers and colours behind the text. */
function paint() {
  const { area, back, gutter } = pane;
  pane.shown = area.value;
  const lines = area.value.split("\n");
  const bad = new Map();
  if (area.value === state.draft) for (const each of state.problems) if (each.line) bad.set(each.line, [...(bad.get(each.line) ?? []), each]);
  if (!bad.size) gutter.textContent = lines.map((_, n) => `${n + 1}\n`).join("");
  else fill(gutter, lines.map((_, n) => (bad.has(n + 1) ? [h("b", {}, `✕ ${n + 1}`), "\n"] : `${n + 1}\n`)));
  if (area.value.length > MAX_COLOURED) back.textContent = area.value;
  else fill(back, lines.map((line, n) => [...colour(line, bad.get(n + 1)), "\n"]));
  pane.follow();
}

function colour(line, problems) {
  const from = problems?.[0]?.column ? problems[0].column - 1 : 0;
  const to = Math.max(from + 1, problems?.[0]?.end_column ? problems[0].end_column - 1 : line.length);
  const parts = [];
  const put = (words, at, kind) => {
    if (!words) return;
    if (!problems || at + words.length <= from || at >= to) parts.push(kind ? h("span", { class: kind }, words) : words);
    else {
      const [a, b] = [Math.max(0, from - at), Math.min(words.length, to - at)];
      put(words.slice(0, a), at, kind);
      parts.push(h("span", { class: `bad ${kind}` }, words.slice(a, b)));
      put(words.slice(b), at + b, kind);
    }
  };
  const comment = /(^|\s)#.*$/.exec(line);
  const code = comment ? line.slice(0, comment.index) : line;
  const name = /^(\s*(?:- )?)([\w-]+)(:)(?=\s|$)/.exec(code);
  if (name) {
    put(name[1], 0, "");
    put(name[2], name[1].length, "name");
    put(code.slice(name[1].length + name[2].length), name[1].length + name[2].length, "");
  } else put(code, 0, "");
  if (comment) put(line.slice(comment.index), comment.index, "comment");
  return parts;
}

function listProblems() {
  const { list, said } = pane;
  const warnings = state.problems.length ? [] : state.warnings;
  said.textContent = state.problems.length
    ? `${sentence(count(state.problems.length, "problem"))} The verdict above is of the last text that could be read.`
    : `The text can be read${warnings.length ? `, with ${count(warnings.length, "remark")}` : ""}. It is judged as you type.`;
  fill(list,
    state.problems.map((each, n) => h("li", {},
      h("p", {}, h("b", {}, each.line ? `Line ${each.line}: ` : ""), each.message, each.label ? h("span", {}, ` (${each.label})`) : "", " ", each.code ? h("span", { class: "quiet small" }, each.code) : ""),
      each.source_line ? h("pre", {}, quote(each)) : null,
      each.remedy ? h("p", { class: "remedy" }, sentence(each.remedy)) : null,
      each.line ? h("button", { type: "button", class: "plain", "data-act": `jump-${n}`, onclick: () => goToLine(each.line, each.column, each.end_column) }, `Go to line ${each.line}`) : null)),
    warnings.map((each) => h("li", { class: "warning" }, h("p", {}, sentence(each)))));
}

function quote(each) {
  const [a, b] = [(each.column ?? 1) - 1, Math.max((each.end_column ?? 0) - 1, each.column ?? 1)];
  return [each.source_line.slice(0, a), h("mark", {}, each.source_line.slice(a, b)), each.source_line.slice(b)];
}

/** Put the cursor on a line (and select what is wrong there), in the middle of the pane. */
export function goToLine(line, column = 1, end = null) {
  const { area } = pane;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const from = start + Math.max(0, (column ?? 1) - 1);
  const to = end ? start + end - 1 : start + (lines[line - 1]?.length ?? 0);
  area.focus();
  area.setSelectionRange(from, Math.max(from, to));
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 0.5) * height - area.clientHeight / 2);
  area.scrollLeft = 0;
}
