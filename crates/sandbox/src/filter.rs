//! Filters of a query: `field[op]=value` with raw brackets. Anything else in a query is ignored without a word,
//! as the API does: bare fields, encoded brackets, fields and operators that the endpoint does not know.

use std::borrow::Cow;

use crate::data::moment::Moment;
use crate::endpoints::Endpoint;
use crate::row::Cell;
use crate::tenant::Tenant;
use crate::variant::Variant;

/// The conditions of a query, all of which a row must meet.
#[derive(Debug, PartialEq)]
pub(crate) struct Conditions(Vec<Condition>);

#[derive(Debug, PartialEq)]
struct Condition {
    field: &'static str,
    operator: &'static str,
    test: Test,
}

#[derive(Debug, PartialEq)]
enum Test {
    From(Moment),
    Before(Moment),
    /// `eq` and `in`.
    Among(Vec<String>),
    /// `ne` and `nin`, which a row without the field meets.
    NotAmong(Vec<String>),
}

/// A filter that cannot be read; the text says why.
pub(crate) struct Unreadable(pub(crate) String);

/// The name of a parameter as `tenant` understands it.
fn key(written: &str, tenant: Tenant) -> Result<Cow<'_, str>, Unreadable> {
    let refuses = tenant.is(Variant::EncodedBracketsRefused);
    if !written.contains('%') || !(refuses || tenant.is(Variant::EncodedBrackets)) {
        return Ok(written.into());
    }
    let key = decoded(written);
    if refuses && key.contains('[') {
        return Err(Unreadable(format!("{written} must have its brackets unencoded.")));
    }
    Ok(key.into())
}

/// The date of a filter. Without a time it is midnight, if it is understood.
fn date(key: &str, value: &str, tenant: Tenant) -> Result<Moment, Unreadable> {
    let understood = value.contains('T') || !tenant.is(Variant::DateOnlyRefused);
    let date = Moment::parse(value).filter(|_| understood);
    date.map(Moment::whole_seconds)
        .ok_or_else(|| Unreadable(format!("{key} must be a date such as 2026-11-02T08:00:00.000Z.")))
}

impl Conditions {
    /// The conditions of `query` that `endpoint` honours.
    pub(crate) fn read(endpoint: &'static Endpoint, query: &str, tenant: Tenant) -> Result<Self, Unreadable> {
        let mut conditions: Vec<Condition> = Vec::new();
        if tenant.is(Variant::FiltersIgnored) {
            return Ok(Self(conditions));
        }
        for pair in query.split('&') {
            let (written, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = key(written, tenant)?;
            let Some((field, operator)) = operator(endpoint, &key) else { continue };
            let value = decoded(value);
            let test = match operator {
                "gte" | "lt" => {
                    let date = date(&key, &value, tenant)?;
                    if operator == "gte" { Test::From(date) } else { Test::Before(date) }
                }
                "ne" | "nin" => Test::NotAmong(vec![value]),
                _ => Test::Among(vec![value]),
            };
            // The values of one list come as parameters of their own.
            let same = |one: &&mut Condition| one.field == field && one.operator == operator;
            let list = conditions.iter_mut().find(same).filter(|_| matches!(operator, "in" | "nin"));
            match (list.map(|known| &mut known.test), test) {
                (Some(Test::Among(known)), Test::Among(more))
                | (Some(Test::NotAmong(known)), Test::NotAmong(more)) => {
                    known.extend(more);
                }
                (_, test) => conditions.push(Condition { field, operator, test }),
            }
        }
        let status = endpoint.filters.iter().find(|filter| filter.field == "status");
        if let Some(status) = status.filter(|_| tenant.is(Variant::HiddenArchived))
            && conditions.iter().all(|condition| condition.field != status.field)
        {
            let hidden = ["archived", "deleted"].map(str::to_owned).to_vec();
            conditions.push(Condition { field: status.field, operator: "nin", test: Test::NotAmong(hidden) });
        }
        Ok(Self(conditions))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a row with these cells meets them. A row without the field fails every test but the negative ones.
    pub(crate) fn admit(&self, cell: impl Fn(&str) -> Option<Cell>) -> bool {
        self.0.iter().all(|condition| match (&condition.test, cell(condition.field)) {
            (Test::From(date), Some(Cell::Date(cell))) => cell >= *date,
            (Test::Before(date), Some(Cell::Date(cell))) => cell < *date,
            (Test::Among(values), Some(Cell::Text(cell))) => values.iter().any(|value| *value == cell),
            (Test::NotAmong(values), Some(Cell::Text(cell))) => values.iter().all(|value| *value != cell),
            (Test::Among(values), Some(Cell::Texts(cells))) => cells.iter().any(|cell| values.contains(cell)),
            (Test::NotAmong(_), None) => true,
            _ => false,
        })
    }
}

/// Whether `query` has a filter that `endpoint` knows.
pub(crate) fn filters(endpoint: &'static Endpoint, query: &str) -> bool {
    let keys = query.split('&').map(|pair| pair.split_once('=').map_or(pair, |(key, _)| key));
    keys.into_iter().any(|key| operator(endpoint, &decoded(key)).is_some())
}

/// The field and operator of `key`, if the endpoint knows both. A list may be indexed: `field[in][0]`.
fn operator(endpoint: &'static Endpoint, key: &str) -> Option<(&'static str, &'static str)> {
    let (field, rest) = key.split_once('[')?;
    let (operator, index) = rest.split_once(']')?;
    let filter = endpoint.filters.iter().find(|filter| filter.field == field)?;
    let operator = *filter.operators.iter().find(|known| **known == operator)?;
    let list = matches!(operator, "in" | "nin");
    let indexed = || {
        let index = index.strip_prefix('[')?.strip_suffix(']')?;
        index.bytes().all(|byte| byte.is_ascii_digit()).then_some(())
    };
    (index.is_empty() || (list && indexed().is_some())).then_some((filter.field, operator))
}

/// `%XX` and `+` undone.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hexadecimal = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let escaped = hexadecimal.and_then(|two| u8::from_str_radix(two, 16).ok());
        rest = tail;
        match (first, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (&byte, _) => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Conditions {
        let (endpoint, _) = Endpoint::find("/paths/sessions").unwrap();
        Conditions::read(endpoint, query, Tenant::default()).ok().unwrap()
    }

    #[test]
    fn only_known_fields_and_operators_in_raw_brackets_filter() {
        for ignored in [
            "modifiedAt%5Bgte%5D=2026-01-01",
            "modifiedAt=2026-01-01",
            "modifiedAt[lte]=2026-01-01",
            "nope[eq]=1",
            "pathId[eq][0]=a",
            "",
        ] {
            assert!(read(ignored).is_empty(), "{ignored}");
        }
    }

    #[test]
    fn a_list_is_the_same_indexed_and_not() {
        let list = read("pathId[in]=a&pathId[in]=b");
        assert_eq!(list, read("pathId[in][0]=a&pathId[in][1]=b"));
        assert_eq!(list.0.len(), 1);
    }

    #[test]
    fn the_milliseconds_of_a_filter_are_zeroed() {
        assert_eq!(read("modifiedAt[gte]=2026-01-01T00:00:00.999Z"), read("modifiedAt[gte]=2026-01-01"));
        let (paths, _) = Endpoint::find("/paths").unwrap();
        assert!(Conditions::read(paths, "createdAt[lt]=soon", Tenant::default()).is_err());
    }
}
