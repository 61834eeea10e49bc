//! Tests with generated reports: planted effects are found, and little else.

mod days;
mod medians;
mod usage;

use std::borrow::Cow;

use super::changes::Kind;
use super::findings::Findings;
use super::names::OTHERS;
use super::program::{Bounds, Day, Program, VERSION};
use super::record::{Described, Failed, Record};
use super::rises::Risen;
use super::spans::Spans;

/// A generator of pseudorandom numbers, which are the same in every run (S. Vigna, splitmix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to 1.
    pub(super) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A number below `n`, small ones more often.
    fn skewed(&mut self, n: u64) -> u64 {
        self.below(n).min(self.below(n))
    }
}

const TODAY: Day = 20_784; // 2026-11-27
const BOUNDS: Bounds = Bounds { today: TODAY, bugs: 1_000, names: 64 };
const FIRST: Day = TODAY - 41;
const SYSTEMS: [&str; 3] = ["linux", "macos", "windows"];
const VERSIONS: [&str; 5] = ["1.2.0", "1.10.0", "1.11.0", "1.11.1", "2.0.0"];
const ENVIRONMENTS: [&str; 3] = ["cli", "ci", "server"];
const OPERATIONS: [&str; 4] = ["crawl", "fetch", "parse", "store"];

#[derive(Clone, Copy, Debug)]
struct Generated {
    bug: u64,
    day: Day,
    system: usize,
    version: usize,
    environment: usize,
    operation: usize,
    fatal: bool,
}

/// One report, whose values are independent of each other.
fn noise(random: &mut Random) -> Generated {
    Generated {
        bug: 1 + random.skewed(40),
        day: FIRST + Day::try_from(random.below(42)).unwrap(),
        system: usize::try_from(random.skewed(3)).unwrap(),
        version: usize::try_from(random.skewed(5)).unwrap(),
        environment: usize::try_from(random.skewed(3)).unwrap(),
        operation: usize::try_from(random.below(4)).unwrap(),
        fatal: false,
    }
}

fn add(program: &mut Program, generated: Generated) {
    let text = |text: &'static str| Cow::Borrowed(text);
    let record = Record {
        program: text("weather"),
        version: text(VERSIONS[generated.version]),
        environment: text(ENVIRONMENTS[generated.environment]),
        os: text(SYSTEMS[generated.system]),
        level: text(if generated.fatal { "fatal" } else { "error" }),
        operation: Some(text(OPERATIONS[generated.operation])),
        id: text(""),
        fingerprint: generated.bug,
        time: Some(u64::from(generated.day) * 86_400_000),
        losses: Vec::new(),
        failure: Failed::Read(Described::default()),
    };
    program.add(&record, BOUNDS);
}

fn program(seed: u64, reports: usize) -> (Program, Random) {
    let mut random = Random(seed);
    let mut program = Program::new(BOUNDS);
    for _ in 0..reports {
        add(&mut program, noise(&mut random));
    }
    (program, random)
}

fn findings(program: &Program) -> Findings {
    Findings::of(program, &Spans::new(BOUNDS))
}

#[test]
fn of_200_files_of_plain_noise_no_more_raise_an_alarm_than_is_said() {
    let alarms: Vec<u64> = (0..200)
        .filter(|seed| {
            let (program, _) = program(*seed, 1_500);
            !findings(&program).is_empty()
        })
        .collect();
    // One in twenty would be 10 of them. More than 20 occur once in a thousand runs.
    assert!(alarms.len() <= 20, "{alarms:?}");
}

#[test]
fn what_was_planted_is_found_and_nothing_else_of_these_bugs() {
    let mut others = 0;
    for seed in 1_000..1_020 {
        let (mut program, mut random) = program(seed, 3_000);
        let mut plant = |count: u64, change: &dyn Fn(u64, &mut Generated)| {
            for number in 0..count {
                let mut generated = noise(&mut random);
                change(number, &mut generated);
                add(&mut program, generated);
            }
        };
        // A new bug in 2.0.0, and one that stopped with 1.11.0.
        plant(40, &|_, report| (report.bug, report.version) = (101, 4));
        plant(40, &|number, report| (report.bug, report.version) = (102, usize::from(number % 2 == 0)));
        // A bug that 1.10.0 and 1.11.0 do not have, and 1.11.1 has again.
        plant(60, &|number, report| {
            (report.bug, report.version) = (103, if number % 2 == 0 { 0 } else { 3 })
        });
        // A bug that is frequent on one day.
        plant(40, &|_, report| report.bug = 104);
        plant(40, &|_, report| (report.bug, report.day) = (104, TODAY - 5));
        // A bug of Windows.
        plant(60, &|_, report| (report.bug, report.system) = (105, 2));

        let findings = findings(&program);
        let changed = |kind, bug| {
            let of_kind = findings.changes.iter().filter(|change| change.what.kind == kind);
            let of_bug = of_kind.filter(|change| change.what.bug == bug);
            of_bug.map(|change| program.names[VERSION].text(change.what.version)).collect::<Vec<_>>()
        };
        assert_eq!(changed(Kind::New, 101), ["2.0.0"], "{seed}");
        assert_eq!(changed(Kind::Stopped, 102), ["1.11.0"], "{seed}");
        assert_eq!(changed(Kind::CameBack, 103), ["1.11.1"], "{seed}");
        let rises: Vec<_> = findings.rises.iter().map(|rise| (rise.what.what, rise.what.day)).collect();
        assert!(rises.contains(&(Risen::Bug(104), TODAY - 5)), "{seed}: {rises:?}");
        let shares =
            findings.shares.iter().filter(|share| share.what.bug == 105).map(|share| {
                (share.what.dimension, program.names[share.what.dimension].text(share.what.value))
            });
        assert_eq!(shares.collect::<Vec<_>>(), [(0, "windows")], "{seed}");
        others += findings.changes.iter().filter(|change| change.what.bug < 100).count();
        others += findings.shares.iter().filter(|share| share.what.bug < 100).count();
        others +=
            findings.rises.iter().filter(|rise| rise.what.what.bug().is_some_and(|bug| bug < 100)).count();
    }
    assert!(others <= 4, "{others} claims about bugs that nothing happened to");
}

#[test]
fn more_users_are_a_rise_of_all_reports_and_of_no_bug() {
    let (mut program, mut random) = program(7, 2_000);
    for _ in 0..300 {
        let mut generated = noise(&mut random);
        generated.day = TODAY - 3;
        add(&mut program, generated);
    }
    let rises = findings(&program).rises;
    assert_eq!(
        rises.iter().map(|rise| (rise.what.what, rise.what.day)).collect::<Vec<_>>(),
        [(Risen::All, TODAY - 3)]
    );
}

#[test]
fn nothing_one_and_the_same_are_no_claim() {
    assert!(findings(&Program::new(BOUNDS)).is_empty());
    let mut program = Program::new(BOUNDS);
    let mut random = Random(1);
    let only = noise(&mut random);
    add(&mut program, only);
    assert!(findings(&program).is_empty());
    // One bug of one version, day and system has nothing to be compared with.
    for _ in 0..10_000 {
        add(&mut program, only);
    }
    assert!(findings(&program).is_empty());
}

#[test]
fn memory_is_bounded_whatever_the_reports_say() {
    let bounds = Bounds { today: TODAY, bugs: 10, names: 4 };
    let mut program = Program::new(bounds);
    for number in 0..2_000_u64 {
        let value: Cow<'_, str> = Cow::Owned(format!("{number} {}", "x".repeat(1_000)));
        let record = Record {
            program: "weather".into(),
            version: value.clone(),
            environment: value.clone(),
            os: value.clone(),
            level: "fatal".into(),
            operation: Some(value.clone()),
            id: "".into(),
            fingerprint: number,
            time: Some(number * 3_000 * 86_400_000),
            losses: vec![(value.clone(), u64::MAX)],
            failure: Failed::Read(Described { type_name: value.into_owned(), ..Described::default() }),
        };
        program.add(&record, bounds);
    }
    assert_eq!((program.reports, program.bugs.len(), program.of_further_bugs), (2_000, 10, 1_990));
    assert_eq!((program.names[0].len(), program.lost.len()), (4, 64));
    assert!(program.bugs.values().all(|bug| bug.title.len() <= 330), "{:?}", program.bugs.values().next());
    assert!(program.totals[0].of(OTHERS) > 0 && program.days.len() <= 402);
    assert_eq!(program.in_future + program.too_old + program.days.values().sum::<u64>(), 2_000);
    let _ = findings(&program);
}
