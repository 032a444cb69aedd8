// Requests to the server. Every request carries the whole text and all settings.

import { sentence } from "./words.js";

/** What the server refused, with its problems: each has a message, and perhaps a place and a remedy. */
export class Refusal extends Error {
  constructor(status, problems) {
    super(problems.map((each) => each.message).join("; ") || `The server answered ${status}.`);
    this.status = status;
    this.problems = problems;
  }
}

const PLAIN = {
  0: ["The server does not answer.", "Is detente app still running? Start it again, then reload this page."],
  401: ["This address needs its token.", "Open the address that detente app printed, with its token."],
  413: ["The file is too large for the app.", "Use the command detente check on it."],
  429: ["Too much is running at once.", "Wait until something has finished, or cancel it."],
  504: ["This took longer than the app allows.", "Use the command line for it: there no time limit applies."],
};

async function problemsOf(response) {
  const type = response.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await response.json() : null;
  if (Array.isArray(body?.problems) && body.problems.length) {
    return body.problems.map((each) => ({ ...each, message: sentence(each.message), remedy: sentence(each.remedy ?? "") }));
  }
  const [message, remedy] = PLAIN[response.status] ?? [`The server answered ${response.status}.`, ""];
  return [{ code: "", message, remedy, line: null }];
}

async function ask(method, path, body, signal) {
  let response;
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    const [message, remedy] = PLAIN[0];
    throw new Refusal(0, [{ code: "", message, remedy, line: null }]);
  }
  if (!response.ok) throw new Refusal(response.status, await problemsOf(response));
  return response;
}

export async function get(path, signal) {
  return (await ask("GET", path, undefined, signal)).json();
}

export async function post(path, body, signal) {
  return (await ask("POST", path, body, signal)).json();
}

export async function getFile(path) {
  const response = await ask("GET", path);
  const given = /filename="?([^";]+)"?/.exec(response.headers.get("content-disposition") ?? "");
  return { name: given?.[1] ?? "detente", blob: await response.blob() };
}

export const drop = (path) => fetch(path, { method: "DELETE", keepalive: true }).catch(() => null);
