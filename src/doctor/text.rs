//! Numbers and lists in sentences.

use indicatif::HumanCount;

/// `1 row`, `2,980 rows`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// With a comma every three digits.
pub(super) fn grouped(number: usize) -> String {
    HumanCount(number as u64).to_string()
}

/// `a`, `a and b`, `a, b and c`; at most six, then how many more.
pub(super) fn list<T: AsRef<str>>(names: &[T]) -> String {
    const MOST: usize = 6;
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some(_) if names.len() > MOST => {
            format!("{} and {} more", names[..MOST].join(", "), names.len() - MOST)
        }
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
