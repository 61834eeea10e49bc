//! The schema as a table for people, in Markdown.

use std::fmt::Write as _;

use super::{AttributeSpec, Schema, Tier, Type};

/// A part of the schema: the common attributes, a span, or the items of a list in a span.
struct Group {
    /// `Every span`, the name of a span, or the name of a list and of the first span that has it.
    title: String,
    purpose: &'static str,
    attributes: &'static [AttributeSpec],
}

/// Divides the whole schema into parts. Everything that is collected is in one of them.
fn groups(schema: &Schema) -> Vec<Group> {
    let (mut groups, spans) = (Vec::new(), schema.spans());
    if !schema.common().is_empty() {
        groups.push(Group {
            title: "Every span".to_owned(),
            purpose: "What each of the spans below carries besides its own.",
            attributes: schema.common(),
        });
    }
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

/// The schema as a table of all spans and their attributes, for the page where a program tells its users what it
/// collects.
///
/// ```
/// use crawl4ai_telemetry_core::usage::{DeclaredSpan, Schema, table};
/// # use crawl4ai_telemetry_core::usage::Name;
/// # crawl4ai_telemetry_core::usage_span! {
/// #     /// That a crawl ended.
/// #     pub struct CrawlEnded = "Crawl Ended" {
/// #         /// Strategies that nobody uses are taken out.
/// #         strategy: Name => Default since 1,
/// #     }
/// # }
///
/// assert!(table(&Schema::new(&[CrawlEnded::SPEC])).contains("### Crawl Ended"));
/// ```
#[must_use]
pub fn table(schema: &Schema) -> String {
    let mut out = String::new();
    for Group { title, purpose, attributes } in groups(schema) {
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
