//! Free text.
//!
//! All finds are made over the text as it came, or over decoded views of it, and written at once: rules that
//! work on each other's output rewrite each other's placeholders. What was written is searched again, until a
//! search finds nothing; that is what makes cleaning twice the same as cleaning once.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::decode::View;
use super::detect::{Evidence, Finding, Scan, Span, Views, placeholder};
use super::{Counts, Redaction, Sanitizer, Text, decode, literals};

/// After so many searches a text that still changes is dropped: only a detector of the program's own that
/// answers differently each time gets here.
const ROUNDS: usize = 8;

/// How much of a long text is searched: what is redacted makes room for what follows.
const WINDOW: usize = 8;

/// What lies this close to the end of the window may be half of something, in bytes, and never leaves.
const MARGIN: usize = 1024;

/// Room for `[cut 18446744073709551615 bytes]` and the space before it.
const MARKER: usize = 34;

/// A check that could not be made.
pub(super) struct Unchecked;

impl Sanitizer {
    /// Cleans a text without a limit to its length.
    #[must_use]
    pub fn text(&self, raw: &str) -> Text {
        self.scrub(raw, usize::MAX, &mut Counts::default())
    }

    /// Cleans a text of which the program itself wrote some ranges: its literals, pieces of its format strings.
    ///
    /// What has a form of its own (a URL, an address, a card's number) goes wherever it stands. What only looks
    /// suspicious, behind a key word or by its entropy, goes only where it stands outside of `literals`.
    ///
    /// `literals` are ranges of bytes of `raw`, sorted and without overlaps. Returned is where they stand in the clean
    /// text, as far as they are left.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::Sanitizer;
    ///
    /// let raw = "InvalidCredentialsError: login refused";
    /// let (text, literals) = Sanitizer::new().text_around(raw, &[0..raw.len()]);
    /// assert_eq!(&*text, raw);
    /// assert_eq!(literals, [0..raw.len()]);
    /// ```
    #[must_use]
    pub fn text_around(&self, raw: &str, literals: &[Range<usize>]) -> (Text, Vec<Range<usize>>) {
        self.scrub_around(raw, literals, usize::MAX, &mut Counts::default())
    }

    /// What [`text`](Self::text) takes out of `raw` at first sight: kinds and places, in order and without
    /// overlaps. A text that cannot be checked is taken whole.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::Sanitizer;
    /// use crawl4ai_telemetry_core::sanitize::{Redaction, Span};
    ///
    /// let spans = Sanitizer::new().spans("mail ada@example.com");
    /// assert_eq!(spans, [Span { start: 5, end: 20, kind: Redaction::Email }]);
    /// ```
    #[must_use]
    pub fn spans(&self, raw: &str) -> Vec<Span> {
        let whole = Span { start: 0, end: raw.len(), kind: Redaction::Unscrubbed };
        self.search(raw, &[]).unwrap_or_else(|Unchecked| vec![whole])
    }

    /// Cleans a text and cuts it to `most` bytes; what is cut says so.
    pub(super) fn scrub(&self, raw: &str, most: usize, counts: &mut Counts) -> Text {
        self.scrub_around(raw, &[], most, counts).0
    }

    /// The same for a text of which the program wrote the ranges in `literals`; returns where they stand in the clean
    /// text.
    pub(super) fn scrub_around(
        &self,
        raw: &str,
        literals: &[Range<usize>],
        most: usize,
        counts: &mut Counts,
    ) -> (Text, Vec<Range<usize>>) {
        let window = most.saturating_mul(WINDOW).saturating_add(2 * MARGIN);
        let cut = raw.len() > window;
        let seen = if cut { head(raw, window) } else { raw };
        match self.search(seen, literals) {
            Ok(found) if found.is_empty() && raw.len() <= most => (Text::cleaned(raw), literals.to_vec()),
            Ok(found) => self
                .rewrite(raw, seen, found, literals, most, counts)
                .unwrap_or_else(|Unchecked| (unscrubbed(counts), Vec::new())),
            Err(Unchecked) => (unscrubbed(counts), Vec::new()),
        }
    }

    /// Writes placeholders until a search finds nothing more.
    fn rewrite(
        &self,
        raw: &str,
        seen: &str,
        found: Vec<Span>,
        literals: &[Range<usize>],
        most: usize,
        counts: &mut Counts,
    ) -> Result<(Text, Vec<Range<usize>>), Unchecked> {
        let kept = if seen.len() < raw.len() { head(seen, seen.len().saturating_sub(MARGIN)) } else { seen };
        let mut literals = literals.to_vec();
        literals::clip(&mut literals, kept.len());
        let mut out = Draft { body: String::new(), literals, lost: raw.len() - kept.len(), most };
        out.write(kept, found, counts);
        for _ in 0..ROUNDS {
            let text = out.cut();
            let found = self.search(&text, &out.literals)?;
            if found.is_empty() {
                return Ok((Text::cleaned(text), out.literals));
            }
            let body = head(&text, out.body.len());
            out.write(body, found, counts);
        }
        Err(Unchecked)
    }

    /// Everything in `text` that must not leave, in order and without overlaps.
    fn search(&self, text: &str, literals: &[Range<usize>]) -> Result<Vec<Span>, Unchecked> {
        let bytes = text.as_bytes();
        let has_literals = !literals.is_empty();
        let mut found = Vec::new();
        let views = self.scan(bytes, has_literals, &mut found)?;
        self.find_known(bytes, &mut found)?;
        if !self.rules.detectors.is_empty() {
            self.ask_own(text, &mut found)?;
        }
        if !views.is_empty() {
            self.search_views(text, views, has_literals, &mut found)?;
        }
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let mut spans = literals::around(bytes, found, literals);
        spans.retain(|span| !placeholder::covers(bytes, span));
        settle(text, &mut spans);
        Ok(spans)
    }

    /// One pass. A panic inside a built-in detector costs the string, not the program and not the check.
    fn scan(&self, bytes: &[u8], has_literals: bool, found: &mut Vec<Finding>) -> Result<Views, Unchecked> {
        catch_unwind(AssertUnwindSafe(|| Scan::of(bytes, &self.rules.keys, has_literals, found)))
            .map_err(|_| Unchecked)
    }

    /// Searches what the text says once it is decoded, and both once more with their lines joined.
    fn search_views(
        &self,
        text: &str,
        views: Views,
        has_literals: bool,
        found: &mut Vec<Finding>,
    ) -> Result<(), Unchecked> {
        // Places in a view are 32 bits wide.
        if u32::try_from(text.len()).is_err() {
            return Err(Unchecked);
        }
        let encoded = views.encoded.then(|| decode::decoded(text, false));
        let escaped = views.escaped.then(|| decode::decoded(text, true));
        if views.joined {
            self.search_joined(text, encoded.as_ref(), has_literals, found)?;
        }
        for view in encoded.iter().chain(&escaped) {
            self.search_view(view, has_literals, |finding| found.push(finding))?;
        }
        match &escaped {
            Some(view) if view.bytes.contains(&b'\n') => {
                self.search_joined(text, escaped.as_ref(), has_literals, found)
            }
            Some(_) | None => Ok(()),
        }
    }

    fn search_joined(
        &self,
        text: &str,
        view: Option<&View>,
        has_literals: bool,
        found: &mut Vec<Finding>,
    ) -> Result<(), Unchecked> {
        let joined = decode::joined(text.as_bytes(), view);
        self.search_view(&joined, has_literals, |finding| {
            let end = without_next_lines(text, finding.span()).end;
            if finding.start < end {
                found.push(Finding { end, ..finding });
            }
        })
    }

    fn search_view(
        &self,
        view: &View,
        has_literals: bool,
        mut take: impl FnMut(Finding),
    ) -> Result<(), Unchecked> {
        let mut seen = Vec::new();
        // A view is decoded once: what it would look like decoded again is not looked at.
        let _ = self.scan(&view.bytes, has_literals, &mut seen)?;
        self.find_known(&view.bytes, &mut seen)?;
        if let (false, Ok(text)) = (self.rules.detectors.is_empty(), std::str::from_utf8(&view.bytes)) {
            self.ask_own(text, &mut seen)?;
        }
        seen.retain(|finding| !placeholder::covers(&view.bytes, &finding.span()));
        seen.into_iter().filter_map(|finding| view.back(finding)).for_each(&mut take);
        Ok(())
    }

    /// Asks the program's own detectors. One that panics, or that points outside of the text, checks nothing.
    fn ask_own(&self, text: &str, found: &mut Vec<Finding>) -> Result<(), Unchecked> {
        let mut own = Vec::new();
        for detector in &self.rules.detectors {
            catch_unwind(AssertUnwindSafe(|| detector.find(text, &mut own))).map_err(|_| Unchecked)?;
            if own.iter().any(|span| text.get(span.start..span.end).is_none()) {
                return Err(Unchecked);
            }
            let spans = own.drain(..).filter(|span| span.start < span.end);
            // What the program looks for itself is never only suspicious.
            found.extend(spans.map(|span| Finding::new(span, Evidence::Form)));
        }
        Ok(())
    }
}

/// A find in joined lines, without the lines at its end that stand for themselves: `Caused by: …`, `Host: x`,
/// `PATH=…`.
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
        // A secret that was split may look like a word; the end of a URL seldom does.
        let plain =
            matches!(span.kind, Redaction::Url | Redaction::Email | Redaction::Path | Redaction::Host);
        let sentence = plain
            && starts_high
            && rest.is_empty()
            && name.bytes().skip(1).all(|b| b.is_ascii_lowercase())
            && behind.starts_with(' ');
        // A sign at the end of a line says that it goes on.
        let goes_on = before.ends_with(['&', '=', '/', ':', '?', '@', '+', '%', '\\']);
        if goes_on || !((header && !name.is_empty()) || variable || sentence) {
            break;
        }
        end = span.start + before.trim_end().len();
    }
    Span { end, ..span }
}

/// A text's last line and what is before it; the break may be escaped.
fn last_line(text: &str) -> Option<(&str, &str)> {
    let plain = text.rfind('\n').map(|at| (at, 1));
    let (at, len) = plain.max(text.rfind("\\n").map(|at| (at, 2)))?;
    Some((text.get(..at)?, text.get(at + len..)?))
}

fn unscrubbed(counts: &mut Counts) -> Text {
    counts.add(Redaction::Unscrubbed);
    Text::cleaned(Redaction::Unscrubbed.placeholder())
}

/// The first `most` bytes, to the end of a character.
fn head(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A text on its way, and how much of it is gone.
struct Draft {
    body: String,
    /// Where the program's own literals stand in it.
    literals: Vec<Range<usize>>,
    lost: usize,
    most: usize,
}

impl Draft {
    /// Makes `text` the body, with a placeholder for each span.
    fn write(&mut self, text: &str, spans: Vec<Span>, counts: &mut Counts) {
        if !self.literals.is_empty() {
            self.literals = literals::after_write(&self.literals, &spans);
        }
        self.body = write(text, spans, counts);
    }

    /// The text as it would leave: cut between words, with a note of how much was cut.
    fn cut(&mut self) -> String {
        if self.lost == 0 && self.body.len() <= self.most {
            return self.body.clone();
        }
        let room = self.most.saturating_sub(MARKER);
        if self.body.len() > room {
            let short = head(&self.body, room);
            // A placeholder or a word is kept whole or not at all, when the word is not endless.
            let brim = short.len().saturating_sub(64);
            let whole = short.rfind(|c: char| c.is_whitespace() || c == '[').filter(|at| *at >= brim);
            let len = whole.unwrap_or(short.len());
            self.lost = self.lost.saturating_add(self.body.len() - len);
            self.body.truncate(len);
        }
        self.body.truncate(self.body.trim_end().len());
        literals::clip(&mut self.literals, self.body.len());
        format!("{} {}", self.body, placeholder::cut(self.lost, "bytes"))
    }
}

/// Sorts spans, moves them to the edges of characters and makes one of those that overlap.
fn settle(text: &str, found: &mut Vec<Span>) {
    for span in found.iter_mut() {
        span.end = span.end.min(text.len());
        while !text.is_char_boundary(span.end) {
            span.end += 1;
        }
        span.start = span.start.min(span.end);
        while !text.is_char_boundary(span.start) {
            span.start -= 1;
        }
    }
    // The longest of those that start at the same place first: it names the whole.
    found.sort_unstable_by(|a, b| (a.start, b.end, a.kind).cmp(&(b.start, a.end, b.kind)));
    found.dedup_by(|next, last| {
        let overlap = next.start < last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
}

/// The text with a placeholder for each span. Spans beyond its end are left out.
fn write(text: &str, found: Vec<Span>, counts: &mut Counts) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in found {
        if span.start >= text.len() {
            break;
        }
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.push_str(span.kind.placeholder());
        counts.add(span.kind);
        at = span.end.min(text.len());
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests;
