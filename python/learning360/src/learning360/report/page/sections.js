"use strict";
// Each section: the rows of `figures.js`, a chart and a table of them, and what must be said beside them.

const MOST = 20;
const MONTHS_SHOWN = 24;
const TIMING_NAMES = ["passée", "en cours", "à venir", "inconnue"];
const TIMING_COLORS = ["var(--c0)", "var(--c1)", "var(--c2)", "var(--c6)"];

/** The columns of a table: title, value to sort by, and for numbers their text, `true` for that of a whole number. */
function columns(...all) {
  return all.map(one => Array.isArray(one) ? column(...one) : one);
}

function column(title, value, text) {
  return ({ title, value, text: text === true ? row => count(value(row)) : text, number: Boolean(text) });
}

/** A column of short texts, such as days and months. */
function short(title, value, text) {
  return { title, value, text, kind: "short" };
}

/** A column of long names. */
function long(title, value) {
  return { title, value, kind: "long" };
}

/** A share to sort by. */
function share(part, whole) {
  return whole && part !== null ? part / whole : null;
}

/** What a chart leaves out. */
function cutNote(what, visible, all) {
  return visible < all ? `Le graphique montre ${count(visible)} ${what} sur ${count(all)} ; le tableau les a tous.` : "";
}

/** The series that a chart can show: those that are together may be so many that every other line would be flat. */
function drawn(series) {
  return series.filter(one => !one.others || one.total <= 3 * series[0].total);
}

function monthOrder(row) {
  return row.month;
}

const SECTIONS = {
  trained: {
    empty: "Personne n'a encore achevé de parcours dans cette sélection.",
    rows: (data, view) => trainedByFirm(data, view, MOST),
    isEmpty: rows => !rows.series.length,
    draw: (rows, width) => [cumulativeChart({ ...rows, series: drawn(rows.series) }, width)],
    notes: ({ series }) => series.at(-1).others ? [
      `Les ${MOST} cabinets qui ont le plus de clients formés ont leur courbe.`,
      drawn(series).length < series.length
        ? `${series.at(-1).name} : ${count(series.at(-1).total)} clients formés, sans courbe parce qu'elle écraserait les autres ; le tableau les a.`
        : "Les autres sont ensemble.",
    ] : [],
    table: rows => {
      const cells = rows.series.flatMap(one => {
        let total = 0;
        return rows.months.map(month => ({ name: one.name, month, trained: one.counts.get(month) ?? 0, total: total += one.counts.get(month) ?? 0 }));
      }).filter(row => row.trained);
      return { caption: "Clients formés par cabinet et par mois", rows: cells, columns: columns(
        ["Cabinet", row => row.name], short("Mois", monthOrder, row => monthName(row.month)),
        ["Clients formés dans le mois", row => row.trained, true], ["Cumul", row => row.total, true]) };
    },
  },
  enrolments: {
    empty: "Aucune inscription dans cette sélection.",
    rows: enrolmentsByPlace,
    draw: (rows, width) => [
      key(TIMING_NAMES.map((name, place) => [TIMING_COLORS[place], name])),
      barChart("Inscriptions par cabinet et région, selon la période de la session", rows.slice(0, MOST).map(row => ({
        name: rows.every(one => one.firm === row.firm) ? row.region : `${row.firm} – ${row.region}`, parts: row.timings, text: count(row.all) })), { width, colors: TIMING_COLORS }),
    ],
    notes: rows => [cutNote("couples de cabinet et région", Math.min(MOST, rows.length), rows.length)],
    table: rows => ({ caption: "Inscriptions par cabinet et région", rows, columns: columns(
      ["Cabinet", row => row.firm], ["Région", row => row.region],
      ...["passées", "en cours", "à venir", "sans session"].map((name, place) => [name, row => row.timings[place], true]),
      ["Total", row => row.all, true]) }),
  },
  forecast: {
    empty: "Rien n'est à venir dans cette sélection.",
    rows: forecast,
    draw: (rows, width) => {
      const dated = rows.filter(row => row.month !== null).slice(0, 12);
      return [
        key([["var(--c0)", "inscriptions à une session"], ["var(--c2)", "inscriptions à une séance"]]),
        dated.length ? monthChart("Inscriptions qui commencent, par mois", dated.map(row => ({
          name: monthName(row.month), parts: [row.enrolments, row.registrations],
          texts: [count(row.enrolments), count(row.registrations)] })), { width, colors: ["var(--c0)", "var(--c2)"] }) : null,
      ];
    },
    notes: rows => [cutNote("mois", Math.min(12, rows.length), rows.length)],
    table: rows => ({ caption: "Inscriptions qui commencent, par mois", rows, columns: columns(
      short("Mois", monthOrder, row => monthName(row.month)), ["Inscriptions à une session", row => row.enrolments, true],
      ["Inscriptions à une séance", row => row.registrations, true]) }),
  },
  fill: {
    empty: "Aucune séance datée dans cette période.",
    rows: (data, view) => data.scope.firm === null ? fillByMonth(data, view) : [],
    missing: data => data.scope.firm !== null
      ? "Pas de remplissage par cabinet : les places appartiennent à la séance, qui peut avoir des inscrits de plusieurs cabinets." : "",
    draw: (rows, width) => {
      const limited = rows.filter(row => row.capacity), begun = limited.filter(row => !row.coming).slice(-MONTHS_SHOWN / 2);
      const shown = [...begun, ...limited.filter(row => row.coming).slice(0, MONTHS_SHOWN / 4)];
      if (!shown.length) return [];
      return [
        key([["var(--c0)", "séances commencées ou passées"], ["var(--c2)", "séances à venir"]]),
        monthChart("Taux de remplissage par mois", shown.map(row => ({
          name: monthName(row.month),
          parts: [100 * row.registered / row.capacity], texts: [fraction(100 * row.registered, row.capacity, 0)],
          color: row.coming ? 1 : 0 })), { width, colors: ["var(--c0)", "var(--c2)"], highest: 100, line: 100, tick: value => `${value}${SPACE}%` }),
      ];
    },
    notes: (rows, data, view) => [
      isNarrow(view) ? "Toutes les séances de la période : une place n'a ni cabinet, ni région, ni agence." : "",
      "Le graphique a les mois qui ont des places limitées : les 12 derniers, et les 6 prochains ; le tableau a tous les mois.",
    ],
    table: rows => ({ caption: "Remplissage des séances par mois", rows, columns: columns(
      short("Mois", monthOrder, row => monthName(row.month) + (row.coming ? ", à venir" : "")), ["Séances", row => row.slots, true],
      ["à places limitées", row => row.limited, true], ["Places", row => row.capacity, true], ["Inscrits", row => row.registered, true],
      ["dont refus", row => row.declined, true],
      ["Remplissage", row => share(row.registered, row.capacity), row => percent(row.registered, row.capacity)]) }),
  },
  breakdown: {
    empty: "Aucun stagiaire dans cette sélection.",
    rows: breakdown,
    isEmpty: rows => !rows.some(dimension => dimension.rows.length),
    draw: (rows, width) => {
      const half = width < 600 ? width : Math.floor((width - 32) / 2);
      return [element("div", { className: "grid" }, ...rows.map(dimension => element("div", {}, element("h3", {}, dimension.label),
        barChart(`Stagiaires par ${dimension.label}`, dimension.rows.slice(0, 10).map(row => ({
          name: row.value, parts: [row.learners], text: count(row.learners) })), { width: half }),
        element("p", { className: "length" }, dimension.rows.length > 10 ? `10 des ${count(dimension.rows.length)} valeurs` : ""))))];
    },
    table: rows => ({ caption: "Stagiaires par profil",
      rows: rows.flatMap(dimension => dimension.rows.map(row => ({ ...row, label: dimension.label, all: dimension.all }))),
      columns: columns(["Critère", row => row.label], ["Valeur", row => row.value], ["Stagiaires", row => row.learners, true],
        ["Part", row => share(row.learners, row.all), row => percent(row.learners, row.all)]) }),
  },
  modules: {
    empty: "Aucun temps dans un module pour cette sélection.",
    missing: data => data.unsynced.includes("modules") ? `Le temps par module est ${NOT_SYNCED}.` : "",
    rows: modules,
    draw: (rows, width) => [barChart("Heures dans chaque module", rows.slice(0, CUT).map(row => ({
      name: row.course, parts: [row.minutes], text: fraction(row.minutes, 6000, 1, SPACE + "h") })), { width })],
    notes: (rows, data, view) => [
      view.first !== null || view.last !== null ? "Depuis le début : 360Learning ne date pas le temps passé dans un module, la période ne change donc rien ici." : "",
      cutNote("modules", Math.min(CUT, rows.length), rows.length),
    ],
    table: rows => ({ caption: "Temps par module", rows, columns: columns(
      long("Module", row => row.course), ["Parcours", row => row.path], ["Heures", row => row.minutes, row => fraction(row.minutes, 6000, 1)],
      ["Clients", row => row.learners, true], ["Minutes par client", row => share(row.minutes, row.learners), row => fraction(row.minutes, 100 * row.learners, 1)],
      ["Note moyenne (%)", row => share(row.points, row.scores), row => fraction(row.points, row.scores, 1)]) }),
  },
  in_person: {
    empty: "Aucune séance en présentiel dans cette sélection.",
    rows: inPerson,
    draw: (rows, width) => {
      const signed = rows.filter(row => row.lines).sort((one, other) => other.lines - one.lines).slice(0, MOST);
      return [signed.length ? barChart("Taux de présence par groupe et région", signed.map(row => ({
        name: `${row.group} – ${row.region}`, parts: [row.present / row.lines], text: percent(row.present, row.lines) })), { width, highest: 1 }) : null];
    },
    notes: rows => [cutNote("couples de groupe et région", Math.min(MOST, rows.filter(row => row.lines).length), rows.length)],
    table: rows => ({ caption: "Présence en présentiel par groupe et région", rows, columns: columns(
      ["Groupe", row => row.group], ["Région", row => row.region], ["Séances", row => row.slots, true], ["Inscrits", row => row.registered, true],
      ["Lignes signées", row => row.lines, true], ["dont présent", row => row.present, true],
      ["Taux de présence", row => share(row.present, row.lines), row => percent(row.present, row.lines)]) }),
  },
  feedback: {
    empty: "Aucune appréciation dans cette sélection.",
    missing: data => data.unsynced.includes("answers") ? `Les appréciations sont un fichier chargé à part : ${NOT_SYNCED}.` : "",
    rows: feedbackByMonth,
    draw: (rows, width) => {
      const rated = rows.filter(row => row.month !== null && (row.scores || row.recommendations)).slice(-MONTHS_SHOWN / 2);
      if (!rated.length) return [];
      const rate = (part, whole) => whole ? part / whole : null;
      return [
        key([["var(--c0)", "satisfaction (%)"], ["var(--c2)", "recommandent (%)"]]),
        monthChart("Satisfaction et recommandation par mois", rated.map(row => ({
          name: monthName(row.month), parts: [rate(row.points / 100, row.scores), rate(100 * row.recommended, row.recommendations)],
          texts: [fraction(row.points, 100 * row.scores, 0), fraction(100 * row.recommended, row.recommendations, 0)] })),
        { width, colors: ["var(--c0)", "var(--c2)"], highest: 100, tick: value => `${value}${SPACE}%` }),
      ];
    },
    notes: rows => [cutNote("mois", Math.min(MONTHS_SHOWN / 2, rows.length), rows.length)],
    table: rows => ({ caption: "Appréciations par mois", rows, columns: columns(
      short("Mois", monthOrder, row => monthName(row.month)), ["Appréciations", row => row.answers, true],
      ["Satisfaction", row => share(row.points, row.scores), row => fraction(row.points, 100 * row.scores, 1, SPACE + "%")],
      ["Recommandation", row => share(row.recommended, row.recommendations), row => percent(row.recommended, row.recommendations)]) }),
  },
  slots: {
    empty: "Aucune séance dans cette sélection.",
    rows: slotRows,
    draw: () => [],
    notes: (rows, data, view) => [isNarrow(view) || data.scope.firm !== null
      ? "Séances qui ont un inscrit de cette sélection ; inscrits et présence sont ceux de la sélection." : ""],
    table: (rows, data) => ({ caption: "Séances", rows, columns: columns(
      short("Date", row => row.day, row => shortDate(row.day) + (row.time ? ` ${row.time}` : "")), long("Séance", row => row.name),
      ["Groupe", row => row.group], short("Format", row => row.virtual ? "en ligne" : "en présentiel"), short("Période", row => TIMING_NAMES[row.timing]),
      ["Inscrits", row => row.registered, true],
      ...(data.scope.firm === null ? [["Places", row => row.capacity || null, row => row.capacity ? count(row.capacity) : DASH],
        ["Remplissage (tous)", row => share(row.all, row.capacity), row => row.capacity ? percent(row.all, row.capacity) : DASH]] : []),
      ["Taux de présence", row => share(row.present, row.lines), row => percent(row.present, row.lines)]) }),
  },
};

/** What a figure at the top cannot obey, or means, under this view. */
function tileNotes(data, view) {
  const shared = data.scope.firm !== null ? "Pas de chiffre par cabinet : il appartient à la séance, qui peut avoir des inscrits de plusieurs cabinets."
    : isNarrow(view) ? "De tous : ce chiffre de la séance n'a ni cabinet, ni région, ni agence." : "";
  const filtered = isNarrow(view) || data.scope.firm !== null;
  const fields = name => data.fields[name] !== null && (filtered || view.first !== null || view.last !== null)
    ? "De tous, depuis le début : le champ personnalisé des sessions n'a ni cabinet, ni date." : "";
  return {
    clients_trained: view.firm !== null || data.scope.firm !== null ? "Selon le cabinet du jour de l'achèvement." : "",
    slots: filtered ? "Séances qui ont un inscrit de cette sélection." : "",
    fill_rate: shared, waitlisted: data.unsynced.includes("waitlisted") ? "" : shared,
    satisfaction_percent: fields("satisfaction_percent"), recommendation_rate: fields("recommendation_rate"),
  };
}
