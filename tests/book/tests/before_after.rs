//! Checks that docs/before-after.svg, the picture in the README, shows the quickstart's real error and the real report
//! of it. `UPDATE=1 cargo test -p crawl4ai-telemetry-book --test before_after` draws the picture.
//!
//! The marked parts of the error are those that the sanitizer removes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "UPDATE=1 is a developer's wish")]

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::process::{Command, Stdio};

use crawl4ai_telemetry::Sanitizer;
use crawl4ai_telemetry::sanitize::Redaction;
use crawl4ai_telemetry_book::docs;

/// The height of a line and the size of its letters, in pixels.
const LINE: usize = 21;
const LETTERS: usize = 13;
const WIDTH: usize = 1000;
const MARGIN: usize = 28;

/// A line of text, with the ranges that are marked in it.
struct Line {
    text: String,
    marks: Vec<Range<usize>>,
}

/// The output of the quickstart, with the test binary's name replaced by `quickstart`.
fn quickstart() -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_quickstart_of_the_book"))
        .env_clear()
        .env("HOME", folder.path())
        .env("TMPDIR", folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().replace("quickstart_of_the_book", "quickstart")
}

/// The lines between a heading that begins with `heading` and the next heading.
fn below<'a>(said: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = said.lines().skip_while(|line| !line.starts_with(heading)).skip(1);
    lines.take_while(|line| !line.starts_with("──")).map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The error before it is cleaned, with the parts marked that the sanitizer removes.
fn before(said: &str) -> Vec<Line> {
    let sanitizer = Sanitizer::new();
    let lines = below(said, "── An error").into_iter().filter(|line| !line.starts_with("captured"));
    let marked = |text: &str| {
        let marks = sanitizer.spans(text).into_iter().map(|span| span.start..span.end).collect();
        Line { text: text.to_owned(), marks }
    };
    lines.map(marked).collect()
}

/// The report as it was sent, with its placeholders marked.
fn after(said: &str) -> Vec<Line> {
    let lines = below(said, "── Report 1").into_iter().filter(|line| !line.starts_with("bytes"));
    lines.map(|text| Line { text: text.to_owned(), marks: placeholders(text) }).collect()
}

fn placeholders(text: &str) -> Vec<Range<usize>> {
    let mut marks: Vec<Range<usize>> = Vec::new();
    for (start, _) in text.match_indices('[') {
        let Some(length) = text.get(start..).and_then(|rest| rest.find(']')) else { continue };
        let inside = text.get(start + 1..start + length).unwrap_or_default();
        // A placeholder like `[html 10–100 KB]` gives the kind of content and its size.
        let known = Redaction::ALL.iter().any(|kind| kind.placeholder().trim_matches(['[', ']']) == inside)
            || inside.ends_with('B');
        if known {
            marks.push(start..start + length + 1);
        }
    }
    marks
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn heading(svg: &mut String, y: usize, text: &str) {
    writeln!(svg, r#"<text class="head" x="{MARGIN}" y="{y}">{}</text>"#, escape(text)).unwrap();
}

fn line(svg: &mut String, y: usize, line: &Line, class: &str) {
    write!(svg, r#"<text xml:space="preserve" x="{MARGIN}" y="{y}">"#).unwrap();
    let mut at = 0;
    for mark in &line.marks {
        let piece = |range: Range<usize>| escape(line.text.get(range).unwrap());
        write!(svg, "{}", piece(at..mark.start)).unwrap();
        write!(svg, r#"<tspan class="{class}">{}</tspan>"#, piece(mark.clone())).unwrap();
        at = mark.end;
    }
    writeln!(svg, "{}</text>", escape(line.text.get(at..).unwrap())).unwrap();
}

/// Draws one dark card, which looks the same on light and on dark pages.
fn draw(before: &[Line], after: &[Line]) -> String {
    let height = MARGIN * 2 + LINE * (before.len() + after.len() + 3);
    let mut svg = String::new();
    write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">
<title>An error as a program has it, and the report of it that leaves</title>
<style>
text {{ font: {LETTERS}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d6dae0 }}
.head {{ fill: #8b949e; font-style: italic }}
.gone {{ fill: #ff9088; text-decoration: line-through }}
.stands {{ fill: #7ee0a0; font-weight: bold }}
</style>
<rect x="1" y="1" width="{}" height="{}" rx="10" fill="#161b22" stroke="#57606a"/>
"##,
        WIDTH - 2,
        height - 2,
    )
    .unwrap();
    let mut y = MARGIN + LETTERS;
    heading(&mut svg, y, "your program, on your user's machine");
    for there in before {
        y += LINE;
        line(&mut svg, y, there, "gone");
    }
    y += 2 * LINE + LINE / 2;
    heading(&mut svg, y, "what leaves it, once they agreed");
    for there in after {
        y += LINE;
        line(&mut svg, y, there, "stands");
    }
    svg + "</svg>\n"
}

#[test]
fn the_picture_is_true() {
    let said = quickstart();
    let (before, after) = (before(&said), after(&said));
    assert_eq!(before.len(), 3, "{said}");
    assert!(before.iter().all(|line| !line.marks.is_empty()), "{said}");
    assert!(after.iter().filter(|line| !line.marks.is_empty()).count() >= 4, "{said}");
    let (path, drawn) = (docs().join("before-after.svg"), draw(&before, &after));
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(path, drawn).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == drawn,
        "docs/before-after.svg is not what the quickstart says (UPDATE=1 draws it):\n{drawn}"
    );
}
