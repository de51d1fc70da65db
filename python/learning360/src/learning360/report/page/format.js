"use strict";
// Numbers, dates and names as a French reader expects them.

const DASH = "–";
const NOT_SYNCED = "non synchronisé";
const GROUP = "\u202f";
const SPACE = "\u00a0";
const MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
const SHORT_MONTHS = ["janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];

/** part / whole with so many decimals, rounded half up once; a dash if there is nothing to divide. */
function fraction(part, whole, decimals, unit = "") {
  if (part === null || whole === null || !whole) return DASH;
  const scale = 10n ** BigInt(decimals);
  const units = (2n * scale * BigInt(part) + BigInt(whole)) / (2n * BigInt(whole));
  const digits = units.toString().padStart(decimals + 1, "0");
  const ones = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, GROUP);
  return ones + (decimals ? "," + digits.slice(-decimals) : "") + unit;
}

/** A whole number; a dash if it is unknown. */
function count(value) {
  return fraction(value, 1, 0);
}

function percent(part, whole) {
  return part === null ? DASH : fraction(100 * part, whole, 1, SPACE + "%");
}

/** Year, month from 0 and day of the month of a day since 1970. */
function dateParts(day) {
  const date = new Date(day * 86400000);
  return [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
}

function dayOf(year, month, date) {
  const value = new Date(0);
  value.setUTCFullYear(year, month, date);
  return Math.round(value / 86400000);
}

/** Month of a day, as a number that grows by one each month. */
function monthOf(day) {
  const [year, month] = dateParts(day);
  return year * 12 + month;
}

function monthName(month, names = SHORT_MONTHS) {
  return month === null ? "sans date" : `${names[month % 12]} ${Math.floor(month / 12)}`;
}

/** 31/12/2026 */
function shortDate(day) {
  if (day === null) return DASH;
  const [year, month, date] = dateParts(day);
  return `${String(date).padStart(2, "0")}/${String(month + 1).padStart(2, "0")}/${year}`;
}

/** 1er janvier 2026 */
function longDate(day) {
  const [year, month, date] = dateParts(day);
  return `${date}${date === 1 ? "er" : ""} ${MONTHS[month]} ${year}`;
}

/** 2026-12-31, as in fields of dates and in addresses. */
function isoDate(day) {
  const [year, month, date] = dateParts(day);
  return `${String(year).padStart(4, "0")}-${String(month + 1).padStart(2, "0")}-${String(date).padStart(2, "0")}`;
}

/** The day of such a text; null if it is none. */
function parseDate(text) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text ?? "");
  if (!found) return null;
  const day = dayOf(Number(found[1]), Number(found[2]) - 1, Number(found[3]));
  return isoDate(day) === text ? day : null;
}

/** A name whose direction of writing does not change that of the sentence. */
function isolated(name) {
  return `\u2068${name}\u2069`;
}

/** A name of at most so many characters. */
function shortened(name, length) {
  const characters = [...name];
  return characters.length > length ? characters.slice(0, Math.max(1, length - 1)).join("").trimEnd() + "…" : name;
}

/** With the spaces of French typography, which do not break a line. */
function spaced(text) {
  return text.replace(/« /g, "«" + SPACE).replace(/ ([»:;?!%])/g, SPACE + "$1");
}

const collator = new Intl.Collator("fr", { numeric: true });

function compareNames(one, other) {
  return collator.compare(one, other);
}
