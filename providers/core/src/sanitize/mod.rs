//! The only way from raw events to reports that may leave.
//!
//! Structured data is allow-listed, free text is searched, and both are bounded. One function cleans an event of this
//! process and a file of the spool alike, so that a file on disk is trusted no more than the error message it came
//! from.

mod changed;
mod clean;
mod context;
mod decode;
mod detect;
mod draft;
pub(crate) mod frames;
mod key_class;
mod known;
mod layers;
pub mod limits;
mod literals;
mod program_words;
mod protected;
mod redaction;
mod repeated;
mod report;
mod text;
mod usage;

use std::ops::Range;
use std::sync::Arc;

pub use clean::Text;
pub(crate) use detect::placeholder::is_placeholder;
pub use detect::{Detector, Pattern, PatternError, Span};
pub use known::Known;
pub use program_words::ProgramWords;
pub use redaction::{Counts, Redaction};
pub use report::RestoreError;
#[doc(hidden)]
pub use report::{FrameNames, FramePlace};

use crate::own_words::Unreadable;
use detect::Finding;
use key_class::KeyClassifier;
use known::KnownSet;
use program_words::{ReadWords, WordsSlot};
use protected::{Incomplete, Protected};
use text::Unchecked;

/// Cleans texts, contexts, whole events, and reports that are read from a disk.
///
/// A sanitizer is cheap to clone. Clones share the values that [`protect`](Self::protect) registers.
///
/// ```
/// use crawl4ai_telemetry_core::Sanitizer;
///
/// let sanitizer = Sanitizer::new();
/// let clean = sanitizer.text("cannot fetch https://example.com/?token=abc for ada@example.com");
/// assert_eq!(&*clean, "cannot fetch [url] for [email]");
/// ```
#[derive(Clone)]
pub struct Sanitizer {
    rules: Arc<SanitizerRules>,
}

/// The rules of a sanitizer. They are made once and read by every call.
struct SanitizerRules {
    keys: KeyClassifier,
    /// Known values from when the sanitizer was built.
    known: KnownSet,
    /// Known values that were registered later.
    protected: Protected,
    detectors: Vec<Arc<dyn Detector>>,
    words: WordsSlot,
    /// Words that the program declared to hold nothing personal.
    safe_values: Vec<String>,
}

impl Default for Sanitizer {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Sanitizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sanitizer")
            .field("own_detectors", &self.rules.detectors.len())
            .finish_non_exhaustive()
    }
}

impl Sanitizer {
    /// A sanitizer with the built-in rules and no known values.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A builder, which adds rules and values of the program's own to the built-in ones.
    pub fn builder() -> SanitizerBuilder {
        SanitizerBuilder::default()
    }

    /// Registers a value that must never leave. It is matched exactly, before any pattern.
    ///
    /// Values shorter than [`Known::SHORTEST`] bytes are ignored, because they would match everywhere. After
    /// [`Known::MOST`] different values no text leaves any more, because the next value could not be kept out of a
    /// text.
    pub fn protect(&self, value: &str) {
        self.rules.protected.add(value);
    }

    /// In a view of joined lines, appends the known values that cross a line break, and the finds of the program's own
    /// detectors.
    ///
    /// # Errors
    /// Those of [`find_known`](Self::find_known).
    fn find_over_breaks(
        &self,
        view: &[u8],
        breaks: &[usize],
        found: &mut Vec<Finding>,
    ) -> Result<(), Unchecked> {
        let mut reach = self.rules.known.longest();
        if let Some(protected) = self.rules.protected.read().map_err(|Incomplete| Unchecked)? {
            reach = reach.max(protected.longest());
        }
        if reach == 0 {
            return self.find_registered(view, Some(&[]), found);
        }
        let mut windows: Vec<Range<usize>> = Vec::with_capacity(breaks.len());
        for at in breaks {
            let window = at.saturating_sub(reach)..at.saturating_add(reach).min(view.len());
            match windows.last_mut() {
                Some(last) if window.start <= last.end => last.end = window.end,
                _ => windows.push(window),
            }
        }
        self.find_registered(view, Some(&windows), found)
    }

    /// Appends every known value. With `only`, it searches just these ranges, because the rest was searched before. No
    /// code of the program runs while the lock is held.
    ///
    /// # Errors
    /// When the program registered more values than can be kept, or when the values cannot be read.
    fn find_known(
        &self,
        text: &[u8],
        only: Option<&[Range<usize>]>,
        found: &mut Vec<Finding>,
    ) -> Result<(), Unchecked> {
        find_in(&self.rules.known, text, only, found);
        let mut is_whole = self.rules.known.is_whole();
        if let Some(protected) = self.rules.protected.read().map_err(|Incomplete| Unchecked)? {
            find_in(&protected, text, only, found);
            is_whole &= protected.is_whole();
        }
        if is_whole { Ok(()) } else { Err(Unchecked) }
    }
}

/// Appends the values of a set that occur in `only`, or in the whole text if `only` is `None`.
fn find_in(set: &KnownSet, text: &[u8], only: Option<&[Range<usize>]>, found: &mut Vec<Finding>) {
    // If a value is longer than the reach, it may cross a range's edge, so the whole text is searched.
    let Some(ranges) = only.filter(|_| set.longest() < changed::REACH) else { return set.find(text, found) };
    for range in ranges {
        set.find_within(text, range, found);
    }
}

/// Collects the rules of a [`Sanitizer`]. Rules can be added; the built-in ones cannot be removed.
///
/// ```
/// use crawl4ai_telemetry_core::{Privacy, Sanitizer, context};
///
/// let sanitizer = Sanitizer::builder().sensitive_key("ticket").safe_key("planet").build();
/// let raw = context! { "ticket_id" => "4711", "planet" => "Mars" };
/// let cleaned = sanitizer.context(raw, Privacy::Strict);
/// assert_eq!(serde_json::to_string(&cleaned)?, r#"{"ticket_id":"[redacted]","planet":"Mars"}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `build()`"]
pub struct SanitizerBuilder {
    keys: KeyClassifier,
    known: Known,
    detectors: Vec<Arc<dyn Detector>>,
    read_words: Option<ReadWords>,
    safe_values: Vec<String>,
}

impl std::fmt::Debug for SanitizerBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SanitizerBuilder")
            .field("own_detectors", &self.detectors.len())
            .finish_non_exhaustive()
    }
}

impl SanitizerBuilder {
    /// Sets the known values of this machine and of the program.
    pub fn known(mut self, known: Known) -> Self {
        self.known = known;
        self
    }

    /// Adds a word that makes a key sensitive: its value becomes `[redacted]`.
    pub fn sensitive_key(mut self, word: impl Into<String>) -> Self {
        self.keys.add_sensitive(word.into());
        self
    }

    /// Adds a whole key whose values hold nothing personal. Strings under it may leave at the strict level, and it is
    /// never a content key. The value is still searched.
    pub fn safe_key(mut self, key: impl Into<String>) -> Self {
        self.keys.add_safe(key.into());
        self
    }

    /// Adds a word that holds nothing personal: the name of a model or of a mode. It stays wherever it occurs whole.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::Sanitizer;
    ///
    /// let builder = Sanitizer::builder().safe_value("gpt-4o");
    /// # drop(builder);
    /// ```
    pub fn safe_value(mut self, value: impl Into<String>) -> Self {
        self.safe_values.push(value.into());
        self
    }

    /// Sets the function that reads the program's own words, for [`Privacy::OwnWords`](crate::Privacy::OwnWords) and
    /// for fingerprints. It is called once, for the first report, on the thread that makes the report. If it is not
    /// set, texts are left out at that level.
    pub fn program_words(
        mut self,
        read: impl Fn() -> Result<ProgramWords, Unreadable> + Send + Sync + 'static,
    ) -> Self {
        self.read_words = Some(Arc::new(read));
        self
    }

    /// Adds a detector of the program's own.
    pub fn detector(mut self, detector: impl Detector + 'static) -> Self {
        self.detectors.push(Arc::new(detector));
        self
    }

    /// Makes the sanitizer.
    #[must_use]
    pub fn build(self) -> Sanitizer {
        let rules = SanitizerRules {
            keys: self.keys,
            known: KnownSet::new(self.known),
            protected: Protected::new(),
            detectors: self.detectors,
            words: WordsSlot::new(self.read_words),
            safe_values: self.safe_values,
        };
        Sanitizer { rules: Arc::new(rules) }
    }
}
