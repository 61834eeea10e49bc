//! Renders the rows for a terminal and for the page.

use std::fmt::Write as _;

use crate::row::{Figure, Row, Side, Verdict};

/// Three significant digits, because the figures are not more precise.
fn number(n: f64) -> String {
    let shown = match n.abs() {
        size if size < 0.005 => "0".to_owned(),
        size if size >= 100.0 || n.fract() == 0.0 => format!("{n:.0}"),
        size if size >= 10.0 => format!("{n:.1}"),
        _ => format!("{n:.2}"),
    };
    let shown = shown.strip_suffix(".00").or(shown.strip_suffix(".0")).unwrap_or(&shown).to_owned();
    let (sign, digits) = shown.strip_prefix('-').map_or(("", shown.as_str()), |digits| ("-", digits));
    match digits.split_at_checked(digits.len().saturating_sub(3)) {
        Some((thousands, rest)) if !thousands.is_empty() && !digits.contains('.') => {
            format!("{sign}{thousands},{rest}")
        }
        _ => shown,
    }
}

fn figure(figure: Figure, unit: &str) -> String {
    let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
    match figure {
        Figure::Number(n) => number(n) + &unit,
        Figure::MoreThan(n) => format!("> {}{unit}, killed", number(n)),
        Figure::NotMeasured => "not measured".to_owned(),
    }
}

fn bar(row: &Row) -> String {
    let Some(bar) = row.bar else { return String::new() };
    let side = match bar.side {
        Side::AtMost => "≤",
        Side::AtLeast => "≥",
    };
    match bar.peer {
        Some(peer) => format!("{side} {} × {peer}", bar.limit),
        None => format!("{side} {}", figure(bar.limit.into(), row.unit)),
    }
}

fn verdict(row: &Row) -> &'static str {
    match row.verdict() {
        Verdict::Met => "met",
        Verdict::Missed => "missed",
        Verdict::None => "",
    }
}

/// How many times our figure another one is. Nothing if our figure is almost zero, because the ratio would be noise.
fn ratio(row: &Row, other: Figure) -> Option<String> {
    let (ours, theirs) = (row.ours.number()?, other.number()?);
    (ours > 0.05 && theirs > 0.0).then(|| format!("{}×", number(theirs / ours)))
}

fn beside(row: &Row) -> Vec<String> {
    let one = |(who, theirs): &(&str, Figure)| {
        let ratio = ratio(row, *theirs).map(|ratio| format!(" ({ratio})")).unwrap_or_default();
        format!("{who} {}{ratio}", figure(*theirs, row.unit))
    };
    row.beside.iter().map(one).collect()
}

pub(crate) fn plain(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |mut table, row| {
        let ours = figure(row.ours, row.unit);
        let _ = writeln!(table, "{:<92} {ours:>14}  {:<12} {}", row.what, bar(row), verdict(row));
        beside(row).iter().for_each(|line| {
            let _ = writeln!(table, "        {line}");
        });
        table
    })
}

pub(crate) fn markdown(rows: &[Row]) -> String {
    let head = "| | bar | this library | | beside it (times ours) |\n|---|---|---|---|---|\n";
    rows.iter().fold(head.to_owned(), |mut table, row| {
        let (ours, beside) = (figure(row.ours, row.unit), beside(row).join(" · "));
        let _ = writeln!(table, "| {} | {} | **{ours}** | {} | {beside} |", row.what, bar(row), verdict(row));
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_were_measured() {
        let cases = [
            (0.0, "0"),
            (-0.004, "0"),
            (0.65, "0.65"),
            (28.0, "28"),
            (1.001, "1"),
            (79.97, "80"),
            (64.53, "64.5"),
            (-12.34, "-12.3"),
            (999.6, "1,000"),
            (13_489.0, "13,489"),
            (-1_234.5, "-1,234"),
        ];
        for (n, shown) in cases {
            assert_eq!(number(n), shown, "{n}");
        }
    }

    #[test]
    fn a_killed_program_has_missed_its_bar_and_has_no_ratio() {
        let row =
            Row::new("id", "what", "ms", Figure::MoreThan(10_000.0)).at_most(300.0).beside("other", 5.0);
        assert_eq!(row.verdict(), Verdict::Missed);
        assert_eq!(figure(row.ours, row.unit), "> 10,000 ms, killed");
        assert_eq!(beside(&row), ["other 5 ms"]);
        let unknown = Row { ours: Figure::NotMeasured, ..row };
        assert_eq!((unknown.verdict(), verdict(&unknown)), (Verdict::None, ""));
    }

    #[test]
    fn a_bar_that_is_a_ratio_is_held_against_its_peer() {
        let row = |ours: f64, theirs: Figure| Row::new("id", "what", "ns", ours).beside("other", theirs);
        let most = |ours, theirs| row(ours, theirs).at_most_times(0.5, "other").verdict();
        assert_eq!(most(50.0, Figure::Number(100.0)), Verdict::Met);
        assert_eq!(most(51.0, Figure::Number(100.0)), Verdict::Missed);
        assert_eq!(most(51.0, Figure::MoreThan(100.0)), Verdict::Met);
        assert_eq!(most(51.0, Figure::NotMeasured), Verdict::None);
        let least = row(350.0, Figure::Number(100.0)).at_least_times(3.5, "other");
        assert_eq!((least.verdict(), bar(&least)), (Verdict::Met, "≥ 3.5 × other".to_owned()));
        assert_eq!(row(349.0, Figure::Number(100.0)).at_least_times(3.5, "other").verdict(), Verdict::Missed);
        assert_eq!(row(1.0, Figure::Number(1.0)).at_most_times(1.0, "nobody").verdict(), Verdict::None);
    }

    #[test]
    fn a_row_of_the_page_has_as_many_cells_as_its_head() {
        let row =
            Row::new("id", "what", "ns", 2.0).at_most(3.0).beside("a", 4.0).beside("b", Figure::NotMeasured);
        let table = markdown(&[row]);
        assert_eq!(
            table.lines().last(),
            Some("| what | ≤ 3 ns | **2 ns** | met | a 4 ns (2×) · b not measured |")
        );
        assert!(table.lines().all(|line| line.matches('|').count() == 6), "{table}");
    }
}
