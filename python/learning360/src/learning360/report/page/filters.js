"use strict";
// The filters: fields, address and view say the same.

const NAMES = { firm: ["cabinet", "firms"], region: ["region", "regions"], agency: ["agence", "agencies"] };

/** The view of the fields. A page of one period has no days outside of it. */
function viewOf(data, form) {
  const bound = (one, other, choose) => one === null ? other : other === null ? one : choose(one, other);
  const number = name => form[name].value === "" ? null : Number(form[name].value);
  return {
    firm: number("firm"), region: number("region"), agency: number("agency"),
    first: bound(parseDate(form.first.value), data.scope.first, Math.max),
    last: bound(parseDate(form.last.value), data.scope.last, Math.min),
  };
}

/** What is shown, in words. */
function shownText(data, view) {
  const parts = [];
  const firm = data.scope.firm ?? (view.firm === null ? null : data.firms[view.firm]);
  parts.push(firm === null ? "Tous les cabinets" : `Cabinet ${isolated(firm)}`);
  if (view.region !== null) parts.push(`région ${isolated(data.regions[view.region])}`);
  if (view.agency !== null) parts.push(`agence ${isolated(data.agencies[view.agency])}`);
  parts.push(periodText(view));
  return parts.join(", ");
}

function periodText({ first, last }) {
  if (first === null && last === null) return "toute la période";
  if (last === null) return `depuis le ${longDate(first)}`;
  if (first === null) return `jusqu'au ${longDate(last)}`;
  return first === last ? longDate(first) : `du ${longDate(first)} au ${longDate(last)}`;
}

/** Fills a list with the names that the page has, in alphabetical order. */
function fillNames(select, names, all, numbers) {
  const chosen = select.value;
  const ordered = numbers.sort((one, other) => compareNames(names[one], names[other]));
  select.replaceChildren(element("option", { value: "" }, all), ...ordered.map(number => element("option", { value: number }, names[number])));
  select.value = ordered.includes(Number(chosen)) && chosen !== "" ? chosen : "";
}

/** The agencies of the chosen firm, or of all. */
function fillAgencies(data, form) {
  const firm = form.firm.value === "" ? null : Number(form.firm.value), numbers = new Set();
  data.places.agency.forEach((agency, place) => { if (firm === null || data.places.firm[place] === firm) numbers.add(agency); });
  fillNames(form.agency, data.agencies, "Toutes", [...numbers]);
}

/** The years, quarters and months that have data, the latest first. */
function periods(data) {
  const months = new Set();
  const days = [data.trained, data.enrolments, data.online, data.slots, data.feedback].flatMap(table => [...new Set(table.day)]);
  for (const day of [...days, ...data.sessions.start]) if (day !== null && within(data.scope, day)) months.add(monthOf(day));
  const found = [...months].sort((one, other) => other - one);
  const group = (size, most, name) => [...new Set(found.map(month => Math.floor(month / size)))].slice(0, most).map(number => {
    const first = number * size, day = month => dayOf(Math.floor(month / 12), month % 12, 1);
    return { name: name(first), value: `${isoDate(day(first))}/${isoDate(day(first + size) - 1)}` };
  });
  return [
    ["Années", group(12, 30, month => String(month / 12))],
    ["Trimestres", group(3, 40, month => `${month % 12 ? month % 12 / 3 + 1 + "e" : "1er"} trimestre ${Math.floor(month / 12)}`)],
    ["Mois", group(1, 60, month => monthName(month, MONTHS))],
  ];
}

function fillPeriods(data, select) {
  const groups = periods(data).map(([label, all]) =>
    element("optgroup", { label }, ...all.map(({ name, value }) => element("option", { value }, name))));
  const all = data.scope.first === null && data.scope.last === null ? "Toute" : periodText(data.scope);
  select.replaceChildren(element("option", { value: "" }, all), ...groups, element("option", { value: "dates" }, "Autres dates"));
}

/** Chooses the period that the two dates are, or "Autres dates". */
function matchPeriod(form) {
  const value = form.first.value || form.last.value ? `${form.first.value}/${form.last.value}` : "";
  form.period.value = value;
  if (form.period.value !== value) form.period.value = "dates";
}

/** The fields as the part of an address behind #. */
function hashOf(data, form) {
  const parameters = new URLSearchParams();
  for (const [name, [label, names]] of Object.entries(NAMES)) {
    if (form[name].value !== "") parameters.set(label, data[names][Number(form[name].value)]);
  }
  if (form.first.value) parameters.set("du", form.first.value);
  if (form.last.value) parameters.set("au", form.last.value);
  return parameters.toString();
}

/** Sets the fields to what an address says. Returns what it says and the page does not have. */
function readHash(data, form, hash) {
  const parameters = new URLSearchParams(hash.replace(/^#/, "")), unknown = [];
  for (const [name, [label, names]] of Object.entries(NAMES)) {
    const wanted = parameters.get(label);
    if (name === "agency") fillAgencies(data, form);
    const found = wanted === null ? -1 : data[names].indexOf(wanted);
    form[name].value = found < 0 ? "" : String(found);
    if (wanted !== null && form[name].value === "") unknown.push(`${label} ${isolated(wanted)}`);
  }
  for (const [name, label] of [["first", "du"], ["last", "au"]]) {
    const wanted = parameters.get(label);
    form[name].value = parseDate(wanted) === null ? "" : wanted;
    if (wanted !== null && form[name].value === "") unknown.push(`${label} ${isolated(wanted)}`);
  }
  matchPeriod(form);
  return unknown;
}
