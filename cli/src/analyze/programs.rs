//! The programs whose reports and spans were read.

use crawl4ai_telemetry::printable::line;

use super::program::{Bounds, Program};
use super::record::{Record, SpanRecord};
use super::slots::{PROGRAMS, Slots, shortened};
use super::spans::Spans;
use crate::exit::Failure;
use crate::view::words::grouped;

#[derive(Default)]
pub(super) struct Programs {
    /// The program that was asked for. Only its records are counted in full.
    wanted: Option<String>,
    reports: Slots<Program>,
    spans: Slots<Spans>,
    /// Reports of other programs than the wanted one.
    unwanted: u64,
    unwanted_spans: u64,
}

/// The program that is told about.
pub(super) struct Chosen {
    pub(super) name: String,
    pub(super) program: Program,
    pub(super) spans: Spans,
}

impl Programs {
    pub(super) fn new(wanted: Option<String>) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Whether a report is of the program that was asked for. If it is not, it is only counted.
    pub(super) fn is_wanted(&mut self, record: &Record<'_>) -> bool {
        let is_wanted = self.is_of_wanted(&record.program);
        self.unwanted += u64::from(!is_wanted);
        is_wanted
    }

    fn is_of_wanted(&self, program: &str) -> bool {
        self.wanted.as_deref().is_none_or(|wanted| wanted == shortened(program))
    }

    pub(super) fn add(&mut self, record: &Record<'_>, bounds: Bounds) {
        if let Some(program) = self.reports.slot(&record.program, || Program::new(bounds)) {
            program.add(record, bounds);
        }
    }

    pub(super) fn add_span(&mut self, span: &SpanRecord<'_>, bounds: Bounds) {
        let program = span.program.as_deref().unwrap_or_default();
        if !self.is_of_wanted(program) {
            self.unwanted_spans += 1;
        } else if let Some(spans) = self.spans.slot(program, || Spans::new(bounds)) {
            spans.add(span, bounds.today);
        }
    }

    /// Takes the program with the most reports; if there is no report, that with the most spans. `None` if there is
    /// neither.
    ///
    /// # Errors
    /// When it may be one of those that were not counted in full.
    pub(super) fn take_largest(&mut self, bounds: Bounds) -> Result<Option<Chosen>, Failure> {
        let of_reports = self.reports.iter().max_by_key(|(_, program)| program.reports);
        let of_spans = self.spans.iter().max_by_key(|(_, spans)| spans.count);
        let (name, count, of_further, what) = match (of_reports, of_spans) {
            (Some((name, program)), _) => (name, program.reports, self.reports.most_of_further(), "reports"),
            (None, Some((name, spans))) => (name, spans.count, self.spans.most_of_further(), "spans"),
            (None, None) => return Ok(None),
        };
        if of_further > count {
            return Err(Failure::Refused(format!(
                "a later one of more than {PROGRAMS} programs may have the most {what}; name one with --program"
            )));
        }
        let name = name.to_owned();
        let program = self.reports.take(&name).unwrap_or_else(|| Program::new(bounds));
        let spans = self.spans.take(&name).unwrap_or_else(|| Spans::new(bounds));
        Ok(Some(Chosen { name, program, spans }))
    }

    /// The number of reports of programs that were not taken.
    pub(super) fn of_others(&self) -> u64 {
        self.reports.iter().map(|(_, program)| program.reports).sum::<u64>()
            + self.reports.of_further()
            + self.unwanted
    }

    /// The number of spans of programs that were not taken.
    pub(super) fn spans_of_others(&self) -> u64 {
        self.spans.iter().map(|(_, spans)| spans.count).sum::<u64>()
            + self.spans.of_further()
            + self.unwanted_spans
    }

    /// Says how many reports and spans are of programs that were not taken.
    pub(super) fn left_out(&self) -> Vec<String> {
        let spans = self.spans.iter().map(|(name, spans)| (name, spans.count));
        let spans = said("Spans", spans, self.spans.of_further() + self.unwanted_spans);
        self.reports_left_out().into_iter().chain(spans).collect()
    }

    /// Says how many reports are of programs that were not taken.
    pub(super) fn reports_left_out(&self) -> Option<String> {
        let reports = self.reports.iter().map(|(name, program)| (name, program.reports));
        said("Reports", reports, self.reports.of_further() + self.unwanted)
    }

    /// Says that spans of this program may have been counted only, because those of too many others came first.
    pub(super) fn spans_not_counted(&self, name: &str) -> Option<String> {
        self.spans.may_have_further(name).then(|| {
            format!("spans of more than {PROGRAMS} programs; `--program NAME` counts all of {}", line(name))
        })
    }
}

fn said<'a>(what: &str, others: impl Iterator<Item = (&'a str, u64)>, further: u64) -> Option<String> {
    let others = others.map(|(name, count)| format!("{} of {}", grouped(count), line(name)));
    let further = (further > 0).then(|| format!("{} of others", grouped(further)));
    let said: Vec<String> = others.chain(further).collect();
    (!said.is_empty()).then(|| {
        format!("{what} of other programs are left out; `--program NAME` shows them: {}", said.join(", "))
    })
}
