//! The schema as a table for people, in Markdown.

use std::fmt::Write as _;

use super::{AttributeSpec, COMMON, SpanSpec, Tier, Type};

/// A part of the schema: what every span carries, a span, or the items of a list in one.
struct Group {
    /// `Every span`, the span's name, the list and where it stands first.
    title: String,
    purpose: &'static str,
    attributes: &'static [AttributeSpec],
}

/// The whole schema of `spans` in parts: nothing is collected that is in none of them.
fn groups(spans: &[&SpanSpec]) -> Vec<Group> {
    let common = Group {
        title: "Every span".to_owned(),
        purpose: "What each of the spans below carries besides its own.",
        attributes: COMMON,
    };
    let mut groups = vec![common];
    groups.extend(spans.iter().map(|span| Group {
        title: span.name().to_owned(),
        purpose: span.purpose(),
        attributes: span.attributes(),
    }));
    for span in spans {
        for attribute in span.attributes() {
            if let Type::Items(attributes) = attribute.kind()
                && !groups.iter().any(|known| known.attributes == attributes)
            {
                let title = format!("Items of `{}` ({})", attribute.name(), span.name());
                groups.push(Group { title, purpose: "What each of them holds.", attributes });
            }
        }
    }
    groups
}

/// The table of `spans` and of what every span carries, as `docs/usage-data.md` shows it.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{SCHEMA, table};
///
/// assert!(table(SCHEMA).contains("### Feature Usage"));
/// ```
#[must_use]
pub fn table(spans: &[&SpanSpec]) -> String {
    let mut out = String::new();
    for Group { title, purpose, attributes } in groups(spans) {
        let gap = if out.is_empty() { "" } else { "\n" };
        // Writing to a string cannot fail.
        let _ = write!(out, "{gap}### {title}\n\n{purpose}\n");
        if attributes.is_empty() {
            out.push_str("\nNothing besides what every span carries.\n");
        } else {
            rows(&mut out, attributes);
        }
    }
    out
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
