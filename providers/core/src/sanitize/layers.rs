//! Searches the decoded views of a text, layer by layer, and the joined lines of each.

use std::ops::Range;

use super::decode::{self, View};
use super::detect::{Finding, Span, placeholder};
use super::text::Unchecked;
use super::{Redaction, Sanitizer};

/// A view, and the view that it was decoded from; `None` if it was decoded from the text.
pub(super) struct Layer<'a> {
    view: &'a View,
    outer: Option<&'a Self>,
}

impl<'a> Layer<'a> {
    pub(super) const fn of_text(view: &'a View) -> Self {
        Self { view, outer: None }
    }

    /// Translates a finding in the view to the text.
    fn back(&self, finding: Finding) -> Option<Finding> {
        let finding = self.view.back(finding)?;
        self.outer.map_or(Some(finding), |outer| outer.back(finding))
    }
}

/// The search over the views of a text.
pub(super) struct LayerSearch<'a> {
    rules: &'a Sanitizer,
    text: &'a str,
    has_literals: bool,
    found: &'a mut Vec<Finding>,
}

impl<'a> LayerSearch<'a> {
    pub(super) const fn new(
        rules: &'a Sanitizer,
        text: &'a str,
        has_literals: bool,
        found: &'a mut Vec<Finding>,
    ) -> Self {
        Self { rules, text, has_literals, found }
    }

    /// The finds so far, in the text.
    pub(super) fn found(&self) -> &[Finding] {
        self.found
    }

    /// Searches a view, its joined lines, and its decoded form. `escaped` means that the view's escapes are in the text
    /// too, and are decoded from there.
    pub(super) fn layer(&mut self, layer: &Layer<'_>, depth: usize, escaped: bool) -> Result<(), Unchecked> {
        let bytes = &layer.view.bytes;
        let mut found = Vec::new();
        let views = self.rules.scan(bytes, self.has_literals, &mut found)?;
        self.rules.find_registered(bytes, None, &mut found)?;
        found.retain(|finding| !placeholder::covers(bytes, &finding.span()));
        self.found.extend(found.iter().filter_map(|finding| layer.back(*finding)));
        if views.joined {
            self.joined(bytes, &found, None, Some(layer))?;
        }
        let more = views.encoded || (views.escaped && !escaped) || layer.view.has_parts;
        if depth < decode::LAYERS && more {
            let view = decode::decoded(bytes, true);
            self.layer(&Layer { view: &view, outer: Some(layer) }, depth + 1, false)?;
        }
        Ok(())
    }

    /// Searches around the line breaks of `bytes`. `in_lines` are the findings inside of single lines. `only` limits
    /// the search to breaks in these ranges, because the rest was searched before.
    pub(super) fn joined(
        &mut self,
        bytes: &[u8],
        in_lines: &[Finding],
        only: Option<&[Range<usize>]>,
        outer: Option<&Layer<'_>>,
    ) -> Result<(), Unchecked> {
        let (view, breaks, around_breaks) = decode::joined(bytes, in_lines, only);
        let mut found = Vec::new();
        if !around_breaks.is_empty() {
            self.rules.scan_ranges(&view.bytes, &around_breaks, true, self.has_literals, &mut found)?;
        }
        self.rules.find_over_breaks(&view.bytes, &breaks, &mut found)?;
        found.retain(|finding| !placeholder::covers(&view.bytes, &finding.span()));
        let layer = Layer { view: &view, outer };
        // A find that ends before a break was already found in its line. A find after a break counts if it is near the
        // break, because the text before the break may announce it.
        let near = |finding: &Finding| {
            let last =
                breaks.partition_point(|at| *at < finding.end).checked_sub(1).and_then(|n| breaks.get(n));
            last.is_some_and(|at| {
                // A token counts only if it begins at or before the break, because it is announced by the word directly
                // before it.
                let reach = if finding.kind == Redaction::Token { 0 } else { decode::NEAR };
                finding.start <= at + reach
            })
        };
        found.retain(near);
        found.retain(|finding| !is_complete_before_break(&view.bytes, &breaks, finding));
        // A bracket that nothing closes was followed over the lines already. The frames of a stack may have ended its value.
        let is_open = |finding: &&Finding| {
            let closing = match bytes.get(finding.start) {
                Some(b'{') => b'}',
                Some(b'[') => b']',
                Some(b'(') => b')',
                _ => return false,
            };
            !bytes.get(finding.start..finding.end).is_some_and(|text| text.contains(&closing))
        };
        let mut open: Vec<usize> = in_lines.iter().filter(is_open).map(|finding| finding.start).collect();
        open.sort_unstable();
        found.retain(|finding| {
            view.back(*finding).is_none_or(|from| open.binary_search(&from.start).is_err())
        });
        for finding in &mut found {
            finding.start = scheme_start(&view.bytes, &breaks, finding);
        }
        for finding in found.into_iter().filter_map(|finding| layer.back(finding)) {
            let end = without_next_lines(self.text, finding.span()).end;
            if finding.start < end {
                self.found.push(Finding { end, ..finding });
            }
        }
        Ok(())
    }
}

/// Does the find begin with a UUID or a placeholder that ends a line? A UUID has a fixed length, and a placeholder is a
/// value that was found as far as it continues, so nothing continues them.
fn is_complete_before_break(view: &[u8], breaks: &[usize], finding: &Finding) -> bool {
    let ends_line = |end| breaks.binary_search(&end).is_ok();
    if placeholder::end_in(view, finding.start).is_some_and(ends_line) {
        return true;
    }
    let end = finding.start + UUID.len();
    finding.kind == Redaction::Token
        && ends_line(end)
        && view.get(finding.start..end).is_some_and(|text| {
            text.iter()
                .zip(UUID)
                .all(|(b, form)| if *form == b'-' { b == form } else { b.is_ascii_hexdigit() })
        })
}

/// The form of a UUID (RFC 9562).
const UUID: &[u8] = b"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

/// The start of the find, or the last break in it if a URL starts with its scheme directly after that break. The word
/// before the break does not belong to the URL then.
fn scheme_start(view: &[u8], breaks: &[usize], finding: &Finding) -> usize {
    if !matches!(finding.kind, Redaction::Url | Redaction::Connection) {
        return finding.start;
    }
    let last = breaks.iter().skip(breaks.partition_point(|at| *at <= finding.start));
    let is_scheme = |at: usize| {
        let rest = view.get(at..).unwrap_or_default();
        let len = rest.iter().take(16).take_while(|b| b.is_ascii_lowercase() || **b == b'+').count();
        let word = view.get(finding.start..at).unwrap_or_default().iter().all(u8::is_ascii_alphabetic);
        word && len > 2 && rest.get(len..).is_some_and(|rest| rest.starts_with(b"://"))
    };
    last.copied().take_while(|at| *at < finding.end).find(|at| is_scheme(*at)).unwrap_or(finding.start)
}

/// A find in joined lines, without separate lines at its end: `Caused by: …`, `Host: x`, `PATH=…`.
fn without_next_lines(text: &str, span: Span) -> Span {
    let mut end = span.end;
    while let Some((before, last)) = text.get(span.start..end).and_then(last_line) {
        let behind = text.get(end..).unwrap_or_default();
        let last = last.trim_start();
        let name_end =
            last.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(last.len());
        let (name, rest) = last.split_at_checked(name_end).unwrap_or_default();
        let starts_high = name.starts_with(|c: char| c.is_ascii_uppercase());
        let header = rest == ":" && behind.starts_with(' ') || rest.is_empty() && behind.starts_with(": ");
        let variable = name.len() > 2
            && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
            && (rest.starts_with('=') || behind.starts_with('='));
        // A sentence may follow these kinds. The second half of a secret may look like a word, but the end of a URL
        // seldom does.
        let plain =
            matches!(span.kind, Redaction::Url | Redaction::Email | Redaction::Path | Redaction::Host);
        let frame = name == "at" && rest.is_empty() && behind.starts_with(' ');
        let decorator = span.kind == Redaction::Email && is_decorator(last, behind);
        let sentence = plain
            && starts_high
            && rest.is_empty()
            && name.bytes().skip(1).all(|b| b.is_ascii_lowercase())
            && behind.starts_with(' ');
        // Such a sign at the end of a line shows that the next line continues it.
        let goes_on = before.ends_with(['&', '=', ':', '?', '@', '+', '%', '\\'])
            || (before.ends_with('/') && !sentence);
        if goes_on || !((header && !name.is_empty()) || variable || sentence || frame || decorator) {
            break;
        }
        end = span.start + before.trim_end().len();
    }
    Span { end, ..span }
}

/// Is this a decorator: `@app.get("/")`, or `@property` above a function?
fn is_decorator(line: &str, behind: &str) -> bool {
    let next = behind.trim_start_matches(|c: char| c.is_whitespace());
    line.starts_with('@')
        && (behind.starts_with('(')
            || ["def ", "class ", "async ", "@", "public ", "private "]
                .iter()
                .any(|word| next.starts_with(word)))
}

/// The text before the last line, and the last line. The line break may be escaped.
fn last_line(text: &str) -> Option<(&str, &str)> {
    let plain = text.rfind('\n').map(|at| (at, 1));
    let (at, len) = plain.max(text.rfind("\\n").map(|at| (at, 2)))?;
    Some((text.get(..at)?, text.get(at + len..)?))
}
