//! The page of `analyze --page`: it has the numbers of the other formats, and nothing in a report does anything on it.

#![cfg(feature = "authors")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "support/files.rs"]
mod files;
#[path = "support/page.rs"]
mod page;
#[path = "support/spans.rs"]
mod spans;
mod support;

use std::fs;

use crawl4ai_telemetry::printable;
use files::{Files, line, six_weeks};
use page::{HOSTILE, allows_only_its_style, between, is_harmless, unescaped};
use serde_json::{Value, json};
use spans::{YESTERDAY, noon, request, span};

/// The page about these lines.
fn page_of(files: &Files, lines: &str) -> String {
    let path = files.folder.path().join("page.html");
    let _ = fs::remove_file(&path);
    let reports = files.write("reports.jsonl", lines);
    let said = files.analyze(&[&reports, "--page", path.to_str().unwrap()]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
    let html = fs::read_to_string(path).unwrap();
    is_harmless(&html);
    allows_only_its_style(&html);
    html
}

/// Reports whose texts are all hostile. Each text is in a report of its own.
fn hostile() -> String {
    let mut lines = String::new();
    for (n, text) in (0..).zip(HOSTILE) {
        let mut report: Value = serde_json::from_str(&line(n, "2026-11-26", n, "1.4.0", "linux")).unwrap();
        report["app"]["version"] = json!(text);
        report["platform"]["os"] = json!(text);
        report["environment"] = json!(text);
        report["operations"] = json!([text]);
        report["exceptions"][0]["type"] = json!(text);
        report["exceptions"][0]["frames"][1]["function"] = json!(text);
        report["losses"] = json!({ text: n + 1 });
        lines += &(report.to_string() + "\n");
    }
    lines
}

/// The text of the page's cells of numbers and row headers, by rows, of the section.
fn rows(html: &str, section: &str) -> Vec<Vec<String>> {
    let section = between(html, &format!("<section id=\"{section}\""), "</section>").unwrap();
    let body = |row: &str| {
        let cells = row.split(['\n']).flat_map(|line| line.split("</t")).filter(|cell| cell.contains('>'));
        let text = |cell: &str| {
            let visible = cell.split('<').map(|part| part.rsplit_once('>').map_or("", |(_, text)| text));
            unescaped(visible.collect::<String>().trim())
        };
        cells.map(text).filter(|text| !text.is_empty()).collect::<Vec<_>>()
    };
    section.split("<tr").skip(2).map(|row| body(row.split("</tr>").next().unwrap())).collect()
}

/// The numbers and days of a picture.
fn days(label: &str) -> Value {
    let said = label.strip_prefix("Reports: ").unwrap();
    let pair = |bar: &str| {
        let (n, day) = bar.split_once(" on ").unwrap();
        json!([day, n.replace(',', "").parse::<u64>().unwrap()])
    };
    said.split(", ").map(pair).collect()
}

#[test]
fn its_numbers_are_those_of_the_other_formats() {
    let files = Files::new();
    let lines = six_weeks() + &line(9_000, "1999-11-26", 1, "1.4.0", "linux") + "torn\n";
    let html = page_of(&files, &lines);
    let reports = files.write("reports.jsonl", &lines);
    let (found, text) = (files.json(&[&reports]), files.analyze(&[&reports]));

    let first = text.out.lines().next().unwrap().strip_prefix("weather: ").unwrap();
    assert!(html.contains(&format!("<p class=\"lead\">{first}</p>")), "{first}");
    let section = between(&html, "<section id=\"days\"", "</section>").unwrap();
    assert_eq!(days(between(section, "aria-label=\"", "\"").unwrap()), found["days"]);

    let bugs = found["bugs"].as_array().unwrap();
    assert_eq!(html.matches("<tr id=\"bug-").count(), bugs.len());
    for (bug, cells) in bugs.iter().zip(rows(&html, "bugs")) {
        let of = |key: &str| bug[key].as_str().map_or_else(|| bug[key].to_string(), str::to_owned);
        let title = format!("{} {}", of("title"), of("fingerprint"));
        assert_eq!(cells, [of("count"), title, of("first_version"), of("last_version"), of("fatal")]);
        let row = between(&html, &format!("<tr id=\"bug-{}\">", of("fingerprint")), "</tr>").unwrap();
        assert_eq!(days(between(row, "aria-label=\"", "\"").unwrap()), bug["days"], "{bug}");
    }

    let claims = text.out.split_once("What stands out\n").unwrap().1.split("\n  Exact").next().unwrap();
    for claim in claims.lines() {
        let (bug, said) = claim.trim_start().split_once("  ").unwrap();
        let item = format!("<code>{bug}</code></a> <span><bdi>{}", said.rsplit_once(" (p").unwrap().0);
        assert!(html.contains(&item), "{item}: {html}");
    }
    let shares = found["over_represented"].as_array().unwrap();
    let shown = rows(&html, "stands-out");
    assert!(shares.len() == shown.len() && !shares.is_empty(), "{shown:?}");
    for (share, cells) in shares.iter().zip(shown) {
        let value = format!("{} {}", share["dimension"].as_str().unwrap(), share["value"].as_str().unwrap());
        assert_eq!((&cells[0], &cells[3]), (&value, &share["fingerprint"].as_str().unwrap().to_owned()));
        for (cell, [count, of]) in cells[1..].iter().zip([["count", "of"], ["elsewhere", "of_others"]]) {
            let (count, of) = (share[count].as_u64().unwrap(), share[of].as_u64().unwrap());
            let percent = 100.0 * count as f64 / of as f64;
            assert_eq!(cell.replace(',', ""), format!("{percent:.0} % {count} of {of}"));
        }
    }
    let lost = found["lost"]["rate_limited"].as_u64().unwrap();
    assert_eq!(
        rows(&html, "lost"),
        [["rate_limited".to_owned(), format!("{},{}", lost / 1_000, lost % 1_000)]]
    );
    for said in text.err.lines() {
        assert!(html.contains(&format!("<li><bdi>{said}</bdi></li>")), "{said}");
    }

    let prometheus = files.analyze(&[&reports, "--format", "prometheus"]).out;
    for dimension in ["version", "os", "environment", "operation"] {
        let shown = rows(&html, &format!("by-{dimension}"));
        assert!(!shown.is_empty(), "{dimension}");
        for row in shown {
            let count = row[1].replace(',', "");
            let sample = format!("{dimension}=\"{}\"}} {count}\n", row[0]);
            assert!(prometheus.contains(&sample), "{sample}: {prometheus}");
        }
    }
}

#[test]
fn nothing_in_a_report_does_anything() {
    let files = Files::new();
    let html = page_of(&files, &hostile());
    for text in HOSTILE {
        let shown = printable::text(text);
        // Of the version, the system, the environment and the operation, of the loss, and of both versions of the bug.
        let escaped = format!("<bdi>{}</bdi>", escaped(&shown));
        assert!(html.matches(&escaped).count() >= 5, "{text:?}: {}", html.matches(&escaped).count());
        let title = format!("<bdi>{0} in {0}</bdi>", self::escaped(&shown));
        assert!(html.contains(&title), "{title}");
    }
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");

    // A name of a program that is hostile.
    let name = HOSTILE[1];
    let lines = hostile().replace("\"name\":\"weather\"", &format!("\"name\":{}", json!(name)));
    let html = page_of(&files, &lines);
    assert!(html.contains(&format!("reports of <bdi>{}</bdi> say", escaped(name))), "{html}");
}

/// The text as a template writes it.
fn escaped(text: &str) -> String {
    let signs = [("&", "&#38;"), ("<", "&#60;"), (">", "&#62;"), ("\"", "&#34;"), ("'", "&#39;")];
    signs.iter().fold(text.to_owned(), |text, (sign, escaped)| text.replace(sign, escaped))
}

#[test]
fn what_has_no_room_is_counted() {
    let files = Files::new();
    let lines: String = (0..300).map(|n| line(n, "2026-11-26", n, &format!("1.{n}.0"), "linux")).collect();
    let html = page_of(&files, &lines);
    assert_eq!(html.matches("<tr id=\"bug-").count(), 100);
    assert!(html.contains("<p>And 200 more bugs (<code>--format json</code>).</p>"), "{html}");
    assert!(html.contains("<p>And 206 reports of 206 more versions (<code>--format prometheus</code>).</p>"));
    assert!(html.contains("<p>And 44 reports beyond the bound.</p>"), "{html}");
    assert!(html.contains("<li><bdi>44 reports of further versions: only 256 are told apart</bdi></li>"));

    let html = page_of(&files, &line(1, "yesterday", 1, "1.4.0", "linux"));
    assert!(html.contains("<p>No report has a day.</p>") && html.contains(">no day</td>"), "{html}");
    assert!(html.contains("<p>Nothing.</p>"), "{html}");
}

#[test]
fn a_new_file_gets_it_and_nothing_else_is_touched() {
    let files = Files::new();
    let reports = files.write("reports.jsonl", six_weeks());
    let letter = files.write("letter", "dear Ada");
    let said = files.analyze(&[&reports, "--page", &letter]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("letter is there already, and stays as it is: name another file"), "{said:?}");
    assert_eq!(fs::read(&letter).unwrap(), b"dear Ada");
    let missing = files.folder.path().join("missing/page.html");
    let said = files.analyze(&[&reports, "--page", missing.to_str().unwrap()]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.starts_with("error: the page cannot be written to ") && !missing.exists(), "{said:?}");

    // Without a report there is no page.
    let none = files.folder.path().join("none.html");
    let said = files.analyze(&[&letter, "--page", none.to_str().unwrap()]);
    assert!(said.code == 1 && !none.exists(), "{said:?}");
    for more in [&["--json"][..], &["--format", "prometheus"]] {
        let said = files.analyze(&[&[&reports, "--page", none.to_str().unwrap()], more].concat());
        assert!(said.code == 2 && said.err.contains("cannot be used with"), "{said:?}");
        assert!(!none.exists());
    }
}

/// Spans and starts of three versions, the last of which is slower and fails more often. One name is hostile.
fn spans_of_versions() -> String {
    let mut all = Vec::new();
    for (at, version) in ["1.3.0", "1.4.0", "1.5.0"].into_iter().enumerate() {
        let (at, first) = (at as u64, at as u64 * 10_000);
        for number in 0..400 {
            let failed = at == 2 && number % 7 == 0;
            all.push(span(first + number, "Forecast Asked", version, (1 + number % 100) * (1 + at), failed));
            let mut start = span(first + 1_000 + number, "Program Started", version, 0, false);
            let noon = noon(YESTERDAY - number % 20).to_string();
            start["startTimeUnixNano"] = json!(noon);
            start["endTimeUnixNano"] = json!(noon);
            all.push(start);
        }
        all.push(span(first + 2_000, "Settings Read", version, 0, false));
        all.push(span(first + 2_001, HOSTILE[0], version, 86_400_000, true));
    }
    request("weather", &all)
}

/// Writes the pages that `tests/view/run` shows in a browser.
#[test]
#[ignore = "writes the pages that tests/view/run looks at"]
#[expect(clippy::disallowed_methods, reason = "where a script wants them, in tests only")]
fn pages_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var_os("VIEW_PAGES").unwrap());
    let files = Files::new();
    let one = line(1, "2026-11-26", 1, "1.4.0", "linux");
    let year: String = (0..400)
        .map(|n| {
            let day = format!("2026-{:02}-{:02}", 1 + n % 11, 1 + n % 27);
            line(n, &day, n % 130, &format!("1.{}.0", n % 60), ["linux", "macos", "windows"][n as usize % 3])
        })
        .collect();
    let spans = spans_of_versions();
    let pages = [
        ("one", one),
        ("usual", six_weeks()),
        ("year", year),
        ("hostile", hostile() + "torn\n"),
        ("spans", spans.clone()),
        ("reports-and-spans", six_weeks() + &spans),
    ];
    for (name, lines) in pages {
        fs::write(folder.join(format!("analyze-{name}.html")), page_of(&files, &lines)).unwrap();
    }
}
