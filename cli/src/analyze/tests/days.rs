//! Tests of rises: what a wrong clock and a rhythm of weeks may not make, and may not hide.

use super::*;

/// A day of six weeks, with many reports on Mondays and few on Saturdays and Sundays.
fn day_of_weeks(random: &mut Random) -> Day {
    // 2026-11-23, a Monday, is 20,780.
    let weight = |day: Day| match day % 7 {
        4 => 30,
        2 | 3 => 1,
        _ => 4,
    };
    loop {
        let day = FIRST + Day::try_from(random.below(42)).unwrap();
        if random.below(30) < weight(day) {
            return day;
        }
    }
}

fn with_rhythm(seed: u64, reports: usize, bugs: u64) -> (Program, Random) {
    let mut random = Random(seed);
    let mut program = Program::new(BOUNDS);
    for _ in 0..reports {
        let generated = noise(&mut random);
        let (bug, day) = (generated.bug.min(bugs), day_of_weeks(&mut random));
        let generated = Generated { bug, day, ..generated };
        add(&mut program, generated);
    }
    (program, random)
}

fn rises(program: &Program) -> Vec<(Risen, Day)> {
    findings(program).rises.iter().map(|rise| (rise.what.what, rise.what.day)).collect()
}

#[test]
fn of_200_files_with_a_rhythm_of_weeks_no_more_raise_an_alarm_than_is_said() {
    // Of many bugs, and of one with so few reports that a Monday has twice as many as another by chance.
    for (reports, bugs) in [(1_500, 40), (60, 1)] {
        let alarms: Vec<u64> =
            (0..200).filter(|seed| !findings(&with_rhythm(*seed, reports, bugs).0).is_empty()).collect();
        // As without a rhythm.
        assert!(alarms.len() <= 20, "{reports}: {alarms:?}");
    }
}

/// Reports of a bug that only a task of Mondays meets, beside those of others.
#[test]
fn a_bug_of_mondays_rises_on_none() {
    for seed in 0..10 {
        let (mut program, mut random) = program(seed, 2_000);
        for monday in (20_780 - 35..=20_780).step_by(7) {
            for _ in 0..20 {
                let report = Generated { bug: 101, day: monday, ..noise(&mut random) };
                add(&mut program, report);
            }
        }
        let of_bug: Vec<_> =
            rises(&program).into_iter().filter(|(what, _)| what.bug() == Some(101)).collect();
        assert_eq!(of_bug, [], "{seed}");
    }
}

/// The same of so few reports that a Monday has twice as many as another by chance.
#[test]
fn of_200_files_with_a_rare_bug_of_mondays_no_more_raise_an_alarm_than_is_said() {
    let of_bug = |seed| {
        let mut random = Random(seed);
        let mut program = Program::new(BOUNDS);
        for number in 0..1_500 {
            let usual = Generated { bug: 1, ..noise(&mut random) };
            let monday = 20_780 - 7 * Day::try_from(random.below(6)).unwrap();
            let rare = Generated { bug: 2, day: monday, ..usual };
            add(&mut program, if number % 50 == 0 { rare } else { usual });
        }
        findings(&program).rises.len()
    };
    let alarms = (0..200).filter(|seed| of_bug(*seed) > 0).count();
    // One kind of findings of four.
    assert!(alarms <= 9, "{alarms}");
}

#[test]
fn a_rise_is_found_on_a_monday_and_on_a_sunday() {
    for day in [20_780, 20_779] {
        let (mut program, mut random) = with_rhythm(3, 1_500, 40);
        for _ in 0..600 {
            let report = Generated { day, ..noise(&mut random) };
            add(&mut program, report);
        }
        assert_eq!(rises(&program), [(Risen::All, day)]);
    }
}

/// Clocks that were wrong when a few reports were made, long before all others.
#[test]
fn a_few_old_reports_make_no_rise_of_the_first_days() {
    for (reports, old) in [(60, 1), (1_500, 15)] {
        let (mut program, mut random) = program(1, reports);
        for ago in 0..old {
            let report = Generated { day: FIRST - 300 + 9 * ago, ..noise(&mut random) };
            add(&mut program, report);
        }
        assert_eq!(rises(&program), [], "{reports}");
    }
}

/// Where more than that came before a silent time, they count.
#[test]
fn a_rise_after_a_silent_time_is_one() {
    let (mut program, mut random) = program(1, 0);
    for (day, reports) in [(FIRST, 3), (FIRST + 20, 3), (FIRST + 30, 40)] {
        for _ in 0..reports {
            let report = Generated { day, ..noise(&mut random) };
            add(&mut program, report);
        }
    }
    assert_eq!(rises(&program), [(Risen::All, FIRST + 30)]);
}
