// The whole state in the address: what a reader shares is what another reader sees.

import { state, VIEWS } from "./state.js";

const MAX_TEXT = 60_000; // characters of the compressed text in an address; longer ones get lost in mails
const MAX_UNPACKED = 4_000_000; // bytes

/** Give the fragment of what is shown; `whole` is false where an edited text was too long for it. */
export async function encode() {
  const parts = [];
  const put = (name, value) => { if (value) parts.push(`${name}=${encodeURIComponent(value)}`); };
  const { origin } = state;
  if (origin && origin.kind !== "text") put(origin.kind, origin.name);
  put("plan", state.plan);
  const set = Object.entries(state.settings).map(([path, value]) => `${path}:${value}`);
  put("set", set.join(";"));
  put("view", state.view);
  put("reading", state.reading);
  const options = Object.entries(state.options).filter(([, value]) => value !== "" && value !== null);
  for (const [name, value] of options) put(`o.${name}`, String(value));
  let whole = true;
  if (origin && (origin.kind === "text" || state.draft !== origin.text)) {
    const packed = await pack(state.draft);
    whole = packed.length <= MAX_TEXT;
    if (whole) put("text", packed);
    else put("cut", "yes");
  }
  return { fragment: `#${parts.join("&")}`, whole };
}

/** Read a fragment; whatever is not understood is left out. */
export async function decode(fragment) {
  const found = new URLSearchParams(fragment.replace(/^#/, "").replaceAll("+", "%2B"));
  const wanted = { settings: {}, options: {}, problems: [] };
  for (const name of ["case", "template", "file", "plan", "reading"]) wanted[name] = found.get(name);
  const view = found.get("view");
  wanted.view = VIEWS.some(([id]) => id === view) ? view : "check";
  for (const pair of (found.get("set") ?? "").split(";").filter(Boolean)) {
    const at = pair.lastIndexOf(":");
    const said = pair.slice(at + 1);
    const value = said === "never" ? said : Number(said);
    if (at > 0 && said !== "" && (said === "never" || Number.isFinite(value))) wanted.settings[pair.slice(0, at)] = value;
    else wanted.problems.push(`The address changes a number in a way that cannot be read: ${pair}.`);
  }
  for (const [name, value] of found) if (name.startsWith("o.")) wanted.options[name.slice(2)] = value;
  if (found.get("cut")) wanted.problems.push("The address does not hold the edited text, which was too long for it: here is the file without the edits.");
  if (found.get("text")) {
    try {
      wanted.text = await unpack(found.get("text"));
    } catch {
      wanted.problems.push("The edited text in the address is damaged, perhaps cut off on its way: here is the file without the edits.");
    }
  }
  return wanted;
}

async function pass(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

async function pack(words) {
  const bytes = await pass(new TextEncoder().encode(words), new CompressionStream("deflate-raw"));
  let letters = "";
  for (let n = 0; n < bytes.length; n += 8192) letters += String.fromCharCode(...bytes.subarray(n, n + 8192));
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpack(words) {
  const letters = atob(words.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = await pass(Uint8Array.from(letters, (each) => each.charCodeAt(0)), new DecompressionStream("deflate-raw"));
  if (bytes.length > MAX_UNPACKED) throw new RangeError("too long");
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
