// Save as a file that keeps its comments, showing first what changes.

import { showRefusal, setText } from "./actions.js";
import { post } from "./api.js";
import { download, fill, h, notify, showDialog } from "./dom.js";
import { state, text, update } from "./state.js";
import { count } from "./words.js";

const SIGNS = { same: " ", add: "+", remove: "−", gap: "" };

/** Show the lines that differ: added and removed ones are marked by signs as well as colours. */
export function showDifference(lines) {
  return h("div", { class: "difference", tabindex: "0", role: "region", "aria-label": "What changes in the file" },
    lines.map((each) => h("span", { class: each.kind },
      h("span", { class: "at", "aria-hidden": "true" }, String(each.after ?? each.before ?? "")),
      SIGNS[each.kind] + each.text || "⋯")));
}

/** Write the changed numbers into the text; what comes back keeps every comment. */
export async function withNumbers() {
  if (!Object.keys(state.settings).length) return text();
  return (await post("/api/change", { text: text(), settings: state.settings })).text;
}

/** Move the sliders' numbers into the file itself. */
export async function writeNumbers() {
  try {
    const changed = await withNumbers();
    if (await setText(changed, { numbers: {} })) {
      notify("The changed numbers stand in the file now. Undo takes them out again.", "good");
    }
  } catch (error) {
    showRefusal(error);
  }
}

const fileName = (name) => (/\.ya?ml$/i.test(name) ? name : `${name || "scenario"}.yaml`).split(/[\\/]/).pop();

export async function saveDialog() {
  let changed;
  let lines = [];
  try {
    if (state.problems.length) changed = state.draft;
    else changed = await withNumbers();
    if (changed !== state.origin.text) lines = (await post("/api/difference", { before: state.origin.text, after: changed })).difference;
  } catch (error) {
    showRefusal(error);
    return;
  }
  await showDialog("Save", (box, close) => {
    const broken = state.problems.length > 0;
    const numbers = Object.keys(state.settings).length;
    const name = h("input", { type: "text", id: "save-name", value: fileName(state.origin.kind === "file" ? state.origin.name : `my-${state.origin.name}`), spellcheck: "false" });
    const trouble = h("div", { role: "alert" });
    const save = async (event) => {
      event.preventDefault();
      try {
        const kept = state.origin.kind === "file" && name.value === state.origin.name;
        const found = await post("/api/save", { path: name.value, text: changed, before_digest: kept ? state.origin.digest : null });
        if (!broken) await setText(changed, { numbers: {} });
        update({ origin: { kind: "file", name: found.path, text: changed, digest: found.digest } });
        close(true);
        notify(`Saved as ${found.path}.`, "good");
      } catch (error) {
        if (!error.problems) throw error;
        fill(trouble, h("div", { class: "notice bad" }, error.problems.map((each) => h("p", {}, each.message, " ", each.remedy ?? ""))));
      }
    };
    box.append(
      broken ? h("div", { class: "notice bad" }, h("p", {}, `The text has ${count(state.problems.length, "problem")}. It can be saved as it is; numbers that you moved by sliders are not written into it.`)) : "",
      lines.length
        ? h("p", {}, `What changes against ${state.origin.kind === "text" ? "the text that was opened" : state.origin.name}${numbers && !broken ? `, with ${count(numbers, "number")} that you moved` : ""}. Comments stay.`)
        : h("p", {}, "Nothing was changed."),
      lines.length ? showDifference(lines) : "",
      trouble,
      h("form", { class: "form", onsubmit: save },
        h("label", { class: "field" }, "Name of the file", name),
        state.about?.folder ? h("button", { class: "main" }, `Save in ${state.about.folder}`) : null,
        h("button", { type: "button", class: state.about?.folder ? null : "main", onclick: () => { download(fileName(name.value), changed, "text/yaml;charset=utf-8"); close(true); } }, "Download")));
    if (!state.about?.folder) box.append(h("p", { class: "quiet small" }, "The app was given no folder, so it writes no files by itself: download the file, or start detente app with --folder."));
  });
}
