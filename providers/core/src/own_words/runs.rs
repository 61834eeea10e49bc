//! The ranges of a text that are the program's own, and the rule that keeps each.

use std::ops::Range;

/// The reason why a range of a text may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// A part of a literal: whole words of the program, and enough of them.
    Part,
    /// The system's error texts, and HTTP's reason phrases.
    Public,
    /// A whole literal of the program.
    Literal,
    /// Another piece of the format string of a kept literal.
    Template,
    /// Words that the program declared, and names of this report.
    Declared,
    /// A number after a label of the program's own, or before a unit.
    Number,
    /// The kind of the value that a parser found.
    Kind,
    /// A name that is a literal of its own in the program, in a place where names occur.
    Name,
    /// A few marks between two runs.
    Sign,
    /// A placeholder that was in the text already.
    Placeholder,
}

impl Rule {
    /// The reason in words, for people.
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
    /// The byte after the last one.
    pub end: usize,
    /// The reason.
    pub rule: Rule,
}

/// The runs of one text, in order and without overlaps. Without runs, nothing of the text stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs(Vec<Run>);

impl Runs {
    /// Joins the rules of single bytes to ranges.
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

    /// The runs, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Run> {
        self.0.iter()
    }

    /// The ranges that stay even if they look suspicious: all runs except placeholders, adjacent ones joined. Data that
    /// has a form of its own (a URL, a token with a published format) is removed even from these ranges.
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

    /// The number of bytes that stay.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.iter().map(|run| run.end - run.start).sum()
    }
}

impl FromIterator<Run> for Runs {
    /// Sorts the runs. If two overlap, the one that begins first keeps its bytes.
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
