//! The findings as JSON, for other programs; keys are stable.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::dates::date;
use super::exact::{FALSE_ALARMS, Tested};
use super::findings::Findings;
use super::names::{Name, OTHERS};
use super::program::{Bug, DIMENSIONS, Day, Program, VERSION};
use super::programs::{Chosen, Programs};
use super::read::Tally;
use super::runs::Runs;
use super::spans::{self, Spans};
use super::text::versions;

/// `others` are the programs that are not shown.
pub(super) fn value(chosen: &Chosen, findings: &Findings, tally: &Tally, others: &Programs) -> Value {
    let Chosen { name, program, spans } = chosen;
    let bugs =
        program.ranked().into_iter().map(|(fingerprint, bug)| bug_value(program, findings, fingerprint, bug));
    let text =
        |dimension: usize, name: Name| program.names.get(dimension).map_or("", |names| names.text(name));
    let changes = findings.changes.iter().map(|change| {
        let what = &change.what;
        with_p(change, json!({
            "kind": what.kind.name(), "fingerprint": hex(what.bug), "version": text(VERSION, what.version),
            "count": what.count, "reports_without": what.without,
        }))
    });
    let rises = findings.rises.iter().map(|rise| {
        let what = &rise.what;
        with_p(rise, json!({
            "what": what.what.name(), "fingerprint": what.what.bug().map(hex), "day": date(what.day),
            "count": what.count, "week_before": what.before,
            "weekdays_before": what.weekdays.map(|(sum, _)| sum), "weeks": what.weekdays.map(|(_, weeks)| weeks),
            "starts": what.starts.map(|(now, _)| now), "starts_week_before": what.starts.map(|(_, before)| before),
        }))
    });
    let shares = findings.shares.iter().map(|share| {
        let what = &share.what;
        with_p(
            share,
            json!({
                "fingerprint": hex(what.bug), "dimension": DIMENSIONS.get(what.dimension),
                "value": text(what.dimension, what.value), "count": what.count, "of": what.of,
                "elsewhere": what.elsewhere, "of_others": what.of_others,
            }),
        )
    });
    json!({
        "program": name,
        "reports": program.reports,
        "fatal": program.fatal,
        "first_day": program.days.keys().next().copied().map(date),
        "last_day": program.days.keys().next_back().copied().map(date),
        "compared_from": findings.range.map(|range| date(range.first)),
        "days": days(&program.days),
        "versions": findings.order.iter().map(|version| text(VERSION, version)).collect::<Vec<_>>(),
        "bugs": bugs.collect::<Vec<_>>(),
        "reports_of_further_bugs": program.of_further_bugs,
        "changes": changes.collect::<Vec<_>>(),
        "rises": rises.collect::<Vec<_>>(),
        "over_represented": shares.collect::<Vec<_>>(),
        "false_alarms": FALSE_ALARMS,
        "lost": program.lost,
        "runs": findings.runs.as_ref().map(|runs| runs_value(spans, runs)),
        "spans": spans::json::value(spans),
        "span_changes": findings.spans.iter().map(|change| {
            with_p(change, spans::json::change(spans, &change.what))
        }).collect::<Vec<_>>(),
        "left_out": {
            "torn": tally.torn, "too_long": tally.too_long, "no_reports": tally.others, "doubles": tally.doubles,
            "ids_forgotten": tally.ids_forgotten,
            "before_days": findings.range.map_or(0, |range| range.before),
            "in_future": program.in_future, "too_old": program.too_old, "undated": program.undated,
            "reports_of_other_programs": others.of_others(),
            "reports_of_further_names": of_further_names(program),
            "span_doubles": tally.span_doubles, "spans_of_other_programs": others.spans_of_others(),
            "spans": spans::json::left_out(spans),
        },
    })
}

/// Starts and crashes by version, within the days of which starts are known.
fn runs_value(spans: &Spans, runs: &Runs) -> Value {
    let versions = runs.versions.iter().map(|of| {
        json!({
            "version": spans.versions.text(of.version), "starts": of.starts, "fatal": of.fatal,
            "crash_free": of.crash_free(),
        })
    });
    json!({
        "first_day": date(*runs.days.start()), "last_day": date(*runs.days.end()),
        "versions": versions.collect::<Vec<_>>(),
        "starts_of_further_versions": runs.of_further_versions, "starts_before_days": runs.before,
        "days": runs.by_day().map(|(day, starts, fatal)| json!([date(day), starts, fatal])).collect::<Vec<_>>(),
    })
}

/// Reports whose names are beyond the bound, by dimension.
fn of_further_names(program: &Program) -> Value {
    let totals = DIMENSIONS.iter().zip(&program.totals);
    totals.map(|(dimension, totals)| ((*dimension).to_owned(), Value::from(totals.of(OTHERS)))).collect()
}

fn bug_value(program: &Program, findings: &Findings, fingerprint: u64, bug: &Bug) -> Value {
    let (first, last) = versions(program, findings, bug).unzip();
    json!({
        "fingerprint": hex(fingerprint),
        "title": bug.title,
        "count": bug.count,
        "fatal": bug.fatal,
        "first_version": first,
        "last_version": last,
        "first_day": bug.days.keys().next().copied().map(date),
        "last_day": bug.days.keys().next_back().copied().map(date),
        "days": days(&bug.days),
    })
}

/// Days that have reports, and how many.
fn days(days: &BTreeMap<Day, u64>) -> Value {
    days.iter().map(|(day, count)| json!([date(*day), count])).collect()
}

fn with_p<T>(tested: &Tested<T>, mut value: Value) -> Value {
    if let Some(value) = value.as_object_mut() {
        value.insert("p".to_owned(), tested.p.into());
        value.insert("p_corrected".to_owned(), tested.corrected.into());
    }
    value
}

fn hex(fingerprint: u64) -> String {
    format!("{fingerprint:016x}")
}
