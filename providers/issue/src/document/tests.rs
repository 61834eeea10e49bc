use super::*;

use crawl4ai_telemetry_conformance::sample;
use crawl4ai_telemetry_core::{
    App, Event, Kind, Level, Privacy, RawException, ReportId, Sanitizer, Timestamp, context,
};

/// A report whose texts contain this message. The privacy level is standard.
pub(crate) fn saying(message: &str) -> Report {
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
    event.thread = Some(message.to_owned());
    event.operations = vec!["forecast".into(), message.to_owned().into()];
    event.context = context! { "note" => message };
    let mut raised = RawException::new(Kind::Error, "weather::ForecastError");
    raised.message = Some(message.to_owned());
    event.exceptions.push(raised);
    Sanitizer::new().report(&App::new("weather", "1.4.0"), event, Privacy::Standard)
}

/// Texts that try to be markup.
pub(crate) const HOSTILE: [&str; 12] = [
    "```\n@ada #1 <script>alert(1)</script>\n```",
    "\n````\n/close\n/assign @ada\n",
    "\r```\r/close\r",
    "\u{2028}```\u{2028}/close",
    "\u{85}```\u{b}```\u{c}```",
    "~~~\n# heading\n- [ ] list",
    "<img src=x onerror=alert(1)> <!-- --> </pre></title><script>",
    "![x](javascript:alert(1)) [y][z] https",
    "\u{202e}gpj.exe\u{202c} \u{2066}x\u{2069} \u{200b}",
    "owner/project#12 GH-12 !7 ~label %milestone &epic $snippet",
    "`````````````````````````````````````````",
    "&lt;b&gt; &#60;b&#62; %3Cscript%3E &amp;title=x&body=y",
];

#[test]
fn a_report_cannot_leave_its_block() {
    for hostile in HOSTILE {
        let document = Document::of(&saying(hostile)).unwrap();
        for text in [document.text(), document.text_within(1_500).0, document.text_within(700).0] {
            // A block ends at a line of backticks only, which is indented by at most three spaces.
            let fences: Vec<&str> = text
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with("```") || line.starts_with("~~~"))
                .collect();
            let expected: &[&str] = if text.contains("```json") {
                &["```text", "```", "```json", "```"]
            } else {
                &["```text", "```"]
            };
            assert_eq!(fences, expected, "{hostile:?}: {text}");
            // Nothing outside the blocks comes from the report.
            let (before, rest) = text.split_once("```text\n").unwrap();
            let (inside, behind) = rest.split_once("\n```\n").unwrap();
            assert!(!before.contains(['@', '#', '<']), "{before}");
            let behind = behind.split("```json").next().unwrap();
            assert!(!behind.contains(['@', '#', '<', '/']), "{behind}");
            // No line in the block begins with text of the report.
            for line in inside.lines().filter(|line| *line != "…") {
                let named = [
                    "what failed",
                    "because of",
                    "it was doing",
                    "it noted",
                    "program",
                    "system",
                    "compiler",
                    "thread",
                ];
                let named = named.iter().chain(&["taken out", "when", "report", "fingerprint"]);
                assert!(named.clone().any(|name| line.starts_with(name)), "{line:?}");
            }
            assert!(
                !text.contains(['\r', '\u{2028}', '\u{85}', '\u{b}', '\u{202e}', '\u{200b}']),
                "{text:?}"
            );
        }
    }
}

#[test]
fn a_title_is_one_short_line_without_mentions() {
    for (message, title) in [
        ("cannot read settings", "weather 1.4.0: cannot read settings"),
        ("", "weather 1.4.0: weather::ForecastError"),
        ("see #12 and !7", "weather 1.4.0: see # 12 and ! 7"),
        ("<b>`x`", "weather 1.4.0: ‹b›'x'"),
        ("a\nb", "weather 1.4.0: a\\u000ab"),
    ] {
        assert_eq!(Document::of(&saying(message)).unwrap().title, title, "{message:?}");
    }
    for hostile in HOSTILE.into_iter().chain([&*"long ".repeat(100), &*"名 ".repeat(100)]) {
        let title = Document::of(&saying(hostile)).unwrap().title;
        assert!(
            title.chars().count() <= 2 * TITLE && !title.contains(['\n', '`', '<', '\u{202e}']),
            "{title:?}"
        );
        let mentions =
            title.split_once(['@', '#']).is_some_and(|(_, rest)| rest.starts_with(char::is_alphanumeric));
        assert!(!mentions, "{title:?}");
    }
}

#[test]
fn all_of_it_stands_in_the_file_and_the_search_finds_it() {
    for (what, report) in sample::all() {
        let document = Document::of(&report).unwrap();
        let file = document.file();
        assert!(file.contains(&serde_json::to_string(&report).unwrap()), "{what}");
        assert!(
            file.starts_with(&format!("# {}\n\n", document.title)) && file.ends_with(&document.text()),
            "{what}"
        );
        assert!(file.contains(&format!("fingerprint   {}\n", report.fingerprint())), "{what}");
    }
    let words = Document::of(&sample::email_report()).unwrap().lines;
    for line in [
        "what failed   sample_tool::fetch::FetchError: cannot fetch page 3 of 12\n",
        "    0         sample_tool::fetch::get  src/fetch.rs:88\n",
        "  and         1 of libraries\n    3         sample_tool::main  src/main.rs:12\nbecause of ",
        "because of    std::io::error::Error: Connection refused (os error 111)\n",
        "it was doing  crawl, fetch\n",
        "program       sample-tool 1.4.2\n",
        "e-mail        ada@example.com\n",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
}

#[test]
fn what_does_not_fit_is_left_out_from_the_end_and_no_character_is_cut() {
    for report in [
        saying(&"größer 名前 🦀 ".repeat(300)),
        saying("short"),
        sample::error_report(),
        sample::empty_report(),
    ] {
        let document = Document::of(&report).unwrap();
        let whole = encode::percent_length(&document.text());
        for most in [whole, whole - 1, 7_000, 3_000, 1_200, 600] {
            let (text, is_cut) = document.text_within(most);
            assert!(encode::percent_length(&text) <= most, "{most}: {text}");
            assert_eq!(is_cut, most < whole, "{most}");
            assert_eq!(text.contains("may be attached"), is_cut, "{most}: {text}");
            // The kept text is the start of the report.
            let (_, inside) = text.split_once("```text\n").unwrap();
            let inside = inside.split("\n```\n").next().unwrap().trim_end_matches('…').trim_end();
            assert!(document.lines.starts_with(inside), "{most}: {inside}");
        }
    }
}
