"use strict";
// Tables: sorted by a click or a key on the title of a column, and cut with the number of their rows.

const CUT = 15;
const tableStates = new Map();

/** An element with these properties and children; texts are never read as HTML. */
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Rows in the order of a column; those without a value are last in both directions. */
function sorted(rows, column, descending) {
  const sign = descending ? -1 : 1;
  return rows.map(row => [row, column.value(row)]).sort(([, one], [, other]) => {
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * (typeof one === "string" ? compareNames(one, other) : one - other);
  }).map(([row]) => row);
}

/**
 * Fills `holder` with a table: `id`, `caption`, `rows`, and `columns` with a `title`, a `value` to sort by, a `text` (else
 * the value) and `number` if it is one.
 */
function renderTable(holder, table) {
  if (!tableStates.has(table.id)) tableStates.set(table.id, { column: null, descending: false, all: false });
  const state = tableStates.get(table.id), { columns } = table;
  const rows = state.column === null ? table.rows : sorted(table.rows, columns[state.column], state.descending);
  const visible = state.all ? rows : rows.slice(0, CUT);

  const head = element("tr", {}, ...columns.map((column, place) => {
    const active = state.column === place;
    const mark = active ? (state.descending ? "▼" : "▲") : "↕";
    const button = element("button", { type: "button" }, column.title, element("span", { "aria-hidden": "true" }, mark));
    button.addEventListener("click", () => {
      state.descending = active ? !state.descending : Boolean(column.number);
      state.column = place;
      renderTable(holder, table);
      holder.querySelectorAll("th button")[place].focus();
    });
    // Chromium repeats no head that has a button: on paper it is a plain text.
    const printed = element("span", { className: "printed", "aria-hidden": "true" }, column.title);
    const title = element("th", { scope: "col", className: column.number ? "number" : "" }, button, printed);
    if (active) title.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    return title;
  }));
  const body = visible.map(row => element("tr", {}, ...columns.map(column => {
    const text = String((column.text ?? column.value)(row) ?? DASH);
    return column.number ? element("td", { className: "number" }, text) : element("td", { className: column.kind ?? "" }, element("bdi", {}, text));
  })));

  const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": table.caption },
    element("table", {}, element("caption", {}, table.caption), element("thead", {}, head), element("tbody", {}, ...body)));
  const length = element("p", { className: "length" });
  const lines = rows.length > 1 ? "lignes" : "ligne";
  length.append(visible.length < rows.length ? `${count(visible.length)} des ${count(rows.length)} lignes` : `${count(rows.length)} ${lines}`);
  if (rows.length > CUT) {
    const more = element("button", { type: "button" }, state.all ? `Afficher ${CUT} lignes` : "Tout afficher");
    more.addEventListener("click", () => {
      state.all = !state.all;
      renderTable(holder, table);
      holder.querySelector(".length button").focus();
    });
    length.append(" ", more);
  }
  holder.replaceChildren(scroll, length);
}
