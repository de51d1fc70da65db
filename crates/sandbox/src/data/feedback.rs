//! Answers of learners, which no endpoint has: CSV files as the platform and two forms export them.

use chrono::TimeDelta;
use encoding_rs::WINDOWS_1252;

use super::{HOUR, Record, Rng, Time, World, days, slots, time};

/// One line in so many cannot be read.
const UNREADABLE: usize = 50;

const QUESTIONS: [&str; 4] = [
    "Quelle note donnez-vous à ce cours ?",
    "Recommanderiez-vous ce cours ?",
    "Un commentaire ?",
    "Quel logiciel utilisez-vous ?",
];

const COMMENTS: [&str; 8] = [
    "Très clair, merci !",
    "Trop court : une journée de plus serait utile",
    "Exemples concrets, adaptés à mon métier",
    "Salle froide\net bruyante",
    "Le « plus » : les exercices",
    "=SOMME(1;1)",
    "Bien ; mais l'accès est difficile, surtout le matin",
    "RAS",
];

/// The instant of an answer, and the cells of its line.
type Answer = (Time, Vec<String>);

/// A file, its answers, what separates its cells, and its head.
type File = (&'static str, fn(&World) -> Vec<Answer>, char, [&'static str; 6]);

/// The first has one line per question, the second is a form in UTF-8, the third one as Excel saves it in
/// France.
#[rustfmt::skip]
const FILES: [File; 3] = [
    ("questions.csv", questions, ',', [
        "Date de réponse", "ID utilisateur", "E-mail de l'utilisateur", "Cours", "Question", "Réponse",
    ]),
    ("form.csv", |world| form(world, false), ',', [
        "Horodateur", "Adresse e-mail", "Séance", "Satisfaction", "Je recommande cette formation", "Commentaire",
    ]),
    ("form-excel.csv", |world| form(world, true), ';', [
        "Heure de fin", "Adresse de messagerie", "Séance", "Note sur 5", "Recommandation de 0 à 10", "Remarques",
    ]),
];

/// A file as bytes in its encoding; none for an unknown name.
pub(crate) fn file(world: &World, name: &str) -> Option<Vec<u8>> {
    let (_, answers, separator, head) = FILES.into_iter().find(|(known, ..)| *known == name)?;
    let mut answers = answers(world);
    answers.sort();
    let mut text = line(&head.map(str::to_owned), separator);
    text.extend(answers.iter().map(|(_, cells)| line(cells, separator)));
    Some(if separator == ';' { WINDOWS_1252.encode(&text).0.into_owned() } else { text.into_bytes() })
}

fn line(cells: &[String], separator: char) -> String {
    let quoted = |cell: &String| {
        if cell.contains(['"', '\n', '\r', separator]) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    cells.iter().map(quoted).collect::<Vec<_>>().join(&separator.to_string()) + "\r\n"
}

/// A note, from 1 to 5: mostly good ones.
fn note(rng: &mut Rng) -> usize {
    *rng.pick(&[1, 2, 3, 3, 4, 4, 4, 5, 5, 5])
}

fn comment(rng: &mut Rng) -> String {
    rng.maybe(350, |rng| (*rng.pick(&COMMENTS)).to_owned()).unwrap_or_default()
}

/// The address of a learner: none in one of ten answers, and in one of thirty that of a stranger.
fn address(rng: &mut Rng, user: Option<&Record>) -> String {
    let mail = user.map(|user| user.text("mail").to_owned()).unwrap_or_default();
    match rng.below(30) {
        0..3 => String::new(),
        3 => format!("inconnu.{}@ailleurs.example", rng.below(1000)),
        // Addresses are typed in any case.
        4 => mail.to_uppercase(),
        _ => mail,
    }
}

/// More than half of those who were at a slot answer within three days, three of ten of them in the second form.
fn form(world: &World, is_excel: bool) -> Vec<Answer> {
    let attended =
        world.rows("classroom_registrations").iter().filter(|one| one.bool("hasAttended") == Some(true));
    let answers = attended.filter_map(|registration| {
        let slot = world.referred(registration, "classroomSlotId", "classroom_slots")?;
        let rng = &mut world.rng_of(registration.id(), "form");
        let at = slots::end(slot) + rng.span(HOUR, days(3));
        if !rng.chance(550) || rng.chance(300) != is_excel || at > world.until() {
            return None;
        }
        let mail = address(rng, world.referred(registration, "userId", "users"));
        let (note, local) = (note(rng), time::local(at, ""));
        let likely = (2 * note).saturating_sub(rng.below(3)).min(10);
        let half = rng.chance(200) && note < 5;
        let mut cells = vec![
            local.format(if is_excel { "%d/%m/%Y %H:%M" } else { "%d/%m/%Y %H:%M:%S" }).to_string(),
            mail,
            slot.text("name").to_owned(),
            format!("{note}{}", if half && is_excel { ",5" } else { "" }),
            if is_excel { likely.to_string() } else { yes_or_no(likely >= 8).to_owned() },
            comment(rng),
        ];
        match rng.below(2 * UNREADABLE) {
            0 => "très bien".clone_into(&mut cells[3]),
            1 => "31/02/2026".clone_into(&mut cells[0]),
            // The learner left the form without an answer.
            2 => cells[3..].iter_mut().for_each(String::clear),
            3 => cells[4].clear(),
            4 if !is_excel => cells[3] = format!("{}{}", "★".repeat(note), "☆".repeat(5 - note)),
            5 if !is_excel => cells[3] = format!("{note} sur 5"),
            _ => {}
        }
        Some((at, cells))
    });
    answers.collect()
}

fn yes_or_no(yes: bool) -> &'static str {
    if yes { "Oui" } else { "Non" }
}

/// Three of ten who completed a course answer its questions, which take them some seconds each.
fn questions(world: &World) -> Vec<Answer> {
    let completed = world.rows("course_stats").iter().filter(|attempt| attempt.has("completedAt"));
    let answers = completed.flat_map(|attempt| {
        let rng = &mut world.rng_of(attempt.id(), "questions");
        let course = world.referred(attempt, "courseId", "courses");
        let (true, Some(course), Some(at)) = (rng.chance(300), course, attempt.date("completedAt")) else {
            return Vec::new();
        };
        let user = world.referred(attempt, "userId", "users");
        let mail = user.map(|user| user.text("mail").to_owned()).unwrap_or_default();
        let note = note(rng);
        let unread = rng.below(UNREADABLE) == 0;
        let answers = [
            if unread { "bof".to_owned() } else { format!("{note}/5") },
            yes_or_no(note >= 4).to_owned(),
            comment(rng),
            (*rng.pick(&["Tableur", "Papier", "Logiciel du cabinet"])).to_owned(),
        ];
        let id = attempt.reference("userId").map(|id| id.to_string()).unwrap_or_default();
        let mut at = at;
        let lines = QUESTIONS.iter().zip(answers).map(|(question, answer)| {
            at += rng.span(TimeDelta::seconds(3), TimeDelta::seconds(40));
            let (course, question) = (course.text("name").to_owned(), (*question).to_owned());
            (at, vec![time::text(at), id.clone(), mail.clone(), course, question, answer])
        });
        lines.collect()
    });
    answers.collect()
}
