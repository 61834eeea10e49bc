//! Cleans text that the program wrote. Text that only looks suspicious stays, text with a form is removed, and text
//! beside the program's is cleaned as usual.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a helper of a test may fail like the test"
)]

#[path = "planted/rng.rs"]
#[expect(dead_code, reason = "shared with the planted corpus, which needs more of it")]
mod rng;

use std::ops::Range;

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::sanitize::{Known, Redaction};
use rng::Rng;

/// The text without the signs `«` and `»`, and the ranges between them, which are the program's literals.
fn marked(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut raw, mut literals, mut open) = (String::new(), Vec::new(), 0);
    for c in text.chars() {
        match c {
            '«' => open = raw.len(),
            '»' => literals.push(open..raw.len()),
            c => raw.push(c),
        }
    }
    (raw, literals)
}

#[test]
fn suspicion_leaves_literals_alone_and_form_does_not() {
    let mut known = Known::default();
    known.add(Redaction::User, "lovelace");
    let sanitizer = Sanitizer::builder().known(known).build();
    sanitizer.protect("nightingale");
    for (text, expected) in [
        // Suspicious text in a literal stays.
        ("«InvalidCredentialsError: login refused»", "InvalidCredentialsError: login refused"),
        ("«panicked at src/auth/token.rs:12:5»", "panicked at src/auth/token.rs:12:5"),
        ("«Access denied (using password: YES)»", "Access denied (using password: YES)"),
        ("«--password hunter2 is the default»", "--password hunter2 is the default"),
        ("«unexpected <p>Balance due</p>»", "unexpected <p>Balance due</p>"),
        ("«expected ?page=2&size=10»", "expected ?page=2&size=10"),
        ("«SSN 078051120 is never valid»", "SSN 078051120 is never valid"),
        // Suspicious text outside of literals is removed.
        ("login=ada", "login=[redacted]"),
        ("«password: »hunter2", "password: [secret]"),
        ("«password: »hunter2« is too short»", "password: [secret] is too short"),
        ("«for user '»ada-b'« with token »x9", "for user '[redacted]' with token x9"),
        // Text with a form is removed everywhere.
        ("«token: see https://example.com/help»", "token: see [url]"),
        ("«password of ada@example.com»", "password of [email]"),
        ("«secret at /home/ada/x.txt»", "secret at [path].txt"),
        ("«card 4242 4242 4242 4242»", "card [card]"),
        ("«key AKIAIOSFODNN7EXAMPLE»", "key [token]"),
        ("«no room for lovelace»", "no room for [user]"),
        ("«project nightingale»", "project [protected]"),
    ] {
        let (raw, literals) = marked(text);
        let (clean, left) = sanitizer.text_around(&raw, &literals);
        assert_eq!(&*clean, expected, "{text}");
        let again = sanitizer.text_around(&clean, &left);
        assert_eq!(again, (clean, left), "{text}");
    }
}

#[test]
fn ranges_are_returned_where_they_stand() {
    let (raw, literals) = marked("«cannot read »/home/ada/a.txt« for user »ada« of example.com: denied»");
    let (clean, left) = Sanitizer::new().text_around(&raw, &literals);
    let parts: Vec<&str> = left.iter().map(|range| &clean[range.clone()]).collect();
    assert_eq!(&*clean, "cannot read [path].txt for user ada of [host]: denied");
    assert_eq!(parts, ["cannot read ", " for user ", " of ", ": denied"]);
}

/// Without literals the result is that of `text`. With literals the rest of the text is clean, and cleaning twice gives
/// the same as cleaning once.
#[test]
fn any_ranges_of_any_text() {
    const PIECES: [&str; 24] = [
        "password: ",
        "token=",
        "user '",
        "' ",
        " https://a.example/x ",
        " ada@example.com ",
        " ",
        "\n",
        "é",
        "4111 1111 1111 1111",
        "key \"",
        "\"",
        "{",
        "}",
        "\\n",
        "<p>a</p>",
        "SSN 078051120",
        "x7Gh29KlQp4Zt8Vw1Rm3",
        "?a=b&c=d",
        "%41",
        "Caused by: ",
        "日本",
        "AUTH ",
        "--secret x",
    ];
    let sanitizer = Sanitizer::new();
    let seed = Rng::fresh_seed();
    let mut r = Rng::new(seed);
    for _ in 0..4_000 {
        let text: String = (0..r.below(14)).map(|_| PIECES[r.below(24) as usize]).collect();
        let mut edges: Vec<usize> =
            (0..2 * r.below(4)).map(|_| r.below(text.len() as u64 + 1) as usize).collect();
        edges.sort_unstable();
        edges.dedup();
        let literals: Vec<_> = edges
            .chunks_exact(2)
            .map(|pair| pair[0]..pair[1])
            .filter(|range| text.get(range.clone()).is_some())
            .collect();
        let (clean, left) = sanitizer.text_around(&text, &literals);
        assert_ne!(&*clean, "[unscrubbed]", "seed {seed}: {text:?} {literals:?}");
        assert!(
            !clean.contains("ada@") && !clean.contains("a.example"),
            "seed {seed}: {text:?} {literals:?}"
        );
        assert!(
            left.iter().all(|range| clean.get(range.clone()).is_some()),
            "seed {seed}: {text:?} {literals:?}"
        );
        let again = sanitizer.text_around(&clean, &left);
        assert_eq!(again, (clean, left), "seed {seed}: {text:?} {literals:?}");
        assert_eq!(sanitizer.text_around(&text, &[]).0, sanitizer.text(&text));
    }
}
