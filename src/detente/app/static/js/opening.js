// Open a case of the library, a file of the folder, or a file of one's own.

import { open, showRefusal } from "./actions.js";
import { get } from "./api.js";
import { fill, h, notify, showDialog } from "./dom.js";
import { edited, state, update } from "./state.js";

const MAX_FILE = 4_000_000; // bytes; the server says its own limit

/** Ask what there is to open: not before somebody wants to know, since all the files are read for it. */
export async function loadCases() {
  update({ cases: await get("/api/cases") });
}

/** List what can be opened; `done` is called once something was. */
export function library(done) {
  const groups = [
    ["case", "Cases"], ["file", `Files in ${state.about?.folder ?? "the folder"}`], ["template", "Templates to begin with"],
  ];
  const pick = h("input", { type: "file", accept: ".yaml,.yml,text/yaml", class: "unseen", id: "own-file", tabindex: "-1", "aria-hidden": "true" });
  pick.addEventListener("change", () => readOwn(pick.files[0], done));
  return [
    groups.map(([kind, title]) => {
      const listed = state.cases.filter((each) => each.kind === kind);
      return listed.length ? [h("h3", {}, title), h("ul", { class: "library" }, listed.map((each) => h("li", {}, entry(each, done))))] : [];
    }),
    h("h3", {}, "A file of your own"),
    h("p", {}, "It is read by this program on this computer, and goes nowhere else."),
    pick,
    h("button", { type: "button", onclick: () => pick.click() }, "Choose a file…"),
  ];
}

function entry(each, done) {
  const source = { [each.kind]: each.name };
  return h("button", { type: "button", onclick: () => choose(source, done) },
    h("b", {}, each.title || each.name),
    each.kind === "file" && each.title ? h("span", { class: "file-name" }, each.name) : null,
    h("span", {}, each.question || (each.title && each.kind !== "file" ? each.name : "")));
}

async function choose(source, done) {
  if (state.doc && edited() && !window.confirm("Open another case? What you changed here and did not save is lost.")) return;
  try {
    await open(source);
    done?.();
  } catch (error) {
    done?.();
    showRefusal(error);
  }
}

async function readOwn(file, done) {
  if (!file) return;
  if (file.size > MAX_FILE) {
    done?.();
    notify(`${file.name} has ${Math.round(file.size / 1e6)} million bytes: too large for a scenario.`, "bad");
    return;
  }
  await choose({ text: await file.text(), name: file.name }, done);
}

export function openDialog() {
  return showDialog("Open", async (box, close) => {
    box.append(h("p", { class: "quiet" }, "Looking what there is…"));
    try {
      await loadCases();
    } catch (error) {
      close();
      showRefusal(error);
      return;
    }
    fill(box, library(() => close(true)));
  });
}
