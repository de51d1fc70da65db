"use strict";
// Charts, drawn by Observable Plot as SVG. Colors are variables of the style sheet, so that dark mode and print change them.

const COLORS = ["var(--c0)", "var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--c6)"];
// Lines of one color differ in their dashes.
const DASHES = ["none", "7 3", "2 3"];
const STYLE = { background: "none", color: "inherit", fontSize: "12px", fontFamily: "inherit", overflow: "visible" };
const GRID = { stroke: "var(--line)", strokeOpacity: 1 };

/** A chart with a name for screen readers; the table beside it has its figures. */
function plot(label, options) {
  const made = Plot.plot({ style: STYLE, ...options });
  // One name for the whole: those of its parts are English.
  for (const part of made.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", label);
  return made;
}

const ruler = document.createElement("canvas").getContext("2d");

/** A name, shortened to so many pixels. */
function fitted(name, pixels) {
  ruler.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  let length = Math.min(80, [...name].length), text = shortened(name, length);
  while (length > 4 && ruler.measureText(text).width > pixels) text = shortened(name, length -= 1);
  return isolated(text);
}

/** Whole-number ticks of an axis from 0. */
function wholeTicks(highest) {
  return d3.ticks(0, Math.max(1, highest), 5).filter(Number.isInteger);
}

/** What the colors of a chart mean. */
function key(entries) {
  return element("ul", { className: "key" }, ...entries.map(([color, text]) =>
    element("li", {}, element("span", { className: "swatch", style: `background:${color}`, "aria-hidden": "true" }), text)));
}

/** Moves labels apart so that each has `space` pixels. */
function apart(positions, space, lowest) {
  const order = positions.map((value, place) => [value, place]).sort(([one], [other]) => one - other);
  let free = -Infinity;
  for (const entry of order) free = (entry[0] = Math.max(entry[0], free)) + space;
  let limit = lowest;
  for (const entry of order.reverse()) limit = (entry[0] = Math.min(entry[0], limit)) - space;
  const moved = [];
  for (const [value, place] of order) moved[place] = value;
  return moved;
}

/** Totals to date, a line for each series with its name at its end. */
function cumulativeChart({ series, months }, width) {
  const dated = months.filter(month => month !== null);
  if (!dated.length) return null;
  // The last day before a month.
  const before = month => new Date((dayOf(Math.floor(month / 12), month % 12, 1) - 1) * 86400000);
  const begin = before(dated[0]), last = before(dated.at(-1) + 1);
  const lines = series.map(one => {
    let total = 0;
    const points = [{ date: begin, total }];
    for (const month of dated) points.push({ date: before(month + 1), total: total += one.counts.get(month) ?? 0 });
    return { ...one, points, total };
  });
  const top = Math.max(1, ...lines.map(line => line.total)), height = Math.max(260, 40 + 15 * lines.length);
  const marginRight = Math.min(240, Math.round(width * 0.4)), marginLeft = 44, marginTop = 12, marginBottom = 28;
  const y = total => marginTop + (height - marginTop - marginBottom) * (1 - total / top);
  const labels = apart(lines.map(line => y(line.total)), 15, height - marginBottom + 6);
  const pixel = (last - begin) / (width - marginLeft - marginRight);
  const back = pixels => top * (1 - (pixels - marginTop) / (height - marginTop - marginBottom));
  const style = place => ({ stroke: lines[place].others ? "var(--soft)" : COLORS[place % COLORS.length], strokeDasharray: DASHES[Math.floor(place / COLORS.length) % DASHES.length] });
  const ends = lines.map((line, place) => ({
    total: line.total, label: back(labels[place]), after: new Date(+last + 14 * pixel),
    text: `${count(line.total)} ${fitted(line.name, marginRight - 24 - 8 * count(line.total).length)}`,
  }));
  return plot("Clients formés, cumul par cabinet et par mois", {
    width, height, marginRight, marginLeft, marginTop, marginBottom,
    x: { type: "utc", domain: [begin, last] }, y: { domain: [0, top] },
    marks: [
      Plot.gridY(wholeTicks(top), GRID),
      Plot.axisY(wholeTicks(top), { label: null, tickSize: 0, tickFormat: count }),
      Plot.axisX({ label: null, ticks: Math.max(2, Math.floor((width - marginLeft - marginRight) / 100)), tickFormat: tickName }),
      ...lines.map((line, place) => Plot.line(line.points, { x: "date", y: "total", strokeWidth: 2, ...style(place) })),
      ...ends.map((end, place) => Plot.link([end], { x1: () => last, y1: "total", x2: "after", y2: "label", ...style(place) })),
      Plot.text(ends, { x: "after", y: "label", text: "text", dx: 4, textAnchor: "start", fill: "var(--ink)" }),
    ],
  });
}

/** janv. 2026, or the day in a short period. */
function tickName(date) {
  return date.getUTCDate() === 1 ? monthName(date.getUTCFullYear() * 12 + date.getUTCMonth()) : shortDate(Math.floor(date / 86400000)).slice(0, 5);
}

/** Bars from the left, each of one or several `parts`, with a text at its end. */
function barChart(label, rows, { width, colors = [COLORS[0]], highest }) {
  const marginLeft = Math.round(Math.min(300, width * 0.4)), marginRight = 64, marginTop = 4, marginBottom = 4;
  const pieces = rows.flatMap((row, place) => row.parts.map((value, part) => ({ place, value, part }))).filter(piece => piece.value);
  const ends = rows.map((row, place) => ({ place, end: row.parts.reduce((all, one) => all + one, 0), text: row.text }));
  const names = rows.map(row => fitted(row.name, marginLeft - 10));
  return plot(label, {
    width, height: marginTop + marginBottom + 22 * rows.length, marginLeft, marginRight, marginTop, marginBottom,
    x: { domain: [0, highest || Math.max(...ends.map(one => one.end)) || 1], axis: null, clamp: true },
    y: { domain: d3.range(rows.length), padding: 0.25 },
    color: { type: "ordinal", domain: d3.range(colors.length), range: colors },
    marks: [
      Plot.barX(pieces, { y: "place", x: "value", fill: "part", order: "part", insetRight: 1 }),
      Plot.axisY(d3.range(rows.length), { label: null, tickSize: 0, tickFormat: place => names[place] }),
      Plot.text(ends, { y: "place", x: "end", text: "text", dx: 6, textAnchor: "start", fill: "var(--ink)" }),
    ],
  });
}

/** Columns by month: `rows` have a `month` and `parts`, which are beside one another, with a `text` above each. */
function monthChart(label, rows, { width, colors, highest, tick = count, line }) {
  const bars = rows.flatMap((row, place) => row.parts.map((value, part) => ({
    place, value, part, text: row.texts[part], color: row.color ?? part }))).filter(bar => bar.value);
  const places = d3.range(rows.length), top = Math.max(highest ?? 1, ...bars.map(bar => bar.value));
  const tight = width / rows.length < 76, marginLeft = 48, marginTop = 18, marginBottom = tight ? 70 : 28;
  const wide = (width - marginLeft) / rows.length / rows[0].parts.length;
  return plot(label, {
    width, height: 240 + marginBottom, marginLeft, marginRight: 8, marginTop, marginBottom,
    fx: { domain: places, padding: 0.15 }, x: { domain: d3.range(rows[0].parts.length), axis: null, padding: 0.05 },
    y: { domain: [0, top] }, color: { type: "ordinal", domain: d3.range(colors.length), range: colors },
    marks: [
      Plot.gridY(wholeTicks(top), GRID),
      Plot.axisY(wholeTicks(top), { label: null, tickSize: 0, tickFormat: tick, anchor: "left" }),
      Plot.axisFx({ label: null, anchor: "bottom", tickFormat: place => rows[place].name, tickSize: 0, tickRotate: tight ? -55 : 0, textAnchor: tight ? "end" : "middle" }),
      Plot.barY(bars, { fx: "place", x: "part", y: "value", fill: "color" }),
      line ? Plot.ruleY([line], { stroke: "var(--ink)", strokeDasharray: "3 3" }) : null,
      wide < 34 ? null : Plot.text(bars, { fx: "place", x: "part", y: "value", text: "text", dy: -7, fill: "var(--ink)" }),
    ],
  });
}
