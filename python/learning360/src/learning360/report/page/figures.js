"use strict";
// The definition of each figure, chart and table: functions of the data and of the view that the filters choose.
//
// A view has the numbers of firm, agency and region, or null, and the first and last day, or null. A row belongs to the
// period by one day; without that day it belongs to none. A value that is not known is null, never 0.

const PAST = 0, RUNNING = 1, COMING = 2, UNDATED = 3;
const TIMING_COUNT = 4;

/** Whether the period of the view has this day. */
function within(view, day) {
  if (view.first === null && view.last === null) return true;
  return day !== null && (view.first === null || day >= view.first) && (view.last === null || day <= view.last);
}

/** For each place (firm, agency, region), whether the view has it. */
function chosenPlaces(data, view) {
  const { firm, agency, region } = data.places;
  return firm.map((one, place) =>
    (view.firm === null || one === view.firm)
    && (view.agency === null || agency[place] === view.agency)
    && (view.region === null || region[place] === view.region));
}

/** Whether the view is of some firm, agency or region, in a page of all. */
function isNarrow(view) {
  return view.firm !== null || view.agency !== null || view.region !== null;
}

/** Calls `visit` with the place in the columns of each row whose place and day the view has. */
function eachRow(data, view, table, visit) {
  const chosen = chosenPlaces(data, view);
  table.place.forEach((place, row) => {
    if (chosen[place] && within(view, table.day[row])) visit(row, place);
  });
}

function sum(data, view, table, ...names) {
  const sums = names.map(() => 0);
  eachRow(data, view, table, row => names.forEach((name, at) => { sums[at] += table[name][row]; }));
  return sums;
}

/** Calls `visit` with each enrollment of the view's firm, agency and region. */
function eachEnrolment(data, view, visit) {
  const chosen = chosenPlaces(data, view);
  data.enrolments.user.forEach((user, row) => {
    if (chosen[data.enrolments.place[row]]) visit(row, user, data.enrolments.session[row]);
  });
}

/** Clients trained: first completions, by the day of the completion. */
function clientsTrained(data, view) {
  return sum(data, view, data.trained, "trained")[0];
}

/** Enrollments and those that are completed, by the day of the enrollment. */
function enrolments(data, view) {
  let all = 0, completed = 0;
  eachEnrolment(data, view, row => {
    if (!within(view, data.enrolments.day[row])) return;
    all += 1;
    completed += data.enrolments.completed[row];
  });
  return { all, completed };
}

/** Milliseconds online, by the day of the completion or last activity; null if that of one enrollment is unknown. */
function onlineTime(data, view) {
  const [ms, unknown] = sum(data, view, data.online, "ms", "unknown");
  return unknown ? null : ms;
}

/** What the registrations and signed sheets of the view add up to, by slot: only slots of the period. */
function attendanceBySlot(data, view) {
  const chosen = chosenPlaces(data, view), { slot, place } = data.attendance, found = new Map();
  slot.forEach((one, row) => {
    if (!chosen[place[row]] || !within(view, data.slots.day[one])) return;
    if (!found.has(one)) found.set(one, { registered: 0, declined: 0, clients: 0, lines: 0, present: 0 });
    const sums = found.get(one);
    for (const name in sums) sums[name] += data.attendance[name][row];
  });
  return found;
}

/** Slots that begin in the period; those with a registration of the view if it is of some firm, agency or region. */
function slots(data, view) {
  const met = isNarrow(view) ? attendanceBySlot(data, view) : null, found = [];
  data.slots.day.forEach((day, slot) => {
    if (within(view, day) && (!met || met.get(slot)?.registered)) found.push(slot);
  });
  return found;
}

/** Places and registrations of slots with a limit; places have no firm, agency or region. */
function fill(data, view, timings) {
  if (data.scope.firm !== null) return { registered: null, declined: null, capacity: null };
  const sums = { registered: 0, declined: 0, capacity: 0 };
  data.slots.day.forEach((day, slot) => {
    if (!within(view, day) || !data.slots.capacity[slot] || !timings.includes(data.slots.timing[slot])) return;
    for (const name in sums) sums[name] += data.slots[name][slot];
  });
  return sums;
}

/** Lines on signed sheets, and those marked present, by the day of the slot. */
function attendance(data, view) {
  let lines = 0, present = 0;
  for (const sums of attendanceBySlot(data, view).values()) {
    lines += sums.lines;
    present += sums.present;
  }
  return { lines, present };
}

/** Who waits for a place in the slots of the period, of all firms. */
function waitlisted(data, view) {
  if (data.scope.firm !== null) return null;
  return data.slots.day.reduce((all, day, slot) => all + (within(view, day) ? data.slots.waitlisted[slot] ?? 0 : 0), 0);
}

/** Answers by the day of the answer; `points` are hundredths of a percent. */
function feedback(data, view) {
  const names = ["answers", "points", "scores", "recommended", "recommendations"];
  return Object.fromEntries(sum(data, view, data.feedback, ...names).map((value, at) => [names[at], value]));
}

/** The text of each figure at the top. */
function tiles(data, view) {
  const enrolled = enrolments(data, view), filled = fill(data, view, [PAST, RUNNING]);
  const signed = attendance(data, view), said = feedback(data, view), { fields } = data;
  const texts = {
    clients_trained: count(clientsTrained(data, view)),
    enrolments: count(enrolled.all),
    completion_rate: percent(enrolled.completed, enrolled.all),
    training_hours: fraction(onlineTime(data, view), 3600000, 1, SPACE + "h"),
    slots: count(slots(data, view).length),
    fill_rate: percent(filled.registered, filled.capacity),
    attendance_rate: percent(signed.present, signed.lines),
    waitlisted: count(waitlisted(data, view)),
    satisfaction_percent: fields.satisfaction_percent !== null
      ? fraction(fields.satisfaction_percent, 100, 1, SPACE + "%") : fraction(said.points, 100 * said.scores, 1, SPACE + "%"),
    recommendation_rate: fields.recommendation_rate !== null
      ? percent(fields.recommendation_rate, 10000) : percent(said.recommended, said.recommendations),
    answers: count(said.answers),
  };
  const missing = new Set(data.unsynced);
  if (missing.has("answers")) {
    for (const name of ["satisfaction_percent", "recommendation_rate"]) if (texts[name] === DASH) missing.add(name);
  }
  for (const name of missing) if (name in texts) texts[name] = NOT_SYNCED;
  return texts;
}

/** Clients trained by firm and month, added up from the first month of the view. Beyond the `most` biggest: "Autres". */
function trainedByFirm(data, view, most) {
  const firms = new Map(), months = new Set();
  eachRow(data, view, data.trained, (row, place) => {
    const firm = data.places.firm[place], month = data.trained.day[row] === null ? null : monthOf(data.trained.day[row]);
    if (!firms.has(firm)) firms.set(firm, new Map());
    const counts = firms.get(firm);
    counts.set(month, (counts.get(month) ?? 0) + data.trained.trained[row]);
    months.add(month);
  });
  const total = counts => [...counts.values()].reduce((all, one) => all + one, 0);
  const ranked = [...firms].map(([firm, counts]) => ({ name: data.firms[firm], counts, total: total(counts), others: 0 }))
    .sort((one, other) => other.total - one.total || compareNames(one.name, other.name));
  const series = ranked.slice(0, ranked.length > most ? most : ranked.length), rest = ranked.slice(series.length);
  if (rest.length) {
    const counts = new Map();
    for (const one of rest) for (const [month, value] of one.counts) counts.set(month, (counts.get(month) ?? 0) + value);
    series.push({ name: `Autres (${count(rest.length)} cabinets)`, counts, total: total(counts), others: rest.length });
  }
  return { series, months: [...months].sort((one, other) => (one ?? Infinity) - (other ?? Infinity)) };
}

/** Enrollments by firm and region: past, running, coming, or of a session that is gone. */
function enrolmentsByPlace(data, view) {
  const found = new Map();
  eachEnrolment(data, view, (row, user, session) => {
    if (!within(view, data.enrolments.day[row])) return;
    const place = data.enrolments.place[row], firm = data.places.firm[place], region = data.places.region[place];
    const key = firm + " " + region;
    if (!found.has(key)) found.set(key, { firm: data.firms[firm], region: data.regions[region], timings: new Array(TIMING_COUNT).fill(0), all: 0 });
    const sums = found.get(key);
    sums.timings[data.sessions.timing[session]] += 1;
    sums.all += 1;
  });
  return [...found.values()].sort((one, other) =>
    other.all - one.all || compareNames(one.firm, other.firm) || compareNames(one.region, other.region));
}

/** What begins later, by month of the session or slot: enrollments, and registrations of clients. */
function forecast(data, view) {
  const months = new Map();
  function add(day, name, value) {
    const month = day === null ? null : monthOf(day);
    if (!months.has(month)) months.set(month, { month, enrolments: 0, registrations: 0 });
    months.get(month)[name] += value;
  }
  eachEnrolment(data, view, (row, user, session) => {
    const start = data.sessions.start[session];
    if (data.sessions.timing[session] === COMING && within(view, start)) add(start, "enrolments", 1);
  });
  for (const [slot, sums] of attendanceBySlot(data, view)) {
    if (data.slots.timing[slot] === COMING && sums.clients) add(data.slots.day[slot], "registrations", sums.clients);
  }
  return [...months.values()].sort((one, other) => (one.month ?? Infinity) - (other.month ?? Infinity));
}

/** How full the slots of each month are; slots that have begun and slots to come are not mixed. */
function fillByMonth(data, view) {
  const months = new Map();
  data.slots.day.forEach((day, slot) => {
    if (day === null || !within(view, day) || data.slots.timing[slot] === UNDATED) return;
    const month = monthOf(day), coming = data.slots.timing[slot] === COMING, key = `${month} ${coming}`;
    if (!months.has(key)) months.set(key, { month, coming, slots: 0, limited: 0, capacity: 0, registered: 0, declined: 0 });
    const sums = months.get(key);
    sums.slots += 1;
    if (!data.slots.capacity[slot]) return;
    sums.limited += 1;
    for (const name of ["capacity", "registered", "declined"]) sums[name] += data.slots[name][slot];
  });
  return [...months.values()].sort((one, other) => one.month - other.month || one.coming - other.coming);
}

/** Learners with an enrollment of the view, each once, by the values of each dimension. */
function breakdown(data, view) {
  const learners = new Set();
  eachEnrolment(data, view, (row, user) => { if (within(view, data.enrolments.day[row])) learners.add(user); });
  return data.dimensions.map(({ name, label, values }) => {
    const counts = values.map(() => 0);
    for (const user of learners) counts[data.users[name][user]] += 1;
    const rows = values.map((value, place) => ({ value, learners: counts[place] })).filter(row => row.learners);
    return { name, label, rows, all: learners.size };
  });
}

/** Time in each module, in hundredths of minutes; it has no day. */
function modules(data, view) {
  const chosen = chosenPlaces(data, view), time = data.moduleTime, found = new Map();
  time.module.forEach((module, row) => {
    if (!chosen[time.place[row]]) return;
    if (!found.has(module)) {
      const course = data.modules.course[module] ?? data.unknown, path = data.modules.path[module];
      found.set(module, { course, path, learners: 0, minutes: 0, points: 0, scores: 0 });
    }
    const sums = found.get(module);
    for (const name of ["learners", "minutes", "points", "scores"]) sums[name] += time[name][row];
  });
  return [...found.values()].sort((one, other) => other.minutes - one.minutes || compareNames(one.course, other.course));
}

/** In-person slots by group of the slot and region of the learner; without learners the region is unknown. */
function inPerson(data, view) {
  const chosen = chosenPlaces(data, view), found = new Map(), { attendance, slots } = data;
  function cell(slot, region) {
    const group = data.groups[slots.group[slot]], key = slots.group[slot] + " " + region;
    if (!found.has(key)) found.set(key, { group, region, slots: new Set(), registered: 0, lines: 0, present: 0 });
    return found.get(key);
  }
  const met = new Set();
  attendance.slot.forEach((slot, row) => {
    if (attendance.registered[row]) met.add(slot);
    if (slots.virtual[slot] || !chosen[attendance.place[row]] || !within(view, slots.day[slot])) return;
    const sums = cell(slot, data.regions[data.places.region[attendance.place[row]]]);
    if (attendance.registered[row]) sums.slots.add(slot);
    for (const name of ["registered", "lines", "present"]) sums[name] += attendance[name][row];
  });
  slots.day.forEach((day, slot) => {
    if (!isNarrow(view) && !met.has(slot) && !slots.virtual[slot] && within(view, day)) cell(slot, data.unknown).slots.add(slot);
  });
  return [...found.values()].map(row => ({ ...row, slots: row.slots.size }))
    .sort((one, other) => compareNames(one.group, other.group) || compareNames(one.region, other.region));
}

/** Answers by month. */
function feedbackByMonth(data, view) {
  const months = new Map(), names = ["answers", "points", "scores", "recommended", "recommendations"];
  eachRow(data, view, data.feedback, row => {
    const month = data.feedback.day[row] === null ? null : monthOf(data.feedback.day[row]);
    if (!months.has(month)) months.set(month, { month, answers: 0, points: 0, scores: 0, recommended: 0, recommendations: 0 });
    for (const name of names) months.get(month)[name] += data.feedback[name][row];
  });
  return [...months.values()].sort((one, other) => (one.month ?? Infinity) - (other.month ?? Infinity));
}

/** Each slot of the view, the latest first: registrations and sheets of the view, places of all. */
function slotRows(data, view) {
  const met = attendanceBySlot(data, view), none = { registered: 0, lines: 0, present: 0 };
  return slots(data, view).map(slot => {
    const row = { group: data.groups[data.slots.group[slot]], ...(met.get(slot) ?? none) };
    for (const name of ["name", "day", "time", "timing", "virtual", "capacity"]) row[name] = data.slots[name][slot];
    row.all = data.slots.registered[slot];
    return row;
  }).sort((one, other) => (other.day ?? -Infinity) - (one.day ?? -Infinity) || compareNames(one.name ?? "", other.name ?? ""));
}
