// Numbers in words, as the reports write them.

const MINUS = "−";
const TOLERANCE = 1e-6;

export function number(value, digits = 4) {
  if (value === Infinity || value === -Infinity) return value > 0 ? "∞" : `${MINUS}∞`;
  if (value === null || Number.isNaN(value)) return "unknown";
  return String(Number(value.toPrecision(digits))).replace("-", MINUS);
}

export function count(n, noun, plural = `${noun}s`) {
  return `${n.toLocaleString("en-GB")} ${n === 1 ? noun : plural}`;
}

export function duration(years) {
  if (years === "never" || years === Infinity) return "never";
  if (years === 0) return "at once";
  for (const [size, noun] of [[1, "year"], [1 / 12, "month"], [1 / 365.25, "day"]]) {
    const whole = Math.round(years / size);
    if (whole >= 1 && Math.abs(years / size - whole) < TOLERANCE * Math.max(1, whole)) return count(whole, noun);
  }
  return `${number(years, 3)} years`;
}

export function quantity(value, unit) {
  if (unit === "years") return duration(value);
  if (unit === "number") return number(value, 6);
  const percent = `${number(100 * value)}%`;
  return unit === "chance" ? percent : `${percent} per year`;
}

export function points(value) {
  if (value === null || Number.isNaN(value)) return "unknown";
  const size = Math.floor(Math.abs(value) * 10 + 0.5 + 1e-9) / 10;
  if (size === 0 && Math.abs(value) > 1e-9) return value > 0 ? "<0.1" : `>${MINUS}0.1`;
  const said = size.toLocaleString("en-GB", { maximumFractionDigits: 1 });
  return value < 0 && size > 0 ? `${MINUS}${said}` : said;
}

export function signed(value) {
  const said = points(value);
  return value > 1e-9 && /^\d/.test(said) ? `+${said}` : said;
}

/** Give a sentence with real minus signs, a capital first and a full stop last. */
export function sentence(words) {
  const said = words.trim().replace(/(?<![\w.-])-(?=\d)/g, MINUS);
  if (!said) return said;
  return said[0].toUpperCase() + said.slice(1) + (/[.?!:]$/.test(said) ? "" : ".");
}

export function time(seconds) {
  if (seconds < 90) return count(Math.max(1, Math.round(seconds)), "second");
  return count(Math.round(seconds / 60), "minute");
}

/** Read a number as a person writes it, in the unit in which it is shown; null when it is none. */
export function readNumber(words, unit) {
  const said = words.trim().toLowerCase().replace(MINUS, "-").replace(/^\+/, "");
  if (unit === "years" && said === "never") return said;
  if (unit === "years" && said === "at once") return 0;
  const found = /^(-?\d+(?:\.\d+)?)\s*(%|[a-z]*)/.exec(said);
  if (!found) return null;
  const value = Number(found[1]);
  if (unit === "years") {
    const size = { "": 1, year: 1, years: 1, month: 1 / 12, months: 1 / 12, week: 7 / 365.25, weeks: 7 / 365.25, day: 1 / 365.25, days: 1 / 365.25 }[found[2]];
    return size === undefined ? null : value * size;
  }
  return found[2] === "%" || (unit !== "number" && Math.abs(value) > 1) ? value / 100 : value;
}
