// Long questions: they run apart, show how far they are, and can be cancelled.

import { showRefusal } from "./actions.js";
import { drop, get, getFile, post } from "./api.js";
import { announce, download, h, markup, notify } from "./dom.js";
import { body, keyOf, state, update } from "./state.js";
import { sentence, time } from "./words.js";

const FIRST_WAIT = 250; // milliseconds
const LONGEST_WAIT = 1500;
const NAMES = { mend: "Mend", design: "Design", sweep: "Sweep", report: "The report" };

const put = (kind, job) => update({ jobs: { ...state.jobs, [kind]: job } });

/** Start a job and follow it to its end; the state keeps its progress and its result. */
export async function runJob(kind, question) {
  const key = keyOf();
  const asked = JSON.stringify(question);
  if (state.jobs[kind]?.state === "running") await cancelJob(kind);
  const marker = {};
  put(kind, { kind, key, asked, marker, state: "running", progress: null });
  try {
    const { id } = await post("/api/jobs", body({ kind, ...question }));
    if (state.jobs[kind]?.marker !== marker || state.jobs[kind].state !== "running") {
      drop(`/api/jobs/${id}`);
      return null;
    }
    put(kind, { ...state.jobs[kind], id });
    announce(`${NAMES[kind]} is running.`);
    return await follow(kind, id);
  } catch (error) {
    if (state.jobs[kind]?.marker === marker) put(kind, { ...state.jobs[kind], state: "failed", problems: error.problems ?? [] });
    if (!error.problems) throw error;
    return null;
  }
}

async function follow(kind, id) {
  let wait = FIRST_WAIT;
  for (;;) {
    await new Promise((resolve) => window.setTimeout(resolve, wait));
    wait = Math.min(LONGEST_WAIT, wait * 1.2);
    if (state.jobs[kind]?.id !== id || state.jobs[kind].state !== "running") return null;
    const found = await get(`/api/jobs/${id}`);
    if (state.jobs[kind]?.id !== id || state.jobs[kind].state !== "running") return null;
    put(kind, { ...state.jobs[kind], ...found, id });
    if (found.state !== "running") {
      announce({ done: `${NAMES[kind]} is ready.`, failed: `${NAMES[kind]} failed. ${found.problems?.[0]?.message ?? ""}`, cancelled: "Cancelled." }[found.state]);
      return found;
    }
  }
}

export async function cancelJob(kind) {
  const job = state.jobs[kind];
  if (!job) return;
  put(kind, { ...job, state: "cancelled" });
  if (job.id) await drop(`/api/jobs/${job.id}`);
  announce("Cancelled.");
}

/** A page that goes away leaves nothing running behind. */
export function startJobs() {
  window.addEventListener("pagehide", () => {
    for (const job of Object.values(state.jobs)) if (job.state === "running" && job.id) drop(`/api/jobs/${job.id}`);
  });
}

/** Draw a job: its progress with a button to cancel, its problems, or its result. */
export function jobBox(kind, { result = showResult } = {}) {
  const job = state.jobs[kind];
  if (!job) return h("div", {});
  if (job.state === "running") return running(kind, job.progress);
  if (job.state === "cancelled") return h("p", { class: "quiet" }, "Cancelled. Nothing runs any more.");
  if (job.state === "failed") {
    return h("div", { class: "notice bad", role: "alert" },
      (job.problems ?? []).map((each) => [h("p", {}, each.message), each.remedy ? h("p", { class: "remedy" }, each.remedy) : null]));
  }
  const old = job.key !== keyOf();
  return h("div", { class: "result" },
    old ? h("div", { class: "notice" }, h("p", {}, "The file or its numbers have changed since this was computed. Run it again for an answer to what you see now.")) : null,
    result(job));
}

function running(kind, progress) {
  const known = progress?.total > 0;
  const words = progress?.words || (known ? `${progress.done.toLocaleString("en-GB")} of ${progress.total.toLocaleString("en-GB")}` : "Working…");
  const left = progress?.left_s > 0 ? `about ${time(progress.left_s)} left` : "";
  return h("div", { class: "job" },
    h("div", { class: "row" },
      h("p", {}, sentence(words), left ? h("span", { class: "quiet" }, ` ${sentence(left)}`) : ""),
      h("button", { type: "button", "data-act": `cancel-${kind}`, onclick: () => cancelJob(kind) }, "Cancel")),
    h("progress", { "aria-label": `How far ${NAMES[kind].toLowerCase()} is`, ...(known ? { max: progress.total, value: progress.done } : {}) }));
}

export function showResult(job) {
  if (job.result?.html) return markup(job.result.html);
  return h("div", {}, (job.result?.sentences ?? []).map((each) => h("p", { class: "sentence" }, sentence(each))));
}

export async function saveJobFile(kind) {
  try {
    const { name, blob } = await getFile(`/api/jobs/${state.jobs[kind].id}/file`);
    download(name, blob);
  } catch (error) {
    showRefusal(error);
  }
}

export async function runReport() {
  notify("The report is being written. It downloads when it is ready, after some seconds.");
  const found = await runJob("report", { plans: state.doc.plans.map((each) => each.id) });
  if (found?.state === "done") {
    await saveJobFile("report");
    notify("The report is in your downloads: one file that needs no network.", "good");
  } else if (state.jobs.report?.state === "failed") {
    const [first] = state.jobs.report.problems;
    notify(first?.message ?? "The report could not be written.", "bad", first?.remedy ?? "");
  }
}
