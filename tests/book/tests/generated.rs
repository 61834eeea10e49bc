//! Checks that the generated parts of pages match the code. `UPDATE=1` writes them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "UPDATE=1 is a developer's wish")]

use std::fmt::Write as _;
use std::fs;

use crawl4ai_telemetry::sanitize::Redaction;
use crawl4ai_telemetry::{
    Context, NEVER_SENT, Privacy, REPORT_FIELDS, Rule, SENT_ALONG, Sanitizer, Value, context,
};
use crawl4ai_telemetry_book::docs;
use crawl4ai_telemetry_book::markdown::Page;

const BEGIN: &str = "<!-- generated: UPDATE=1 cargo test -p crawl4ai-telemetry-book --test generated -->\n";
const END: &str = "<!-- /generated -->";

/// Compares the generated part of a page with `expected`, or writes it with `UPDATE=1`.
#[track_caller]
fn page_holds(name: &str, expected: &str) {
    let path = docs().join(name);
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("where it begins");
    let (_, after) = rest.split_once(END).expect("where it ends");
    let whole = format!("{before}{BEGIN}\n{}\n\n{END}{after}", expected.trim());
    if page != whole && std::env::var_os("UPDATE").is_some() {
        return fs::write(&path, whole).unwrap();
    }
    let differs = page.lines().zip(whole.lines()).find(|(found, expected)| found != expected);
    assert!(page == whole, "docs/{name} is not what the code says (UPDATE=1 writes it): {differs:?}");
}

#[test]
fn the_programs_of_the_pages_are_those_that_are_run() {
    let programs = [
        ("start-here.md", include_str!("../src/bin/weather.rs")),
        ("consent.md", include_str!("../src/bin/weather_command.rs")),
    ];
    for (name, program) in programs {
        let page = Page::read(&docs().join(name)).unwrap();
        let shown = page.blocks().into_iter().find(|block| block.text.starts_with("//!")).unwrap();
        if shown.text != program && std::env::var_os("UPDATE").is_some() {
            fs::write(&page.path, page.text.replace(&shown.text, program)).unwrap();
        } else {
            assert_eq!(shown.text, program, "docs/{name}:{}: UPDATE=1 writes it", shown.line);
        }
    }
}

#[test]
fn the_rules_of_consent() {
    let mut table = String::from("| rule | what it says | a report leaves |\n|---|---|---|\n");
    for rule in Rule::ALL {
        let leaves = match rule {
            Rule::StoredConsent | Rule::EnvironmentConsent => "yes",
            Rule::ServerDefault => "yes, without any free text",
            Rule::KillSwitch
            | Rule::DoNotTrack
            | Rule::AdministratorDenial
            | Rule::Unreadable
            | Rule::StoredDenial
            | Rule::QuestionHidden
            | Rule::NoConsent => "no",
            Rule::NotebookUnanswered => "no; a [notebook](notebooks.md) shows how to decide",
            Rule::TerminalUnanswered => "no; the user is asked",
            unknown => panic!("the page says nothing of {unknown}"),
        };
        writeln!(table, "| `{rule}` | {} | {leaves} |", rule.reason("MY_TOOL")).unwrap();
    }
    page_holds("consent.md", &table);
}

/// An example text for each kind that is detected by its form. The page shows what the sanitizer makes of it.
const EXAMPLES: &[(Redaction, &str)] = &[
    (Redaction::Url, "cannot fetch https://example.com/a?b=c"),
    (Redaction::Email, "no mailbox for ada@example.com"),
    (Redaction::Ip, "connect to 203.0.113.42:8080 failed"),
    (Redaction::Mac, "no lease for 00:1b:44:11:3a:b7"),
    (Redaction::Path, "cannot open /home/ada/customers.html"),
    (Redaction::Jwt, "bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"),
    (Redaction::Pem, "-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQ\\n-----END PRIVATE KEY-----"),
    (Redaction::Authorization, "refused: Authorization: Bearer abcdefgh12345678"),
    (Redaction::Cookie, "refused: Cookie: session=8f14e45f; theme=dark"),
    (Redaction::Secret, "login failed, password=hunter2"),
    (Redaction::Token, "unknown job 550e8400-e29b-41d4-a716-446655440000"),
    (Redaction::Connection, "cannot connect: Server=db.example.com;Database=shop;User Id=ada;Password=x1"),
    (Redaction::Query, "bad request: q=ada&page=2&token=abc"),
    (Redaction::Html, "unexpected <p>Balance due</p>"),
    (Redaction::Card, "declined: 4242 4242 4242 4242"),
    (Redaction::Iban, "unknown account GB82 WEST 1234 5698 7654 32"),
    (Redaction::Phone, "no answer from +44 20 7946 0958"),
    (Redaction::NationalId, "bad number 123-45-6789"),
];

/// Descriptions of the kinds that have no example.
const MEANINGS: &[(Redaction, &str)] = &[
    (
        Redaction::Redacted,
        "the value of a key that has a sensitive word in it (`api_key`), or a name behind a word like `user`",
    ),
    (
        Redaction::Content,
        "the value of a key that holds content (`html`, `body`, `url`): its kind and size, `[html 10–100 KB]`",
    ),
    (Redaction::Host, "this machine's own name"),
    (Redaction::User, "the name of this machine's user"),
    (
        Redaction::Protected,
        "a value that the program gave to `protect`, or of a variable of the environment whose name looks secret",
    ),
    (Redaction::Custom, "what a detector of the program found"),
    (Redaction::Unscrubbed, "a whole text, when a detector failed on it"),
];

/// The context keys whose values are kept at the strict level. They are read from the sanitizer's source, and checked
/// against the sanitizer.
fn words_that_may_leave() -> Vec<&'static str> {
    const SOURCE: &str = include_str!("../../../providers/core/src/sanitize/context.rs");
    let (_, list) = SOURCE.split_once("const HARMLESS: [").unwrap();
    let (_, list) = list.split_once("= [").unwrap();
    let keys: Vec<&str> = list.split_once(']').unwrap().0.split('"').skip(1).step_by(2).collect();
    let sanitizer = Sanitizer::new();
    let strict = |key: &str, value: &str| {
        let mut context = Context::new();
        context.insert(key, Value::from(value));
        serde_json::to_string(&sanitizer.context(context, Privacy::Strict)).unwrap().contains(value)
    };
    for key in &keys {
        assert!(
            strict(key, "acme-corp") && !strict(key, "two words") && !strict(key, &"a".repeat(33)),
            "{key}"
        );
    }
    assert!(!strict("owner", "acme-corp") && !keys.is_empty());
    keys
}

#[test]
fn what_leaves() {
    let mut page = String::from("## Never collected\n\n");
    for never in NEVER_SENT {
        writeln!(page, "- {never}").unwrap();
    }
    page += "\n## What goes along to a server\n\nIt is no part of a report:\n\n";
    for along in SENT_ALONG {
        writeln!(page, "- {along}").unwrap();
    }
    page += "\nTo an [issue tracker](without-a-server.md) nothing goes but by the user's browser, which tells it what it tells\nevery \
             site: a network address, and the account that they are signed in with.\n";
    page += "\n## Every field of a crash report\n\n| field | what it is | why | at the strict level |\n|---|---|---|---|\n";
    for field in REPORT_FIELDS {
        let when = if field.strict { "yes" } else { "left out" };
        writeln!(page, "| `{}` | {} | {} | {when} |", field.path, field.meaning, field.reason).unwrap();
    }
    writeln!(
        page,
        "\nAt the strict level `context` keeps keys that are names, yes and no, numbers under these keys and under labels such as `attempt`, `line`, `port` or `status_code`, and text in two cases: one word (letters, digits, `_`, `-` \
         and `.`, at most 32 bytes) under one of these keys, and any text under a key that the program declares safe \
         (`safe_key`). It is cleaned there too. The keys: {}.",
        words_that_may_leave().iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
    )
    .unwrap();
    page += "\n## What is taken out of every text\n\nBy the search, at every level. Where own words are what leaves, everything else that is not the program's becomes `[word]`, `[text]`, `[number]` and the like, which [own words](own-words.md) lists and `redactions` does not count.\n\n| stands in its place | for example | becomes |\n|---|---|---|\n";
    let sanitizer = Sanitizer::new();
    for kind in Redaction::ALL {
        let of_kind = |table: &[(Redaction, &'static str)]| {
            table.iter().find(|(known, _)| known == kind).map(|(_, text)| *text)
        };
        let row = of_kind(EXAMPLES).map_or_else(
            || format!("| {} | |", of_kind(MEANINGS).expect("an example or a meaning for every kind")),
            |text| {
                let clean = sanitizer.text(text);
                assert!(clean.contains(kind.placeholder()), "{kind:?}: {text:?} becomes {:?}", &*clean);
                format!("| `{text}` | `{}` |", &*clean)
            },
        );
        writeln!(page, "| `{}` {row}", kind.placeholder()).unwrap();
    }
    page_holds("what-leaves.md", &page);

    // Checks what the table says about keys.
    let context = context! { "api_key" => "abc", "html" => "<p>".repeat(9_000), "owner" => "Ada" };
    let clean = serde_json::to_string(&sanitizer.context(context, Privacy::Standard)).unwrap();
    assert!(clean.contains("[redacted]") && clean.contains("[html 10–100 KB]"), "{clean}");
}
