// Small helpers to make elements, and to say things to a screen reader.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element; `on*` entries are listeners, `class` and others attributes; null leaves out. */
export function h(name, given = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "selected") element[key] = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

export const find = (id) => document.getElementById(id);

const SHAPES = {
  holds: ["M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Z", "M4.6 8.3l2.4 2.4 4.4-5"],
  fails: ["M1.5 1.5h13v13h-13Z", "M5 5l6 6M11 5l-6 6"],
  can: ["M8 .8 15.2 8 8 15.2 .8 8Z", "M8 4.6v4.2M8 11.1v.2"],
  undecided: ["M8 1 15.4 14.4H.6Z", "M6.4 7.2a1.6 1.6 0 1 1 2.3 1.4c-.5.3-.7.6-.7 1.2M8 12v.2"],
};

/** Give the shape that goes with an answer: circle, square, diamond and triangle differ without colour. */
export function mark(kind) {
  const [outline, sign] = SHAPES[kind] ?? SHAPES.undecided;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  for (const [d, fills] of [[outline, true], [sign, false]]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("fill", fills ? "currentColor" : "none");
    path.setAttribute("stroke", fills ? "none" : "var(--page)");
    path.setAttribute("stroke-width", "1.9");
    path.setAttribute("stroke-linecap", "round");
    path.setAttribute("stroke-linejoin", "round");
    svg.append(path);
  }
  return svg;
}

const ICONS = {
  up: "M8 13V3M3.5 7.5 8 3l4.5 4.5", down: "M8 3v10M3.5 8.5 8 13l4.5-4.5", remove: "M4 4l8 8M12 4l-8 8",
  copy: "M6 6h7.5v7.5H6ZM10 6V2.5H2.5V10H6", line: "M3 4h10M3 8h10M3 12h6",
  undo: "M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H6", redo: "M10 3l3.5 3.5L10 10M13.5 6.5H6a3.5 3.5 0 0 0 0 7h4",
  handle: "M6 3.5v.01M10 3.5v.01M6 8v.01M10 8v.01M6 12.5v.01M10 12.5v.01",
};

/** Give a small drawing for a button; the button itself carries the words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  const given = { d: ICONS[name], fill: "none", stroke: "currentColor", "stroke-width": name === "handle" ? 2.2 : 1.6, "stroke-linecap": "round", "stroke-linejoin": "round" };
  for (const [key, value] of Object.entries(given)) path.setAttribute(key, String(value));
  svg.append(path);
  return svg;
}

let waiting = 0;

/** Say something to a screen reader; what came shortly before is replaced. */
export function announce(words) {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => { find("live").textContent = words; }, 60);
}

/** Show a passing message above the page; `tone` is "", "good" or "bad". */
export function notify(words, tone = "", remedy = "", more = null) {
  const close = h("button", { class: "plain", type: "button", onclick: () => box.remove() }, "Dismiss");
  const box = h("div", { class: `notice ${tone}` }, h("div", { class: "row" },
    h("div", {}, h("p", {}, words), remedy && h("p", { class: "remedy" }, remedy), more), close));
  const notices = find("notices");
  notices.replaceChildren(box);
  if (box.getBoundingClientRect().top < 0) box.scrollIntoView({ block: "start" });
  return box;
}

export const clearNotices = () => find("notices").replaceChildren();

/** Put markup of the server into the page, without whatever could run. */
export function markup(text, class_ = "section") {
  const page = new DOMParser().parseFromString(text, "text/html");
  page.querySelectorAll("script, iframe, object, embed, link, style, meta, base, form").forEach((each) => each.remove());
  for (const element of page.body.querySelectorAll("*")) {
    for (const { name, value } of [...element.attributes]) {
      const leads = name === "href" || name === "xlink:href" || name === "src";
      if (name.startsWith("on") || name === "style" || (leads && !/^(#|https?:)/i.test(value))) element.removeAttribute(name);
    }
    if (element.localName === "a" && element.getAttribute("href")?.startsWith("#")) element.replaceWith(...element.childNodes);
  }
  page.body.querySelector("h2")?.remove(); // the view has a heading of its own
  for (const box of page.body.querySelectorAll(".scroll:not([aria-label])")) {
    box.setAttribute("aria-label", box.querySelector("caption")?.textContent || "Table");
  }
  foldLong(page.body);
  return h("div", { class: `${class_} drawn` }, ...page.body.childNodes);
}

const LONG_TABLE = 14; // rows; a longer table is closed until somebody wants it

function foldLong(body) {
  for (const box of body.querySelectorAll(".scroll")) {
    const rows = box.querySelectorAll("tbody tr").length;
    const caption = box.querySelector("caption");
    if (rows <= LONG_TABLE || !caption || box.closest("details")) continue;
    const folded = h("details", { class: "long" }, h("summary", {}, caption.textContent, h("span", { class: "quiet" }, ` (${rows} rows)`)));
    box.replaceWith(folded);
    caption.className = "unseen";
    folded.append(box);
  }
}

/** Open a dialog; its promise gives what `close(value)` was called with (null when dismissed). */
export function showDialog(title, build) {
  return new Promise((resolve) => {
    const back = document.activeElement;
    let answer = null;
    const close = (value = null) => { answer = value; box.close(); };
    const heading = h("h2", { id: "dialog-title" }, title);
    const box = h("dialog", { "aria-labelledby": "dialog-title" },
      h("div", { class: "inside" },
        h("header", {}, heading, h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: () => close() }, icon("remove"))),
        h("div", { class: "body" })));
    box.addEventListener("close", () => {
      box.remove();
      back?.isConnected && back.focus();
      resolve(answer);
    });
    box.addEventListener("click", (event) => { if (event.target === box) close(); });
    document.body.append(box);
    build(box.querySelector(".body"), close);
    box.showModal();
  });
}

/** Offer a text (or bytes) as a file to download. */
export function download(name, content, type = "text/plain;charset=utf-8") {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
