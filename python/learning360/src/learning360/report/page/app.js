"use strict";
// Reads the data, draws the page, and draws it again when a filter, the width or the paper changes.

const data = JSON.parse(document.getElementById("data").textContent);
const form = document.getElementById("filters");
const PAPER_WIDTH = 690; // A4 less its margins, in pixels of CSS.
let view = null;

function report(text) {
  const message = document.getElementById("message");
  message.textContent = text;
  message.hidden = !text;
}

function drawTiles() {
  const texts = tiles(data, view), notes = tileNotes(data, view);
  for (const [name, text] of Object.entries(texts)) {
    const tile = document.querySelector(`[data-kpi="${name}"]`);
    tile.querySelector(".value").textContent = text;
    tile.querySelector(".value").classList.toggle("words", text === NOT_SYNCED);
    tile.querySelector(".limit").textContent = spaced(notes[name] ?? "");
  }
}

function drawSection(name, section, paper) {
  const holder = document.getElementById(name), chart = holder.querySelector(".chart"), table = holder.querySelector(".table");
  const rows = section.rows(data, view), missing = section.missing?.(data) ?? "";
  const empty = Boolean(missing) || (section.isEmpty ? section.isEmpty(rows) : !rows.length);
  const width = Math.max(240, paper || chart.clientWidth);
  chart.replaceChildren(...(empty ? [] : section.draw(rows, width)).filter(Boolean));
  const notes = empty ? [missing || section.empty] : section.notes?.(rows, data, view) ?? [];
  holder.querySelector(".note").textContent = spaced(notes.filter(Boolean).join(" "));
  holder.classList.toggle("empty", empty);
  table.hidden = empty;
  if (empty) table.querySelector(".rows").replaceChildren();
  else if (!paper) renderTable(table.querySelector(".rows"), { id: name, ...section.table(rows, data) });
}

function draw(paper = 0) {
  if (!paper) drawTiles();
  for (const [name, section] of Object.entries(SECTIONS)) drawSection(name, section, paper);
}

/** Reads the fields; writes the address, the line of what is shown, figures, charts and tables. */
function apply() {
  const first = parseDate(form.first.value), last = parseDate(form.last.value);
  if (first !== null && last !== null && first > last) return report("La date de fin précède la date de début.");
  report("");
  view = viewOf(data, form);
  document.getElementById("shown").textContent = shownText(data, view);
  history.replaceState(null, "", "#" + hashOf(data, form));
  draw();
}

function applyAddress() {
  const unknown = readHash(data, form, location.hash);
  apply();
  if (unknown.length) report(`Cette page n'a pas : ${unknown.join(", ")}.`);
}

function begin() {
  document.documentElement.classList.add("scripted");
  for (const [name, [, names]] of Object.entries(NAMES)) fillNames(form[name], data[names], name === "firm" ? "Tous" : "Toutes", data[names].map((_, number) => number));
  form.firm.closest("label").hidden = data.scope.firm !== null;
  fillPeriods(data, form.period);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("change", event => {
    if (event.target === form.firm) fillAgencies(data, form);
    if (event.target === form.period && form.period.value !== "dates") [form.first.value, form.last.value] = (form.period.value || "/").split("/");
    if (event.target === form.first || event.target === form.last) matchPeriod(form);
    apply();
  });
  form.addEventListener("reset", () => setTimeout(() => { fillAgencies(data, form); apply(); }));
  addEventListener("hashchange", applyAddress);
  addEventListener("beforeprint", () => draw(PAPER_WIDTH));
  addEventListener("afterprint", () => draw());
  let width = document.documentElement.clientWidth;
  addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    requestAnimationFrame(() => draw());
  });
  applyAddress();
}

begin();
