//! The ranges of a text that are the program's own, and which rule says so.

use std::ops::Range;

/// Why a range of a text may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// A part of the program's words, to whole words and long enough.
    Part,
    /// The system's error texts, and HTTP's reason phrases.
    Public,
    /// A literal of the program, whole.
    Literal,
    /// A piece of the same format string as a literal that counts.
    Template,
    /// What the program declared, and names of this very report.
    Declared,
    /// A number behind a label of the program's own, or before a unit.
    Number,
    /// The kind of a value that a parser met.
    Kind,
    /// A name that stands in the program as a literal of its own, in a place where names stand.
    Name,
    /// A few marks between two runs.
    Sign,
    /// A placeholder, which stood in the text already.
    Placeholder,
}

impl Rule {
    /// What it is, for people.
    ///
    /// ```
    /// use crawl4ai_telemetry_core::own_words::Rule;
    ///
    /// assert_eq!(Rule::Literal.reason(), "a literal of the program");
    /// ```
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Part => "a part of the program's words",
            Self::Public => "a text of the system or of HTTP",
            Self::Literal => "a literal of the program",
            Self::Template => "of the same format string",
            Self::Declared => "declared, or a name of this report",
            Self::Number => "a number that a label or a unit explains",
            Self::Kind => "the kind of a value",
            Self::Name => "a name that the program has",
            Self::Sign => "marks between words",
            Self::Placeholder => "a placeholder",
        }
    }
}

/// A range of bytes of a text that may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// Why.
    pub rule: Rule,
}

/// The runs of one text, in order and without overlaps. Without any, nothing of the text stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs(Vec<Run>);

impl Runs {
    /// The rule of each byte, made into ranges.
    pub(super) fn of(kept: &[Option<Rule>]) -> Self {
        let mut runs: Vec<Run> = Vec::new();
        for (i, rule) in kept.iter().enumerate() {
            let Some(rule) = *rule else { continue };
            match runs.last_mut().filter(|last| last.end == i && last.rule == rule) {
                Some(last) => last.end = i + 1,
                None => runs.push(Run { start: i, end: i + 1, rule }),
            }
        }
        Self(runs)
    }

    /// Each of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Run> {
        self.0.iter()
    }

    /// What no rule may touch that goes by looks only: everything that stands in the words, neighbours made one. What has
    /// a form of its own (a URL, a token with a published format) goes even from in here.
    pub fn protected(&self) -> Vec<Range<usize>> {
        let mut out: Vec<Range<usize>> = Vec::new();
        for run in self.0.iter().filter(|run| run.rule != Rule::Placeholder) {
            match out.last_mut().filter(|last| last.end == run.start) {
                Some(last) => last.end = run.end,
                None => out.push(run.start..run.end),
            }
        }
        out
    }

    /// Does nothing of the text stay?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bytes stay.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|run| run.end - run.start).sum()
    }
}

impl FromIterator<Run> for Runs {
    /// Sorts them. Of two that overlap, the one that begins first keeps its bytes.
    fn from_iter<I: IntoIterator<Item = Run>>(runs: I) -> Self {
        let mut all: Vec<Run> = runs.into_iter().collect();
        all.sort_by_key(|run| (run.start, run.end));
        let mut end = 0;
        for run in &mut all {
            run.start = run.start.max(end);
            end = end.max(run.end);
        }
        all.retain(|run| run.start < run.end);
        Self(all)
    }
}

impl<'a> IntoIterator for &'a Runs {
    type Item = &'a Run;
    type IntoIter = std::slice::Iter<'a, Run>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
