//! Tests with generated spans: planted changes are found, and little else.

use super::*;
use crate::analyze::record::SpanRecord;
use crate::analyze::spans::changes::{Changed, SpanChange};

const NAMES: [&str; 6] = ["Page Fetched", "Page Parsed", "Page Stored", "Run", "Settings Read", "Tool Used"];

/// The last two of [`VERSIONS`].
pub(super) const LAST: [usize; 2] = [3, 4];

pub(super) struct Usage {
    pub(super) program: Program,
    pub(super) spans: Spans,
    pub(super) random: Random,
}

impl Usage {
    pub(super) fn new(seed: u64) -> Self {
        Self { program: Program::new(BOUNDS), spans: Spans::new(BOUNDS), random: Random(seed) }
    }

    pub(super) fn span(&mut self, name: &'static str, version: usize, day: Day, millis: u64, failed: bool) {
        let span = SpanRecord {
            program: None,
            version: Some(VERSIONS[version].into()),
            name: name.into(),
            id: 1,
            time: Some(u64::from(day) * 86_400_000),
            nanos: Some(millis * 1_000_000),
            failed,
        };
        self.spans.add(&span, TODAY);
    }

    fn any_version(&mut self) -> usize {
        usize::try_from(self.random.skewed(5)).unwrap()
    }

    fn any_day(&mut self) -> Day {
        FIRST + Day::try_from(self.random.below(42)).unwrap()
    }

    /// From a millisecond to ten seconds, short ones more often.
    fn any_millis(&mut self) -> u64 {
        10_f64.powf(4.0 * self.random.part() * self.random.part()) as u64
    }

    fn spans(&mut self, count: usize) {
        for _ in 0..count {
            let name = NAMES[usize::try_from(self.random.below(6)).unwrap()];
            let (version, day, millis) = (self.any_version(), self.any_day(), self.any_millis());
            let failed = self.random.below(20) == 0;
            self.span(name, version, day, millis, failed);
        }
    }

    /// Starts on any days, of which one in `of` ends with a crash.
    fn starts(&mut self, count: usize, of: u64, version: impl Fn(usize) -> usize, day: impl Fn(Day) -> Day) {
        for _ in 0..count {
            let (version, day) = (version(self.any_version()), day(self.any_day()));
            self.span("Program Started", version, day, 0, false);
            if self.random.below(of) == 0 {
                let report = Generated { day, version, fatal: true, ..noise(&mut self.random) };
                add(&mut self.program, report);
            }
        }
    }

    fn noise(seed: u64) -> Self {
        let mut usage = Self::new(seed);
        usage.spans(2_500);
        usage.starts(3_000, 10, |version| version, |day| day);
        for _ in 0..600 {
            let report = noise(&mut usage.random);
            add(&mut usage.program, report);
        }
        usage
    }

    fn findings(&self) -> Findings {
        Findings::of(&self.program, &self.spans)
    }

    pub(super) fn changes(&self) -> Vec<SpanChange> {
        self.findings().spans.into_iter().map(|tested| tested.what).collect()
    }

    fn name(&self, text: &str) -> u32 {
        self.spans.names.known(text).unwrap()
    }
}

#[test]
fn of_200_files_of_reports_spans_and_starts_no_more_raise_an_alarm_than_is_said() {
    let (mut alarms, mut of_spans) = (0, 0);
    for seed in 0..200 {
        let findings = Usage::noise(seed).findings();
        assert!(findings.runs.is_some());
        alarms += u32::from(!findings.is_empty());
        of_spans += u32::from(!findings.spans.is_empty());
    }
    // One in twenty would be 10 of them, and a quarter of these of spans. More than 20, and more than 9, occur once in a
    // thousand runs.
    assert!(alarms <= 20 && of_spans <= 9, "{alarms} {of_spans}");
}

/// Equal distributions make false alarms at the stated rate too where durations are few, and where there are so many that
/// they stand in buckets in one version only.
#[test]
fn medians_of_ties_and_of_buckets_are_not_said_to_change() {
    let mut alarms = 0;
    for seed in 0..200 {
        let mut usage = Usage::new(seed);
        for (version, count) in LAST.into_iter().zip([2_500, 400]) {
            for _ in 0..count {
                let millis = 1_000 + usage.random.below(4_000);
                usage.span("Page Fetched", version, TODAY, millis, false);
                let few = usage.random.below(3);
                usage.span("Page Parsed", version, TODAY, few, false);
            }
        }
        alarms += usize::from(!usage.changes().is_empty());
    }
    assert!(alarms <= 9, "{alarms}");
}

#[test]
fn planted_changes_of_spans_are_found_and_nothing_else() {
    let mut others = 0;
    for seed in 1_000..1_020 {
        let mut usage = Usage::noise(seed);
        for (version, millis) in LAST.into_iter().zip([100, 150]) {
            for _ in 0..200 {
                let (more, fails) = (usage.random.below(60), usage.random.below(20));
                usage.span("Slower", version, TODAY, millis + more, false);
                usage.span("Fails More", version, TODAY, 7, fails < if version == 4 { 7 } else { 1 });
                usage.span("Fails Less", version, TODAY, 7, fails < if version == 4 { 1 } else { 7 });
            }
        }
        usage.starts(1_000, 10, |_| 3, |day| day);
        usage.starts(1_000, 3, |_| 4, |day| day);
        let changes = usage.changes();
        for change in &changes {
            let [from, to] = [change.from, change.to].map(|version| usage.spans.versions.text(version));
            assert_eq!((from, to), ("1.11.1", "2.0.0"));
        }
        let found = |is: &dyn Fn(&Changed) -> bool| changes.iter().filter(|change| is(&change.what)).count();
        let (slower, more, less) = (usage.name("Slower"), usage.name("Fails More"), usage.name("Fails Less"));
        let planted = [
            found(
                &|what| matches!(what, Changed::Median { name, micros: [a, b], .. } if *name == slower && a < b),
            ),
            found(
                &|what| matches!(what, Changed::Failed { name, failed: [a, b], .. } if *name == more && a < b),
            ),
            found(
                &|what| matches!(what, Changed::Failed { name, failed: [a, b], .. } if *name == less && a > b),
            ),
            found(&|what| matches!(what, Changed::Fatal { .. })),
        ];
        assert_eq!(planted, [1; 4], "{seed}: {changes:?}");
        others += changes.len() - 4;
    }
    assert!(others <= 2, "{others} claims about spans that nothing happened to");
}

#[test]
fn more_users_are_no_rise_of_crashes_and_more_crashes_are() {
    for seed in 1..6 {
        let crashes = |usage: &Usage| {
            let rises = usage.findings().rises;
            rises
                .into_iter()
                .map(|rise| rise.what)
                .filter(|rise| rise.what == Risen::Fatal)
                .collect::<Vec<_>>()
        };
        // Many times the users of a usual day.
        let mut usage = Usage::noise(seed);
        usage.starts(1_000, 10, |version| version, |_| TODAY - 3);
        assert_eq!(crashes(&usage), [], "{seed}");
        let all = usage.findings().rises.into_iter().find(|rise| rise.what.what == Risen::All).unwrap().what;
        assert_eq!(all.day, TODAY - 3);
        let (now, before) = all.starts.unwrap();
        assert!(now > 1_000 && before < 800, "{now} {before}");
        // As many users as on a usual day, whose programs crash more often. No bug is more frequent among the crashes.
        let mut usage = Usage::noise(seed);
        usage.starts(100, 2, |version| version, |_| TODAY - 3);
        let [rise] = &*crashes(&usage) else { panic!("{seed}: {:?}", crashes(&usage)) };
        assert_eq!((rise.day, rise.starts.is_some()), (TODAY - 3, true), "{seed}");
        // A day whose starts did not come, or a few of them only, is none with more crashes.
        for came in [0, 3] {
            let mut usage = Usage::noise(seed);
            let of_day = usage.spans.starts.iter_mut().filter(|((_, day), _)| *day == TODAY - 3);
            of_day.for_each(|(_, count)| *count = (*count).min(came));
            usage.spans.starts.retain(|_, count| *count > 0);
            for _ in 0..came * 3 + 30 * u64::from(came == 0) {
                let report = Generated { day: TODAY - 3, fatal: true, ..noise(&mut usage.random) };
                add(&mut usage.program, report);
            }
            assert_eq!(crashes(&usage), [], "{seed} {came}");
        }
    }
}

#[test]
fn crashes_are_counted_within_the_days_of_which_starts_are_known() {
    let mut usage = Usage::new(1);
    let crash = |usage: &mut Usage, version, day| {
        let report = Generated { day, version, fatal: true, ..noise(&mut usage.random) };
        add(&mut usage.program, report);
    };
    for day in (TODAY - 10..TODAY - 2).filter(|day| *day != TODAY - 6) {
        for _ in 0..50 {
            usage.span("Program Started", 3, day, 0, false);
        }
    }
    usage.span("Program Started", 4, TODAY - 5, 0, false);
    usage.span("Program Started", 2, TODAY - 900, 0, false);
    for (version, day) in [
        (3, TODAY - 11),
        (3, TODAY - 10),
        // A day without starts.
        (3, TODAY - 6),
        (3, TODAY - 3),
        (3, TODAY - 2),
        (4, TODAY - 5),
        (4, TODAY - 5),
        (0, TODAY - 5),
    ] {
        crash(&mut usage, version, day);
    }
    let runs = usage.findings().runs.unwrap();
    assert_eq!(runs.days, TODAY - 10..=TODAY - 3);
    let told: Vec<_> = runs
        .versions
        .iter()
        .map(|of| (usage.spans.versions.text(of.version), of.starts, of.fatal, of.crash_free()))
        .collect();
    // Two crashes of one start: others consented to reports than to figures, and nobody knows the share.
    assert_eq!(told, [("1.11.1", 350, Some(2), Some(348.0 / 350.0)), ("2.0.0", 1, Some(2), None)]);
    // The crash of a version that tells no starts is of none of these runs.
    let of_days: u64 = runs.by_day().filter_map(|(.., fatal)| fatal).sum();
    assert_eq!(of_days, 5, "with the one of a day without starts");
    assert_eq!(usage.spans.undated_starts, 1);
    // The first day may be incomplete.
    assert_eq!(runs.starts(TODAY - 3, 7), None);
    assert_eq!(runs.starts(TODAY - 3, 6), Some((50, 251)));
    assert_eq!(runs.starts(TODAY - 2, 6), None);
    assert!(Findings::of(&usage.program, &Spans::new(BOUNDS)).runs.is_none());
}

#[test]
fn versions_beyond_the_bound_make_no_claim_about_spans() {
    let bounds = Bounds { names: 2, ..BOUNDS };
    let mut usage = Usage::new(1);
    usage.spans = Spans::new(bounds);
    let add = |usage: &mut Usage, version: usize, failed| {
        for _ in 0..200 {
            usage.span("Run", version, TODAY, 7, failed);
        }
    };
    add(&mut usage, 3, false);
    add(&mut usage, 4, true);
    assert_eq!(usage.changes().len(), 1);
    add(&mut usage, 0, true);
    assert!(usage.changes().is_empty());
}
