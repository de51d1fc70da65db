//! What a row must say, found in one pass and without a tree: members by name, and strings that are not the date that the
//! schema promises.

mod date;
mod surrogate;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use serde_json::Value;
use smallvec::{SmallVec, smallvec};

pub(super) use date::any_instant;
pub(super) use surrogate::without_lone_surrogates;

/// What is looked for in the rows of one list.
#[derive(Debug)]
pub(super) struct Scanner {
    names: usize,
    members: Members,
}

/// What a scan found in one row.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    /// The raw JSON of each member that was looked for, in the order of the names. The last duplicate wins.
    pub(super) found: SmallVec<[Option<&'a str>; 8]>,
    /// Strings that the schema calls date-time and that are not a date, in the order of the row.
    pub(super) bad_dates: Vec<BadDate>,
}

/// A string in a place of a date-time that is not a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BadDate {
    /// The raw value in the row, quotes included.
    pub(super) range: Range<usize>,
    /// The field's path for people, such as `deletedAt.0`.
    pub(super) path: String,
}

/// A member of an object that is looked for, by its own name or because dates are inside.
#[derive(Debug)]
struct Member {
    name: Box<str>,
    /// Its places among the names that are looked for.
    places: Vec<usize>,
    schema: Dates,
}

/// The members of one object.
#[derive(Debug, Default)]
struct Members {
    list: Vec<Member>,
    /// A bit per length of a name, modulo 64: most members of a row are none of these by their length alone.
    lengths: u64,
}

impl Members {
    fn push(&mut self, member: Member) {
        self.lengths |= 1 << (member.name.len() % 64);
        self.list.push(member);
    }

    /// The member of this raw name.
    #[inline]
    fn find(&self, name: &str, escaped: bool) -> Option<&Member> {
        if escaped {
            let name = serde_json::from_str::<String>(&format!("\"{name}\"")).ok()?;
            return self.find(&name, false);
        }
        if self.lengths & (1 << (name.len() % 64)) == 0 {
            return None;
        }
        self.list.iter().find(|member| *member.name == *name)
    }
}

/// Where the schema of a value promises dates.
#[derive(Debug, Default)]
struct Dates {
    here: bool,
    members: Members,
    items: Option<Box<Dates>>,
}

impl Scanner {
    /// Looks for the members called `names`, and for every date-time of a stream's JSON schema.
    pub(super) fn new(names: &[&'static str], schema: &Value) -> Self {
        let mut members = Dates::of(schema).members;
        for (place, name) in names.iter().enumerate() {
            match members.list.iter_mut().find(|member| *member.name == **name) {
                Some(member) => member.places.push(place),
                None => members.push(Member {
                    name: (*name).into(),
                    places: vec![place],
                    schema: Dates::default(),
                }),
            }
        }
        Self { names: names.len(), members }
    }

    /// True if no row can hold anything that is looked for: the scan may be skipped.
    pub(super) fn is_idle(&self) -> bool {
        self.members.list.is_empty()
    }

    /// Scans one row: a JSON object that was already read as valid JSON. Anything else holds nothing.
    pub(super) fn scan<'a>(&self, row: &'a str) -> Scan<'a> {
        let scan = Scan { found: smallvec![None; self.names], bad_dates: Vec::new() };
        let mut walk = Walk { row, bytes: row.as_bytes(), at: 0, escaped: false, scan };
        if !self.is_idle() {
            // Only invalid JSON ends a walk early, and a page with invalid JSON has no rows.
            let _ = walk.object(&self.members, None);
        }
        walk.scan
    }
}

/// The row with each bad date replaced by `null`.
pub(super) fn without_bad_dates<'a>(row: &'a str, bad: &[BadDate]) -> Cow<'a, str> {
    if bad.is_empty() {
        return Cow::Borrowed(row);
    }
    let mut text = String::with_capacity(row.len() + 4 * bad.len());
    let mut kept = 0;
    for date in bad {
        text.push_str(&row[kept..date.range.start]);
        text.push_str("null");
        kept = date.range.end;
    }
    text.push_str(&row[kept..]);
    Cow::Owned(text)
}

/// The text of a raw JSON string; `None` for anything else.
pub(super) fn text(raw: Option<&str>) -> Option<String> {
    serde_json::from_str(raw?).ok()
}

impl Dates {
    fn of(schema: &Value) -> Self {
        let mut members = Members::default();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let member = Member { name: name.as_str().into(), places: Vec::new(), schema: Self::of(schema) };
            if !member.schema.is_empty() {
                members.push(member);
            }
        }
        Self {
            here: schema["format"] == "date-time",
            members,
            items: schema.get("items").map(Self::of).filter(|items| !items.is_empty()).map(Box::new),
        }
    }

    fn is_empty(&self) -> bool {
        !self.here && self.members.list.is_empty() && self.items.is_none()
    }
}

/// The way from the row to a value; written out only for a bad date.
#[derive(Clone, Copy)]
struct Path<'p> {
    above: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Member(&'p str),
    Item(usize),
}

impl Path<'_> {
    fn write(&self, text: &mut String) {
        if let Some(above) = self.above {
            above.write(text);
            text.push('.');
        }
        match self.step {
            Step::Member(name) => text.push_str(name),
            Step::Item(index) => {
                let _ = write!(text, "{index}");
            }
        }
    }
}

/// One pass over a row. It goes into a value only where dates may be inside, so its depth is that of the schema.
struct Walk<'a> {
    row: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Whether a string since this was last cleared has an escape.
    escaped: bool,
    scan: Scan<'a>,
}

impl<'a> Walk<'a> {
    fn object(&mut self, members: &Members, above: Option<&Path<'_>>) -> Option<()> {
        self.skip_over(b'{')?;
        while self.peek()? != b'}' {
            self.escaped = false;
            let name = self.string()?;
            self.skip_over(b':')?;
            let member = members.find(&self.row[name.start + 1..name.end - 1], self.escaped);
            let value = match member {
                Some(member) => {
                    let path = Path { above, step: Step::Member(&member.name) };
                    self.value(&member.schema, &path)?
                }
                None => self.skip_value()?,
            };
            for place in member.iter().flat_map(|member| &member.places) {
                self.scan.found[*place] = Some(&self.row[value.clone()]);
            }
            self.comma()?;
        }
        self.at += 1;
        Some(())
    }

    fn array(&mut self, items: &Dates, above: &Path<'_>) -> Option<()> {
        self.skip_over(b'[')?;
        let mut index = 0;
        while self.peek()? != b']' {
            self.value(items, &Path { above: Some(above), step: Step::Item(index) })?;
            self.comma()?;
            index += 1;
        }
        self.at += 1;
        Some(())
    }

    fn value(&mut self, dates: &Dates, path: &Path<'_>) -> Option<Range<usize>> {
        let start = self.start()?;
        match (self.bytes[start], &dates.items) {
            (b'{', _) if !dates.members.list.is_empty() => self.object(&dates.members, Some(path))?,
            (b'[', Some(items)) => self.array(items, path)?,
            (b'"', _) if dates.here => {
                let range = self.string()?;
                if !date::is_date(&self.row[range.clone()]) {
                    let mut text = String::new();
                    path.write(&mut text);
                    self.scan.bad_dates.push(BadDate { range, path: text });
                }
            }
            _ => return self.skip_value(),
        }
        Some(start..self.at)
    }

    /// The range of the next value, and the position behind it.
    fn skip_value(&mut self) -> Option<Range<usize>> {
        let start = self.start()?;
        match self.bytes[start] {
            b'"' => return self.string(),
            b'{' | b'[' => {
                let mut depth = 0_usize;
                loop {
                    match self.bytes.get(self.at)? {
                        b'"' => {
                            self.string()?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            _ => {
                let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']') || *byte <= b' ';
                self.at += self.bytes[start..].iter().position(is_end)?;
            }
        }
        Some(start..self.at)
    }

    /// The range of the string that begins here, quotes included.
    #[inline]
    fn string(&mut self) -> Option<Range<usize>> {
        self.skip_over(b'"')?;
        let (start, mut at) = (self.at - 1, self.at);
        loop {
            at += quote_or_backslash(self.bytes.get(at..)?)?;
            if self.bytes[at] == b'"' {
                self.at = at + 1;
                return Some(start..self.at);
            }
            self.escaped = true;
            at += 2;
        }
    }

    fn start(&mut self) -> Option<usize> {
        self.peek().map(|_| self.at)
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            if byte > b' ' {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn skip_over(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Behind the comma, or before the bracket that closes.
    fn comma(&mut self) -> Option<()> {
        if self.peek()? == b',' {
            self.at += 1;
        }
        Some(())
    }
}

/// Where the first quote or backslash is. Most strings are too short for a call of `memchr` to pay.
#[inline]
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::MAX / 255;
    let mut at = 0;
    while let Some(chunk) = bytes.get(at..at + 8).and_then(|chunk| <[u8; 8]>::try_from(chunk).ok()) {
        let chunk = u64::from_le_bytes(chunk);
        // The lowest high bit that is set belongs to the first byte that is equal.
        let is = |byte: u8| {
            let other = chunk ^ (ONES * u64::from(byte));
            other.wrapping_sub(ONES) & !other & (ONES << 7)
        };
        let found = is(b'"') | is(b'\\');
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    rest.iter().position(|byte| matches!(byte, b'"' | b'\\')).map(|found| at + found)
}
