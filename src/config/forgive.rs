//! Values as people and other programs write them.

use serde_json::{Value, json};

/// Zero-width characters and marks of direction, which come with what is copied from a page.
const INVISIBLE: [std::ops::RangeInclusive<char>; 5] = [
    '\u{ad}'..='\u{ad}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{2069}',
    '\u{feff}'..='\u{feff}',
];

/// The text without white space and invisible characters around it.
pub(super) fn trim(text: &str) -> &str {
    let is_invisible = |c: char| INVISIBLE.iter().any(|range| range.contains(&c));
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Trims a text, and reads a number or a boolean that is written as a text, or a whole number with a decimal point.
pub(super) fn value(value: &mut Value, is_number: bool, is_boolean: bool) {
    if let Value::String(text) = value {
        let trimmed = trim(text).to_owned();
        let other = match trimmed.to_ascii_lowercase().as_str() {
            "true" | "false" if is_boolean => json!(trimmed.eq_ignore_ascii_case("true")),
            text if is_number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => json!(number),
                _ => json!(trimmed),
            },
            _ => json!(trimmed),
        };
        *value = other;
    }
    // Exact: every bound is far below 2^53.
    #[expect(clippy::cast_possible_truncation, reason = "a number out of range is refused as such")]
    if let Some(number) = value.as_f64().filter(|number| is_number && number.fract() == 0.0) {
        *value = json!(number as i64);
    }
}

/// Typing errors that a similar name may have.
const MOST_ERRORS: usize = 2;

/// True if a key is most likely this field's name, in another case or with a typing error.
pub(super) fn is_similar(key: &str, field: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    strsim::damerau_levenshtein(&plain(key), &plain(field)) <= MOST_ERRORS
}

/// What a credential must be, if this is a placeholder or has something around it.
pub(super) fn not_a_credential(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let is_around = |first: char, last: char| text.starts_with(first) && text.ends_with(last);
    if ["bearer ", "basic "].iter().any(|scheme| lower.starts_with(scheme)) {
        return Some("must be the value that 360Learning shows, without Bearer or Basic before it");
    }
    if text.len() > 1 && [('"', '"'), ('\'', '\'')].iter().any(|(first, last)| is_around(*first, *last)) {
        return Some("must be without quotation marks inside the value");
    }
    let brackets = [('<', '>'), ('{', '}'), ('[', ']'), ('$', '}'), ('%', '%')];
    let word: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_placeholder = text.chars().all(|c| "*.…•_-".contains(c))
        || text.len() > 2 && lower.chars().all(|c| c == 'x')
        || text
            .strip_prefix('$')
            .is_some_and(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        || brackets.iter().any(|(first, last)| is_around(*first, *last))
        || ["yourclientid", "yourclientsecret", "changeme"].contains(&word.as_str());
    is_placeholder.then_some("must be the value that 360Learning shows, not a placeholder")
}
