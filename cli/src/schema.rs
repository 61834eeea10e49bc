//! `schema`: what is collected and what never is, from the code that collects it.

use clap::Args;
use crawl4ai_telemetry::usage::{AttributeSpec, COMMON, SCHEMA, SpanSpec, Tier, Type};
use crawl4ai_telemetry::{FieldSpec, NEVER_SENT, REPORT_FIELDS, SENT_ALONG, sanitize::Redaction};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::output::{Paint, Streams};

/// Show what is collected, why, and what never is
///
/// The list is made of the code that collects. Nothing is stored and nothing is
/// sent, so there is nothing to undo. See a whole report with `preview`.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Schema {
    /// For other programs: one JSON object, whose keys are stable
    #[arg(long)]
    json: bool,
}

impl Schema {
    pub(crate) fn run(self, streams: &mut Streams) -> Result<(), Failure> {
        if self.json {
            return streams.print_json(serde_json::to_string_pretty(&whole()));
        }
        streams.paint(Paint::Strong, "Never collected")?;
        for never in NEVER_SENT {
            streams.print(&format!("  {never}"))?;
        }
        streams.wrap(2, "No field holds any of it. Text that the program writes is searched for it, and cleaned: what \
                         has no form, like a person's name in a sentence, is not found at the standard level.")?;
        streams.print("")?;
        streams.paint(Paint::Strong, "A crash report, with your consent (* only then, never by default)")?;
        for field in REPORT_FIELDS {
            let star = if field.strict { ' ' } else { '*' };
            streams.print(&format!("{star} {}", field.path))?;
            streams.wrap(6, &format!("{}: {}", field.meaning, field.reason))?;
        }
        streams.print("")?;
        streams.paint(Paint::Strong, "What goes along with a report to a server, and is no part of it")?;
        for along in SENT_ALONG {
            streams.print(&format!("  {along}"))?;
        }
        streams.print("")?;
        streams.paint(Paint::Strong, "What is taken out of every text, and what stands in its place")?;
        for kind in Redaction::ALL {
            streams.print(&format!("  {:<20} {}", kind.placeholder(), kind.name().replace('_', " ")))?;
        }
        streams.print("")?;
        streams
            .paint(Paint::Strong, "Usage figures, of programs that declare them (* only what you share)")?;
        streams.print("  Every span")?;
        attributes(COMMON, 2, streams)?;
        for span in SCHEMA {
            streams.print(&format!("  {}{}", span.name(), if span.is_shared_only() { " *" } else { "" }))?;
            streams.wrap(6, span.purpose())?;
            attributes(span.attributes(), 2, streams)?;
        }
        Ok(())
    }
}

/// Prints attributes, and below a list those of its items.
fn attributes(all: &[AttributeSpec], indent: usize, streams: &mut Streams) -> Result<(), Failure> {
    for attribute in all {
        let star = if attribute.tier() == Tier::Default { ' ' } else { '*' };
        streams.print(&format!("{:indent$}{star} {}", "", attribute.name()))?;
        streams.wrap(indent + 6, &format!("{}: {}", attribute.kind().describe(), attribute.reason()))?;
        if let Type::Items(items) = attribute.kind() {
            attributes(items, indent + 4, streams)?;
        }
    }
    Ok(())
}

fn whole() -> Value {
    let field = |field: &FieldSpec| json!({ "path": field.path, "meaning": field.meaning, "reason": field.reason, "strict": field.strict });
    let span = |span: &&SpanSpec| json!({ "name": span.name(), "purpose": span.purpose(), "attributes": list(span.attributes()) });
    let redaction = |kind: &Redaction| json!({ "kind": kind.name(), "placeholder": kind.placeholder() });
    json!({
        "never": NEVER_SENT,
        "report": REPORT_FIELDS.iter().map(field).collect::<Vec<Value>>(),
        "along": SENT_ALONG,
        "redactions": Redaction::ALL.iter().map(redaction).collect::<Vec<Value>>(),
        "usage_every": list(COMMON),
        "usage": SCHEMA.iter().map(span).collect::<Vec<Value>>(),
    })
}

fn list(attributes: &[AttributeSpec]) -> Vec<Value> {
    let one = |attribute: &AttributeSpec| {
        let mut one = json!({
            "name": attribute.name(),
            "type": attribute.kind().describe(),
            "reason": attribute.reason(),
            "tier": attribute.tier().name(),
        });
        if let (Type::Items(items), Some(one)) = (attribute.kind(), one.as_object_mut()) {
            one.insert("items".to_owned(), list(items).into());
        }
        one
    };
    attributes.iter().map(one).collect()
}
