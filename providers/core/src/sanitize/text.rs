//! The cleaning of free text.
//!
//! All finds are made in the text as it came, or in decoded views of it, and are written at once. If rules worked on
//! each other's output, they would rewrite each other's placeholders. The result is searched again until a search finds
//! nothing, so that cleaning twice gives the same text as cleaning once.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::detect::{Evidence, Finding, Scan, Span, Views, placeholder};
use super::draft::{Draft, Found, head};
use super::layers::{Layer, LayerSearch};
use super::{Counts, Redaction, Sanitizer, Text, changed, decode, literals, repeated};

/// Most searches of a text. A text that still changes after them is dropped. Only a detector of the program that
/// answers differently each time can cause that.
const ROUNDS: usize = 8;

/// Length of the part of a long text that is searched, in multiples of the length that is kept. It is longer because
/// redactions shorten the text, so that more of it fits.
const WINDOW: usize = 8;

/// Number of bytes at the end of the searched part that never leave, because they may be half of a secret.
const MARGIN: usize = 1024;

/// The text could not be checked.
pub(super) struct Unchecked;

impl Sanitizer {
    /// Cleans a text without a limit to its length.
    #[must_use]
    pub fn text(&self, raw: &str) -> Text {
        self.scrub(raw, usize::MAX, &mut Counts::default())
    }

    /// Cleans a text some of whose ranges the program itself wrote: literals, pieces of format strings.
    ///
    /// Data with a form of its own (a URL, an address, a card's number) is removed everywhere. Data that only looks
    /// suspicious, because of a key word or its entropy, is removed only outside of `literals`.
    ///
    /// `literals` are ranges of bytes of `raw`, sorted and without overlaps. The second result is what remains of them
    /// in the clean text.
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

    /// The first finds of [`text`](Self::text) in `raw`: their kinds and places, in order and without overlaps. A text
    /// that cannot be checked is a single find.
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
        self.search(raw, &[], None).map_or_else(|Unchecked| vec![whole], |found| found.spans)
    }

    /// The finds in the first part of a text. The part is long enough for everything that could matter if `most` bytes
    /// are kept.
    pub(super) fn search_window(
        &self,
        raw: &str,
        literals: &[Range<usize>],
        most: usize,
    ) -> Result<Vec<Span>, Unchecked> {
        let window = most.saturating_mul(WINDOW).saturating_add(2 * MARGIN);
        let seen = head(raw, window);
        let mut literals = literals.to_vec();
        literals::clip(&mut literals, seen.len());
        let mut found = self.search(seen, &literals, None)?.spans;
        if seen.len() < raw.len() {
            found.push(Span { start: seen.len(), end: raw.len(), kind: Redaction::Unscrubbed });
        }
        Ok(found)
    }

    /// Cleans a text and cuts it to `most` bytes, with a mark where it was cut.
    pub(super) fn scrub(&self, raw: &str, most: usize, counts: &mut Counts) -> Text {
        self.scrub_around(raw, &[], most, counts).0
    }

    /// Like [`scrub`](Self::scrub), for a text in which the program wrote the ranges `literals`. Also returns what
    /// remains of these ranges in the clean text.
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
        match self.search(seen, literals, None) {
            Ok(found) if found.spans.is_empty() && raw.len() <= most => {
                (Text::cleaned(raw), literals.to_vec())
            }
            Ok(found) => self
                .rewrite(raw, seen, found, literals, most, counts)
                .unwrap_or_else(|Unchecked| (unscrubbed(counts), Vec::new())),
            Err(Unchecked) => (unscrubbed(counts), Vec::new()),
        }
    }

    /// Replaces finds by placeholders until a search finds nothing more.
    fn rewrite(
        &self,
        raw: &str,
        seen: &str,
        found: Found,
        literals: &[Range<usize>],
        most: usize,
        counts: &mut Counts,
    ) -> Result<(Text, Vec<Range<usize>>), Unchecked> {
        let kept = if seen.len() < raw.len() { head(seen, seen.len().saturating_sub(MARGIN)) } else { seen };
        let mut literals = literals.to_vec();
        literals::clip(&mut literals, kept.len());
        let mut out = Draft { body: String::new(), literals, lost: raw.len() - kept.len(), most };
        let mut touched = out.write(kept, found, counts);
        for _ in 0..ROUNDS {
            let (text, len) = out.cut();
            if let Some(touched) = &mut touched {
                changed::add_end(touched, &text, len);
            }
            let found = self.search(&text, &out.literals, touched.as_deref())?;
            if found.spans.is_empty() {
                return Ok((Text::cleaned(text), out.literals));
            }
            let body = head(&text, len);
            touched = out.write(body, found, counts);
        }
        Err(Unchecked)
    }

    /// Finds everything in `text` that must not leave, in order and without overlaps. With `only`, it searches just
    /// these ranges, because the rest was searched before and nothing was found.
    fn search(
        &self,
        text: &str,
        literals: &[Range<usize>],
        only: Option<&[Range<usize>]>,
    ) -> Result<Found, Unchecked> {
        let bytes = text.as_bytes();
        let has_literals = !literals.is_empty();
        let mut found = Vec::new();
        let mut only = only;
        let mut views = match only {
            None => self.scan(bytes, has_literals, &mut found)?,
            Some(ranges) => self.scan_ranges(bytes, ranges, false, has_literals, &mut found)?,
        };
        if only.is_some() && !views.are_lines() {
            // The text beside a placeholder may have become an escape, so the whole text is searched.
            only = None;
            found.clear();
            views = self.scan(bytes, has_literals, &mut found)?;
        }
        self.find_registered(bytes, only, &mut found)?;
        if !views.is_empty() {
            self.search_views(text, views, only, has_literals, &mut found)?;
        }
        if found.is_empty() {
            return Ok(Found { spans: Vec::new(), is_local: true });
        }
        repeated::add(bytes, &mut found);
        let mut spans = literals::around(bytes, found, literals);
        spans.retain(|span| !placeholder::covers(bytes, span));
        settle(text, &mut spans);
        let is_local = views.are_lines() && spans.iter().all(|span| changed::is_local(bytes, span));
        Ok(Found { spans, is_local })
    }

    /// Runs the built-in detectors in one pass. If one of them panics, the string is unchecked and will be dropped.
    pub(super) fn scan(
        &self,
        bytes: &[u8],
        has_literals: bool,
        found: &mut Vec<Finding>,
    ) -> Result<Views, Unchecked> {
        catch_unwind(AssertUnwindSafe(|| Scan::of(bytes, &self.rules.keys, has_literals, found)))
            .map_err(|_| Unchecked)
    }

    /// Searches the joined lines of a text, and its decoded views.
    fn search_views(
        &self,
        text: &str,
        views: Views,
        only: Option<&[Range<usize>]>,
        has_literals: bool,
        found: &mut Vec<Finding>,
    ) -> Result<(), Unchecked> {
        // Places in a view are 32 bits wide.
        if u32::try_from(text.len()).is_err() {
            return Err(Unchecked);
        }
        let bytes = text.as_bytes();
        let mut search = LayerSearch::new(self, text, has_literals, found);
        if views.joined {
            let in_text = search.found().to_vec();
            search.joined(bytes, &in_text, only, None)?;
        }
        if views.encoded || views.wide {
            let view = decode::decoded(bytes, false);
            search.layer(&Layer::of_text(&view), 1, views.escaped)?;
        }
        if views.escaped {
            let view = decode::decoded(bytes, true);
            search.layer(&Layer::of_text(&view), 1, false)?;
        }
        Ok(())
    }

    /// Like [`scan`](Self::scan), for anchors within `ranges`, which are in order and do not overlap.
    pub(super) fn scan_ranges(
        &self,
        bytes: &[u8],
        ranges: &[Range<usize>],
        is_joined: bool,
        has_literals: bool,
        found: &mut Vec<Finding>,
    ) -> Result<Views, Unchecked> {
        let scan = || Scan::of_ranges(bytes, ranges, is_joined, &self.rules.keys, has_literals, found);
        catch_unwind(AssertUnwindSafe(scan)).map_err(|_| Unchecked)
    }

    /// Appends known values and, if `bytes` are UTF-8, the finds of the program's own detectors.
    pub(super) fn find_registered(
        &self,
        bytes: &[u8],
        only: Option<&[Range<usize>]>,
        found: &mut Vec<Finding>,
    ) -> Result<(), Unchecked> {
        self.find_known(bytes, only, found)?;
        if self.rules.detectors.is_empty() {
            return Ok(());
        }
        std::str::from_utf8(bytes).map_or(Ok(()), |text| self.ask_own(text, found))
    }

    /// Calls the program's own detectors. If one panics or returns a span outside of the text, the text is unchecked.
    fn ask_own(&self, text: &str, found: &mut Vec<Finding>) -> Result<(), Unchecked> {
        let mut own = Vec::new();
        for detector in &self.rules.detectors {
            catch_unwind(AssertUnwindSafe(|| detector.find(text, &mut own))).map_err(|_| Unchecked)?;
            if own.iter().any(|span| text.get(span.start..span.end).is_none()) {
                return Err(Unchecked);
            }
            let spans = own.drain(..).filter(|span| span.start < span.end);
            // A find of a detector of the program's own always counts, even inside of a literal.
            found.extend(spans.map(|span| Finding::new(span, Evidence::Form)));
        }
        Ok(())
    }
}

pub(super) fn unscrubbed(counts: &mut Counts) -> Text {
    counts.add(Redaction::Unscrubbed);
    Text::cleaned(Redaction::Unscrubbed.placeholder())
}

/// Sorts spans, moves them to the edges of characters and merges those that overlap.
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
    // Of spans that start at the same place, the longest comes first, because its kind is right for the whole.
    found.sort_unstable_by(|a, b| (a.start, b.end, a.kind).cmp(&(b.start, a.end, b.kind)));
    found.dedup_by(|next, last| {
        let overlap = next.start < last.end;
        if overlap {
            last.end = last.end.max(next.end);
        }
        overlap
    });
}

#[cfg(test)]
mod tests;
