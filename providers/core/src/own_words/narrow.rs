//! Writes the text that leaves, from a raw text, its runs and the finds of the search.

use std::ops::Range;

use super::besides::is_sign;
use super::bytes::{at, is_word};
use super::runs::{Rule, Runs};
use crate::sanitize::{Span, is_placeholder};

/// The longest placeholder, in bytes: `[environment 100 KB–1 MB]`, or a placeholder with a count of 20 digits.
const LONGEST: usize = 56;

/// The kind of the data that a placeholder replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Data {
    /// Digits and signs: a number, a date, coordinates.
    Number,
    /// One word.
    Word,
    /// Several words.
    Text,
}

impl Data {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Number, Self::Word, Self::Text];

    /// The placeholder of this kind.
    #[must_use]
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::Number => "[number]",
            Self::Word => "[word]",
            Self::Text => "[text]",
        }
    }

    fn of(data: &str) -> Self {
        let letter = |b: u8| is_word(b) && !b.is_ascii_digit();
        if data.bytes().any(|b| b.is_ascii_digit()) && !data.bytes().any(letter) {
            Self::Number
        } else if data.contains(char::is_whitespace) || !data.bytes().any(is_word) {
            Self::Text
        } else {
            Self::Word
        }
    }
}

/// Writes the text that leaves: the runs stay unchanged, each find of the search becomes its placeholder, and
/// everything else becomes a placeholder of its kind. `found` must be in order and without overlaps, like the result of
/// [`Sanitizer::spans`](crate::Sanitizer::spans). A find is removed even from a run.
///
/// Narrowing the result again changes nothing, as long as the words are the same.
///
/// ```
/// use crawl4ai_telemetry_core::own_words::{Rule, Run, Runs, narrow};
///
/// let runs = Runs::from_iter([Run { start: 0, end: 15, rule: Rule::Literal }]);
/// assert_eq!(narrow("no account for Ada Lovelace", &runs, &[]), "no account for [text]");
/// ```
#[must_use]
pub fn narrow(text: &str, runs: &Runs, found: &[Span]) -> String {
    let mut out = String::with_capacity(text.len().min(4096));
    let mut finds = found.iter().peekable();
    let mut gap_from = 0;
    let mut behind_placeholder = false;
    let mut runs = runs.iter().peekable();
    let mut i = 0;
    loop {
        let find = finds.peek().map(|find| find.start.max(i)).filter(|start| *start < text.len());
        let run = runs.peek().map(|run| run.start.max(i)).filter(|start| *start < text.len());
        let next = find.into_iter().chain(run).min().unwrap_or(text.len());
        let is_find = find == Some(next) && next < text.len();
        let before_placeholder =
            is_find || runs.peek().is_some_and(|run| run.rule == Rule::Placeholder && run.start <= next);
        let gap = text.get(gap_from..next).unwrap_or_default();
        put_gap(&mut out, gap, behind_placeholder, before_placeholder && next < text.len());
        if next >= text.len() {
            return out;
        }
        if is_find {
            if let Some(find) = finds.next() {
                out.push_str(find.kind.placeholder());
                i = find.end.max(next);
                behind_placeholder = true;
            }
        } else if let Some(run) = runs.peek() {
            let end = run.end.min(finds.peek().map_or(text.len(), |find| find.start)).max(next);
            out.push_str(text.get(next..end).unwrap_or_default());
            behind_placeholder = run.rule == Rule::Placeholder;
            i = end;
        }
        while runs.next_if(|run| run.end <= i).is_some() {}
        while finds.next_if(|find| find.end <= i).is_some() {}
        gap_from = i;
    }
}

/// Writes the placeholder of `gap`. Text directly beside a placeholder belongs to that placeholder: the extension after
/// `[path]`, the port after `[ip]`. A few marks around the data stay, so that a sentence stays readable: `("ada")`
/// becomes `("[word]")`.
fn put_gap(out: &mut String, gap: &str, behind_placeholder: bool, before_placeholder: bool) {
    if gap.is_empty() || is_sign(gap.as_bytes()) {
        out.push_str(gap);
        return;
    }
    let mut rest = gap;
    if behind_placeholder {
        rest = rest.find(char::is_whitespace).and_then(|at| rest.get(at..)).unwrap_or_default();
    }
    if before_placeholder {
        let last = rest.char_indices().rev().find(|(_, c)| c.is_whitespace());
        rest = last.and_then(|(at, c)| rest.get(..at + c.len_utf8())).unwrap_or_default();
    }
    let is_mark = |c: char| c.is_ascii() && !is_word(c as u8);
    let data = rest.trim_matches(is_mark);
    if data.is_empty() {
        out.push_str(marks(rest));
        return;
    }
    let (before, behind) = rest.split_once(data).unwrap_or_default();
    out.push_str(marks(before));
    out.push_str(Data::of(data).placeholder());
    out.push_str(marks(behind));
}

/// The marks and spaces around data, as they are if they are few. Of more than a few, one space or line break stays,
/// because their number is data too.
fn marks(text: &str) -> &str {
    match text {
        few if is_sign(few.as_bytes()) => few,
        many if many.contains('\n') => "\n",
        _ => " ",
    }
}

/// The end of the placeholder that begins at `start`. It may be one of the search or one of [`Data`].
pub(super) fn placeholder_at(text: &[u8], start: usize) -> Option<usize> {
    if at(text, start) != b'[' {
        return None;
    }
    let near = text.get(start..text.len().min(start + LONGEST))?;
    let len = near.iter().position(|b| *b == b']')? + 1;
    let own = near.get(..len)?;
    let is_data = Data::ALL.iter().any(|data| data.placeholder().as_bytes() == own);
    (is_data || is_placeholder(own)).then_some(start + len)
}

/// The length of the unit of time at the start of `text`, which follows a number. The unit belongs to the value,
/// because the same wait may be `999ms` or `1.2s`.
fn unit_of_time(text: &str) -> usize {
    let len = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let is_unit = text.get(..len).is_some_and(|unit| ["ns", "µs", "us", "ms", "s"].contains(&unit));
    if is_unit { len } else { 0 }
}

/// The part of a narrowed text that identifies a bug, whatever the values are. Each placeholder and number becomes one
/// sign, the marks around signs are removed, and signs between which there are only marks become one.
///
/// ```
/// use crawl4ai_telemetry_core::own_words::signature;
///
/// assert_eq!(signature("order [number] at line 17"), signature("order [text], [url] at line 4"));
/// assert_eq!(signature("timed out after 999ms"), signature("timed out after 1.2s"));
/// assert_ne!(signature("order [number] at line 17"), signature("order [number] at byte 17"));
/// ```
#[must_use]
pub fn signature(narrowed: &str) -> String {
    const SIGN: char = '\u{1}';
    let is_mark = |c: char| c.is_ascii() && !is_word(c as u8) && c != SIGN;
    let bytes = narrowed.as_bytes();
    let mut out = String::with_capacity(narrowed.len());
    let mut i = 0;
    while let Some(rest) = narrowed.get(i..).filter(|rest| !rest.is_empty()) {
        let starts_word = i.checked_sub(1).is_none_or(|before| !is_word(at(bytes, before)));
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let sign: Option<Range<usize>> = match placeholder_at(bytes, i) {
            Some(end) => Some(i..end),
            None if starts_word && digits > 0 => {
                Some(i..i + digits + unit_of_time(rest.get(digits..).unwrap_or_default()))
            }
            None => None,
        };
        if let Some(sign) = sign {
            // Marks around a value may belong to the value.
            out.truncate(out.trim_end_matches(is_mark).len());
            if !out.ends_with(SIGN) {
                out.push(SIGN);
            }
            i = sign.end;
        } else if out.ends_with(SIGN) && rest.starts_with(is_mark) {
            i += 1;
        } else if let Some(c) = rest.chars().next() {
            out.push(c);
            i += c.len_utf8();
        }
    }
    out
}
