//! Own words: what leaves of errors with planted values, and what it costs to read a program's words. The figures are
//! printed by the tests and an example of the package `crawl4ai-telemetry-words`.

use std::process::Command;

use crate::Failure;
use crate::bench::Bench;
use crate::programs::OURS;
use crate::row::{Figure, Row};

/// The number of reports of each kind of error.
const REPORTS: usize = 400;

pub(crate) fn rows(bench: &Bench) -> Result<Vec<Row>, Failure> {
    let kinds = printed(
        package(bench, "test")
            .args(["--test", "kinds", "--", "--nocapture", "--test-threads=1"])
            .env("REPORTS", bench.samples(REPORTS).to_string()),
    )?;
    let (leaks, reports) = ["mixed", "names", "sentences"]
        .iter()
        .filter_map(|what| first_two(line(&kinds, &format!("{what}: "))))
        .fold((0.0, 0.0), |all, (leaks, reports)| (all.0 + leaks, all.1 + reports));
    let kept = line(&kinds, "mixed: ").split_once("; ").and_then(|(_, kept)| numbers(kept).first().copied());
    let (own, all) =
        first_two(line(&kinds, "signatures: ")).ok_or("the kinds of errors say no signatures")?;
    let program = bench.programs()?.find(OURS).ok_or("the program that is read was not built")?;
    let costs = printed(package(bench, "run").args(["--example", "measure", "--"]).arg(&program.path))?;
    let last = |label| Figure::from(numbers(line(&costs, label)).last().copied());
    Ok(vec![
        Row::new(
            "words-left",
            "of 10,000 errors with planted values, those that keep a planted word",
            "",
            (reports > 0.0).then(|| 1e4 * leaks / reports),
        )
        .at_most(1.0),
        Row::new("words-kept", "of the program's own words in those errors, what is kept", "%", kept)
            .at_least(97.0),
        Row::new(
            "words-signatures",
            "kinds of errors with a signature of their own, whatever the values",
            "",
            own,
        )
        .at_least(all),
        Row::new(
            "words-scan",
            "looking for a report's texts, a megabyte of the program's words",
            "ms",
            last("  scan of one report"),
        )
        .at_most(2.0),
        Row::new(
            "words-code",
            "finding where texts begin and end, once a process, a megabyte of its code",
            "ms",
            last("  edges from code"),
        )
        .at_most(1.0),
        Row::new("words-memory", "memory of what was found", "MiB", last("  memory of the edges"))
            .at_most(3.0),
    ])
}

/// Cargo for the package, which belongs to the library's workspace.
fn package(bench: &Bench, subcommand: &str) -> Command {
    let mut command = bench.cargo(subcommand);
    command.args(["--release", "--quiet", "--package", "crawl4ai-telemetry-words", "--target-dir"]);
    command.arg(bench.target("words")).current_dir(bench.root());
    command
}

fn printed(command: &mut Command) -> Result<String, Failure> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("{command:?} ended with {}\n{text}", output.status).into())
    }
}

/// The text after `label`, on the first line that contains it. A test's name may precede the label.
fn line<'a>(text: &'a str, label: &str) -> &'a str {
    text.lines().find_map(|line| Some(line.split_once(label)?.1)).unwrap_or_default()
}

fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

fn first_two(text: &str) -> Option<(f64, f64)> {
    match *numbers(text) {
        [first, second, ..] => Some((first, second)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_in_what_is_printed() {
        let text =
            "test a ... mixed: 1 of 12800 keep a planted word; 98.52 % of the program's own words stay\nok\n";
        assert_eq!(first_two(line(text, "mixed: ")), Some((1.0, 12800.0)));
        assert_eq!(numbers("98.52 % of the program's own words stay"), [98.52]);
        let costs =
            "p: 1.00 MB of words\n  edges from code          16.10 ms, once, 0.66 ms a megabyte of code\n";
        assert_eq!(numbers(line(costs, "  edges from code")).last(), Some(&0.66));
        assert_eq!(numbers(line(costs, "nothing")), [0.0; 0]);
    }
}
