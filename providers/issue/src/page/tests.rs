use super::*;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crawl4ai_telemetry_conformance::sample;
use crawl4ai_telemetry_core::Report;
use ring::digest::{SHA256, digest};

use crate::IssueLink;
use crate::document::tests::{HOSTILE, saying};

fn page(report: &Report) -> Page {
    let project = IssueLink::new("https://github.com/owner/weather").parse().unwrap();
    let document = Document::of(report).unwrap();
    Page::of(&document, &project, report.app_name(), &report.fingerprint().to_string())
}

/// The parameters of an address, decoded.
fn parameters(address: &str) -> Vec<(String, String)> {
    let (_, query) = address.split_once('?').unwrap();
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'%' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).expect("no character is cut")
    };
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// Writes pages for `tests/view/run`, which opens them in a browser.
#[test]
#[ignore = "writes pages to look at, where ISSUE_PAGES says"]
#[allow(clippy::disallowed_methods, reason = "a script says where to")]
fn pages_to_look_at() {
    let folder = std::path::PathBuf::from(std::env::var_os("ISSUE_PAGES").unwrap());
    let write = |name: &str, report: &Report| {
        std::fs::write(folder.join(format!("issue-{name}.html")), page(report).html).unwrap();
    };
    for (name, report) in sample::all() {
        write(&name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"), &report);
    }
    write("long", &saying(&"größer 名前 🦀 <b> & so on\n".repeat(70_000)));
    write("hostile", &saying(&HOSTILE.join(" ")));
}

#[test]
fn nothing_but_its_own_style_is_allowed() {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    assert_eq!(STYLE_HASH, format!("sha256-{hash}"), "the style has changed, and its hash has not");
    let html = page(&saying("short")).html;
    let policy = "content=\"default-src 'none'; style-src 'sha256-";
    assert!(html.contains(policy) && html.contains("base-uri 'none'; form-action 'none'\">"), "{html}");
    for forbidden in [
        "<script",
        "<img",
        "<iframe",
        "<form",
        "<link",
        "src=",
        "onclick",
        "url(",
        "@import",
        "http-equiv=\"refresh",
    ] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn the_form_holds_what_the_page_shows_within_its_bytes() {
    let long = "größer 名前 🦀 ".repeat(2_000);
    for message in HOSTILE.into_iter().chain(["short", &*long, &*"&".repeat(2 << 20)]) {
        let report = saying(message);
        let page = page(&report);
        assert!(page.form.len() <= LONGEST_ADDRESS, "{}", page.form.len());
        let parameters = parameters(&page.form);
        let names: Vec<&str> = parameters.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["title", "body"], "{message:.40}");
        for (_, value) in &parameters {
            assert!(page.html.contains(&format!(">{}</pre>", html(value))), "{message:.40}: it is not shown");
        }
        assert!(page.html.contains(&format!("href=\"{}\"", html(&page.form))));
        assert!(page.html.contains(&format!("issues?q=is%3Aissue%20{}\"", report.fingerprint())));
        let is_cut = parameters[1].1.contains("may be attached");
        assert_eq!(page.html.contains("href=\"issue.md\""), is_cut);
    }
}

#[test]
fn a_report_adds_no_tag_to_the_page() {
    let tags = |html: &str| html.matches('<').count();
    let (plain, cut) = (page(&saying("short")), page(&saying(&"a b ".repeat(3_000))));
    assert_ne!(tags(&plain.html), tags(&cut.html), "a longer one leads to the file");
    for hostile in HOSTILE {
        let page = page(&saying(hostile));
        let is_cut = page.html.contains("href=\"issue.md\"");
        assert_eq!(tags(&page.html), tags(if is_cut { &cut.html } else { &plain.html }), "{hostile:?}");
        assert!(!page.html.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{hostile:?}");
    }
    for (what, report) in sample::all() {
        assert!(tags(&page(&report).html) <= tags(&cut.html), "{what}");
    }
}
