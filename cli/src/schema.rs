//! `schema`: what is collected and what never is, from the code that collects it.

use clap::Args;
use crawl4ai_telemetry::usage::{SCHEMA, Tier};
use crawl4ai_telemetry::{NEVER_SENT, REPORT_FIELDS, sanitize::Redaction};
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
    /// As one JSON object, whose keys are stable
    #[arg(long)]
    json: bool,
}

impl Schema {
    pub(crate) fn run(self, streams: &mut Streams) -> Result<(), Failure> {
        if self.json {
            let text =
                serde_json::to_string_pretty(&whole()).map_err(|error| Failure::Output(error.into()))?;
            return streams.print(&text);
        }
        streams.paint(Paint::Strong, "Never sent")?;
        for never in NEVER_SENT {
            streams.print(&format!("  {never}"))?;
        }
        streams.print("")?;
        streams.paint(Paint::Strong, "A crash report, with your consent (* only then, never by default)")?;
        for field in REPORT_FIELDS {
            let star = if field.strict { ' ' } else { '*' };
            streams.print(&format!("{star} {}", field.path))?;
            streams.wrap(6, &format!("{}: {}", field.meaning, field.reason))?;
        }
        streams.print("")?;
        streams.paint(Paint::Strong, "What is taken out of every text, and what stands in its place")?;
        for kind in Redaction::ALL {
            streams.print(&format!("  {:<20} {}", kind.placeholder(), kind.name().replace('_', " ")))?;
        }
        streams.print("")?;
        streams
            .paint(Paint::Strong, "Usage figures, of programs that declare them (* only what you share)")?;
        for span in SCHEMA {
            streams.print(&format!("  {}", span.name()))?;
            for attribute in span.attributes() {
                let star = if attribute.tier() == Tier::Default { ' ' } else { '*' };
                streams.print(&format!("  {star} {}", attribute.name()))?;
                streams.wrap(8, attribute.reason())?;
            }
        }
        Ok(())
    }
}

fn whole() -> Value {
    let field = |field: &crawl4ai_telemetry::FieldSpec| json!({ "path": field.path, "meaning": field.meaning, "reason": field.reason, "strict": field.strict });
    let attribute = |attribute: &crawl4ai_telemetry::usage::AttributeSpec| {
        json!({
            "name": attribute.name(),
            "reason": attribute.reason(),
            "shared_only": attribute.tier() != Tier::Default,
        })
    };
    let span = |span: &&crawl4ai_telemetry::usage::SpanSpec| {
        let attributes: Vec<Value> = span.attributes().iter().map(attribute).collect();
        json!({ "name": span.name(), "purpose": span.purpose(), "attributes": attributes })
    };
    let redaction = |kind: &Redaction| json!({ "kind": kind.name(), "placeholder": kind.placeholder() });
    json!({
        "never": NEVER_SENT,
        "report": REPORT_FIELDS.iter().map(field).collect::<Vec<Value>>(),
        "redactions": Redaction::ALL.iter().map(redaction).collect::<Vec<Value>>(),
        "usage": SCHEMA.iter().map(span).collect::<Vec<Value>>(),
    })
}
