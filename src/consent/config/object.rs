//! One JSON object as text: where its members stand, and how to change one without touching the others.
//!
//! Nothing is reserialized. The members' texts are borrowed from the document, and only edited ranges are replaced, so
//! that every other byte (order, spacing, number formats, escapes, doubled keys) stays as it was.

use std::cmp::Reverse;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One member, as it stands in the document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member<'a> {
    /// With its quotes and escapes.
    key: &'a str,
    /// Without the white space around it.
    pub(super) value: &'a str,
}

impl Member<'_> {
    /// Is `name` its key, however the key is escaped?
    pub(super) fn is(&self, name: &str) -> bool {
        if self.key.contains('\\') {
            serde_json::from_str::<String>(self.key).is_ok_and(|key| key == name)
        } else {
            self.key.strip_prefix('"').and_then(|k| k.strip_suffix('"')) == Some(name)
        }
    }
}

/// The members of an object in their order; `None` when the text is no JSON object.
///
/// Values are skipped, not built, so that none is deep enough to cause recursion.
pub(super) fn members(text: &str) -> Option<Vec<Member<'_>>> {
    struct Members<'a>(Vec<Member<'a>>);
    struct MembersVisitor;

    impl<'de> Visitor<'de> for MembersVisitor {
        type Value = Members<'de>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
            let mut members = Vec::new();
            while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                members.push(Member { key: key.get(), value: value.get() });
            }
            Ok(Members(members))
        }
    }

    impl<'de> Deserialize<'de> for Members<'de> {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            input.deserialize_map(MembersVisitor)
        }
    }

    serde_json::from_str::<Members<'_>>(text).ok().map(|members| members.0)
}

/// The spacing of an object, so that an added member looks like its neighbours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// Between the opening brace and the first key: nothing, a space, or a line break and its indentation.
    open: String,
    /// Between a value and the key that follows.
    comma: String,
    /// Between a key and its value: `:` or `: `.
    colon: &'static str,
    /// Between the last value and the closing brace.
    close: String,
}

impl Style {
    /// The style for a document that shows none of its own.
    pub(super) fn plain() -> Self {
        Self { open: "\n  ".to_owned(), comma: ",\n  ".to_owned(), colon: ": ", close: "\n".to_owned() }
    }

    /// The style of an object; `None` when it has no members.
    pub(super) fn of(text: &str) -> Option<Self> {
        let members = members(text)?;
        let (first, last) = (members.first()?, members.last()?);
        let open = text.get(..offset(text, first.key))?.rsplit_once('{')?.1;
        let close = text.get(end(text, last.value)..)?.split_once('}')?.0;
        let spaced = offset(text, first.value) > end(text, first.key) + 1;
        let comma = match members.get(1) {
            Some(second) => text.get(end(text, first.value)..offset(text, second.key))?.to_owned(),
            None if open.is_empty() && spaced => ", ".to_owned(),
            None => format!(",{open}"),
        };
        Some(Self {
            open: open.to_owned(),
            comma,
            colon: if spaced { ": " } else { ":" },
            close: close.to_owned(),
        })
    }

    /// The style one level below the document's root object, where `self` is the style of the root.
    pub(super) fn nested(&self) -> Self {
        match self.open.rsplit_once('\n') {
            Some((_, indent)) => {
                let open = format!("{}{indent}", self.open);
                Self { comma: format!(",{open}"), colon: self.colon, close: self.open.clone(), open }
            }
            None => self.clone(),
        }
    }
}

/// Sets (`Some`, as JSON) or removes (`None`) a member and returns the new text of the object, or `None` when
/// `text` is no object. `style` is for an object without members.
///
/// Of several members with this key the last is set, and the others are removed.
pub(super) fn set(text: &str, key: &str, value: Option<&str>, style: &Style) -> Option<String> {
    let all = members(text)?;
    let last = all.iter().rposition(|member| member.is(key));
    let removed = |i: usize, member: &Member<'_>| member.is(key) && (value.is_none() || Some(i) != last);

    let mut edits = Vec::new();
    let mut kept_until = None;
    for (i, member) in all.iter().enumerate() {
        if removed(i, member) {
            edits.push(match (all.get(i + 1), kept_until) {
                (Some(next), _) => (offset(text, member.key)..offset(text, next.key), String::new()),
                // Removed from the end of the last kept member on, so that the comma before it goes too.
                (None, Some(kept)) => (kept..end(text, member.value), String::new()),
                (None, None) => (inside(text)?, String::new()),
            });
        } else {
            kept_until = Some(end(text, member.value));
        }
    }
    if let Some(value) = value {
        let entry = format!("\"{key}\"{}{value}", style_of(text, style).colon);
        edits.push(match (last.and_then(|i| all.get(i)), all.last()) {
            (Some(member), _) => (offset(text, member.value)..end(text, member.value), value.to_owned()),
            (None, Some(member)) => {
                let at = end(text, member.value);
                (at..at, format!("{}{entry}", style_of(text, style).comma))
            }
            (None, None) => (inside(text)?, format!("{}{entry}{}", style.open, style.close)),
        });
    }
    apply(text, edits)
}

fn style_of(text: &str, fallback: &Style) -> Style {
    Style::of(text).unwrap_or_else(|| fallback.clone())
}

/// Replaces ranges. Of two that overlap, only the one that begins first is replaced.
fn apply(text: &str, mut edits: Vec<(Range<usize>, String)>) -> Option<String> {
    edits.sort_by_key(|(range, _)| (range.start, Reverse(range.end)));
    let mut out = String::with_capacity(text.len() + 128);
    let mut at = 0;
    for (range, new) in edits.iter().filter(|(range, _)| range.start <= range.end) {
        if range.start >= at {
            out.push_str(text.get(at..range.start)?);
            out.push_str(new);
            at = range.end;
        }
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// The range between the braces of an object.
fn inside(text: &str) -> Option<Range<usize>> {
    Some(text.find('{')? + 1..text.rfind('}')?)
}

/// Where a part of the document begins in it.
fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// Where a part of the document ends in it.
fn end(text: &str, part: &str) -> usize {
    offset(text, part) + part.len()
}

#[cfg(test)]
mod tests;
