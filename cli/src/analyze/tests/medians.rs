//! Tests of the median's change: what ties and rounding may not hide, and may not make.

use super::usage::{LAST, Usage};
use super::*;
use crate::analyze::record::SpanRecord;
use crate::analyze::spans::changes::Changed;
use crate::analyze::spans::text::left_out;

/// Adds so many spans of each duration in milliseconds.
fn add_spans(usage: &mut Usage, name: &'static str, version: usize, durations: &[(u64, u64)]) {
    for (millis, count) in durations {
        for _ in 0..*count {
            usage.span(name, version, TODAY, *millis, false);
        }
    }
}

/// The medians in microseconds before and after, of each change of one.
fn medians(usage: &Usage) -> Vec<[u64; 2]> {
    let micros = |what| match what {
        Changed::Median { micros, .. } => Some(micros),
        Changed::Failed { .. } | Changed::Fatal { .. } => None,
    };
    usage.changes().into_iter().filter_map(|change| micros(change.what)).collect()
}

#[test]
fn a_shift_is_found_where_more_than_half_of_the_durations_tie() {
    let cases: [[&[(u64, u64)]; 2]; 3] = [
        // All of a version take the same time, and one version has many more spans.
        [&[(10, 100)], &[(20, 400)]],
        // More than half of a version tie, and of both together too.
        [&[(10, 80), (30, 20)], &[(10, 5), (20, 300), (30, 95)]],
        // The median of both has a neighbour that splits better and shows nothing.
        [&[(10, 102), (30, 98)], &[(20, 408), (30, 392)]],
    ];
    for [fast, slow] in cases {
        for [before, after] in [[fast, slow], [slow, fast]] {
            let mut usage = Usage::new(1);
            add_spans(&mut usage, "Run", LAST[0], before);
            add_spans(&mut usage, "Run", LAST[1], after);
            let expected = if before == fast { [10_000, 20_000] } else { [20_000, 10_000] };
            assert_eq!(medians(&usage), [expected], "{before:?} {after:?}");
        }
    }
}

/// Whole milliseconds leap from 1 to 2 where the durations behind them moved from 1.47 to 1.53.
#[test]
fn a_leap_that_rounding_makes_is_no_change() {
    let mut usage = Usage::new(1);
    add_spans(&mut usage, "Run", LAST[0], &[(1, 10_300), (2, 9_700)]);
    add_spans(&mut usage, "Run", LAST[1], &[(1, 9_700), (2, 10_300)]);
    assert_eq!(medians(&usage), [[0; 2]; 0]);
    let mut usage = Usage::new(1);
    add_spans(&mut usage, "Run", LAST[0], &[(1, 19_000), (2, 1_000)]);
    add_spans(&mut usage, "Run", LAST[1], &[(1, 1_000), (2, 19_000)]);
    assert_eq!(medians(&usage), [[1_000, 2_000]]);
}

#[test]
fn of_200_files_of_rounded_durations_no_more_raise_an_alarm_than_is_said() {
    let mut alarms = 0;
    for seed in 0..200 {
        let mut usage = Usage::new(seed);
        for (version, count) in LAST.into_iter().zip([2_000, 300]) {
            for _ in 0..count {
                // About 1.5 ms, rounded; 7 ms for six of ten; and a log-normal spread around 40 ms.
                let normal = (0..12).map(|_| usage.random.part()).sum::<f64>() - 6.0;
                let millis = [
                    ("Page Fetched", 1.5 * (0.3 * normal).exp()),
                    ("Page Parsed", [7.0, 7.0, 7.0, 3.0, 60.0][usize::try_from(seed % 5).unwrap()]),
                    (
                        "Page Stored",
                        if usage.random.below(10) < 6 { 7.0 } else { 14.0 * usage.random.part() },
                    ),
                    ("Run", 40.0 * normal.exp()),
                ];
                for (name, millis) in millis {
                    usage.span(name, version, TODAY, millis.round() as u64, false);
                }
            }
        }
        alarms += usize::from(!usage.changes().is_empty());
    }
    // A quarter of one in twenty would be 2 or 3 of them. More than 9 occur once in a thousand runs.
    assert!(alarms <= 9, "{alarms}");
}

/// Spans of so many other names and versions that their durations fill what is kept.
fn fill(spans: &mut Spans) {
    for number in 0..500_000_u64 {
        let span = SpanRecord {
            program: None,
            version: Some(VERSIONS[usize::try_from(number / 60 % 3).unwrap()].into()),
            name: format!("Other {}", number % 60).into(),
            id: number,
            time: None,
            nanos: Some(1_000 * 1.000_04_f64.powf(number as f64) as u64),
            failed: false,
        };
        spans.add(&span, TODAY);
    }
}

#[test]
fn durations_beyond_the_bound_count_too() {
    let mut usage = Usage::new(1);
    fill(&mut usage.spans);
    for millis in 0..300 {
        usage.span("Run", LAST[0], TODAY, 100 + millis % 50, false);
        usage.span("Run", LAST[1], TODAY, 200 + millis % 50, false);
    }
    let changes = usage.changes();
    let told = changes.iter().filter_map(|change| match change.what {
        Changed::Median { micros, count, .. } => Some((micros, count)),
        Changed::Failed { .. } | Changed::Fatal { .. } => None,
    });
    let told: Vec<_> = told.collect();
    let [([was, is], count)] = *told else { panic!("{told:?}") };
    assert!(was.abs_diff(124_000) < 4_000 && is.abs_diff(224_000) < 4_000, "{was} {is}");
    assert_eq!((count, usage.spans.beyond), ([300, 300], 0));
    let told = left_out(&usage.spans);
    assert!(
        told.contains(
            &"durations of spans are told to within 1.6 %: there are too many different ones".to_owned()
        ),
        "{told:?}"
    );
}

#[test]
fn a_few_spans_of_a_high_version_silence_no_other() {
    let mut usage = Usage::new(1);
    add_spans(&mut usage, "Run", 2, &[(100, 100)]);
    add_spans(&mut usage, "Run", 3, &[(200, 100)]);
    add_spans(&mut usage, "Run", 4, &[(200, 19)]);
    assert_eq!(medians(&usage), [[100_000, 200_000]]);
    // With twenty it is one of the last two.
    add_spans(&mut usage, "Run", 4, &[(200, 1)]);
    assert_eq!(medians(&usage), [[0; 2]; 0]);
}
