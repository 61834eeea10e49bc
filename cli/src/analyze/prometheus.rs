//! Writes counts in Prometheus' text format (<https://prometheus.io/docs/instrumenting/exposition_formats/>). They are
//! gauges, because a file of reports drops its oldest ones, so that counts may decrease.

use std::fmt::{Display, Write as _};

use super::findings::Findings;
use super::names::OTHERS;
use super::program::{DIMENSIONS, VERSION};
use super::programs::Chosen;
use super::runs::Runs;
use super::spans::{self, Spans};

/// The most bugs that get a series for each of their versions, because series cost memory in Prometheus.
const BUGS: usize = 100;

pub(super) fn metrics(chosen: &Chosen, findings: &Findings) -> String {
    let Chosen { name, program, spans } = chosen;
    let mut out = Metrics { text: String::new(), program: escaped(name) };
    out.family("crash_reports", "Crash reports.");
    out.sample("crash_reports", &[], program.reports);
    out.family("crash_reports_fatal", "Crash reports of what ended the program.");
    out.sample("crash_reports_fatal", &[], program.fatal);
    out.family("crash_bugs", "Bugs, told apart by their fingerprints.");
    out.sample("crash_bugs", &[], program.bugs.len() as u64);
    for ((dimension, names), totals) in DIMENSIONS.iter().zip(&program.names).zip(&program.totals) {
        let metric = format!("crash_reports_by_{dimension}");
        out.family(&metric, &format!("Crash reports, by {dimension}."));
        for (value, count) in totals.iter().filter(|(value, _)| *value != OTHERS) {
            out.sample(&metric, &[(dimension, names.text(value))], count);
        }
        out.further(&metric, &[], totals.of(OTHERS) + program.of_further_bugs);
    }
    out.family("crash_bug_reports", "Crash reports of the most frequent bugs, by version.");
    let mut rest = program.reports;
    for (fingerprint, bug) in program.ranked().into_iter().take(BUGS) {
        rest = rest.saturating_sub(bug.count);
        let fingerprint = format!("{fingerprint:016x}");
        let (counts, names) = (bug.counts.get(VERSION), program.names.get(VERSION));
        for (value, count) in counts.into_iter().flat_map(|counts| counts.iter()) {
            let of_bug = [("fingerprint", &*fingerprint), ("title", &*bug.title)];
            let version = names.map_or("", |names| names.text(value));
            match value {
                OTHERS => out.further("crash_bug_reports", &of_bug, count),
                _ => out.sample("crash_bug_reports", &[&of_bug[..], &[("version", version)]].concat(), count),
            }
        }
    }
    out.further("crash_bug_reports", &[], rest);
    out.family("crash_reports_lost", "Crash reports lost before they were sent, as later reports say.");
    for (reason, count) in &program.lost {
        out.sample("crash_reports_lost", &[("reason", reason)], *count);
    }
    if let Some(runs) = &findings.runs {
        write_runs(spans, runs, &mut out);
    }
    spans::prometheus::write(spans, &mut out);
    out.text
}

fn write_runs(spans: &Spans, runs: &Runs, out: &mut Metrics) {
    let versions = || runs.versions.iter().map(|of| (of, [("version", spans.versions.text(of.version))]));
    out.family("program_starts", "Starts of the program, by those who consented to usage figures.");
    for (of, version) in versions() {
        out.sample("program_starts", &version, of.starts);
    }
    out.further("program_starts", &[], runs.of_further_versions);
    out.family("program_starts_fatal", "Fatal crash reports of the days of which starts are known.");
    for (of, version) in versions() {
        if let Some(fatal) = of.fatal {
            out.sample("program_starts_fatal", &version, fatal);
        }
    }
    out.family("program_crash_free_ratio", "The estimated share of starts that did not end with a crash.");
    for (of, version) in versions() {
        if let Some(share) = of.crash_free() {
            out.sample("program_crash_free_ratio", &version, share);
        }
    }
}

pub(super) struct Metrics {
    text: String,
    program: String,
}

impl Metrics {
    pub(super) fn family(&mut self, name: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
    }

    /// A sample with the records that have no sample of their own, so that the sum is that of all records. It has a label
    /// that no other sample has, because every text may be the name of a version or an operation.
    pub(super) fn further(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        if value > 0 {
            self.sample(name, &[labels, &[("further", "true")]].concat(), value);
        }
    }

    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let _ = write!(self.text, "{name}{{program=\"{}\"", self.program);
        for (label, value) in labels {
            let _ = write!(self.text, ",{label}=\"{}\"", escaped(value));
        }
        let _ = writeln!(self.text, "}} {value}");
    }
}

/// Escapes the value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
