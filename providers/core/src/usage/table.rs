//! The schema as a table for people, in Markdown.

use std::fmt::Write as _;

use super::{AttributeSpec, COMMON, SpanSpec, Tier, Type};

/// The table of `spans` and of what every span carries, as `docs/usage-data.md` shows it.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{SCHEMA, table};
///
/// assert!(table(SCHEMA).contains("### Feature Usage"));
/// ```
#[must_use]
pub fn table(spans: &[&SpanSpec]) -> String {
    let mut out = String::from("### Every span\n\nWhat each of the spans below carries besides its own.\n");
    rows(&mut out, COMMON);
    for span in spans {
        // Writing to a string cannot fail.
        let _ = write!(out, "\n### {}\n\n{}\n", span.name(), span.purpose());
        if span.attributes().is_empty() {
            out.push_str("\nNothing besides what every span carries.\n");
        } else {
            rows(&mut out, span.attributes());
        }
    }
    for (holder, attribute, items) in lists(spans) {
        let _ = write!(out, "\n### Items of `{attribute}` ({holder})\n");
        rows(&mut out, items);
    }
    out
}

/// Each list of objects once, by the span in which it stands first.
fn lists(spans: &[&SpanSpec]) -> Vec<(&'static str, &'static str, &'static [AttributeSpec])> {
    let mut found: Vec<(&str, &str, &'static [AttributeSpec])> = Vec::new();
    for span in spans {
        for attribute in span.attributes() {
            if let Type::Items(items) = attribute.kind()
                && !found.iter().any(|(_, _, known)| *known == items)
            {
                found.push((span.name(), attribute.name(), items));
            }
        }
    }
    found
}

fn rows(out: &mut String, attributes: &[AttributeSpec]) {
    out.push_str("\n| name | what it holds | sent | why | since |\n|---|---|---|---|---|\n");
    for attribute in attributes {
        let sent = match attribute.tier() {
            Tier::Default => "by default",
            Tier::Shared => "**only when shared**",
        };
        let _ = writeln!(
            out,
            "| `{}` | {} | {sent} | {} | {} |",
            attribute.name(),
            attribute.kind().describe(),
            attribute.reason(),
            attribute.since(),
        );
    }
}
