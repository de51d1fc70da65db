//! One pass over a raw row.

use std::fmt::Write as _;
use std::ops::Range;

use super::{BadDate, Dates, Members, Scan, date};

/// Adds what is looked for in the row to an empty scan.
pub(super) fn over<'a>(row: &'a str, members: &Members, scan: Scan<'a>) -> Scan<'a> {
    let mut walk = Walk { row, bytes: row.as_bytes(), at: 0, escaped: false, scan };
    // Only invalid JSON ends a walk early, and a page with invalid JSON has no rows.
    let _ = walk.object(members, None);
    walk.scan
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

/// It goes into a value only where dates may be inside, so its depth is that of the schema.
struct Walk<'a> {
    row: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Whether a string since this was last cleared has an escape.
    escaped: bool,
    scan: Scan<'a>,
}

impl Walk<'_> {
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
