//! `schema`: lists what is collected and what never is, from the code that collects it.

use clap::Args;
use crawl4ai_telemetry::usage::{AttributeSpec, SpanSpec, Tier, Type};
use crawl4ai_telemetry::{FieldSpec, NEVER_SENT, REPORT_FIELDS, SENT_ALONG, Telemetry, sanitize::Redaction};
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
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        if self.json {
            return streams.print_json(serde_json::to_string_pretty(&whole(telemetry)));
        }
        streams.paint(Paint::Strong, "Never collected")?;
        for never in NEVER_SENT {
            streams.print(&format!("  {never}"))?;
        }
        streams.wrap(2, "No field holds any of it. Text that the program writes is searched for it, and cleaned: what \
                         has no form, like a person's name in a sentence, is not found at the standard level.")?;
        streams.print("")?;
        streams.paint(Paint::Strong, "A crash report (* only with your consent, never by default)")?;
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
        usage(telemetry, streams)
    }
}

/// Prints all usage figures that the program can record.
fn usage(telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
    let Some(schema) = telemetry.usage().schema() else {
        streams.paint(Paint::Strong, "Usage figures")?;
        return streams.print("  none: this program records none");
    };
    streams.paint(Paint::Strong, "Usage figures, with a consent of their own (* only what you share)")?;
    if !schema.common().is_empty() {
        streams.print("  Every span")?;
        attributes(schema.common(), 2, streams)?;
    }
    for span in schema.spans() {
        streams.print(&format!("  {}{}", span.name(), if span.is_shared_only() { " *" } else { "" }))?;
        streams.wrap(6, span.purpose())?;
        attributes(span.attributes(), 2, streams)?;
    }
    Ok(())
}

/// Prints attributes. Those of a list's items follow below the list.
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

fn whole(telemetry: &Telemetry) -> Value {
    let schema = telemetry.usage().schema();
    let (common, spans) = schema.map_or((&[][..], &[][..]), |schema| (schema.common(), schema.spans()));
    let field = |field: &FieldSpec| json!({ "path": field.path, "meaning": field.meaning, "reason": field.reason, "strict": field.strict });
    let span = |span: &&SpanSpec| json!({ "name": span.name(), "purpose": span.purpose(), "attributes": list(span.attributes()) });
    let redaction = |kind: &Redaction| json!({ "kind": kind.name(), "placeholder": kind.placeholder() });
    json!({
        "never": NEVER_SENT,
        "report": REPORT_FIELDS.iter().map(field).collect::<Vec<Value>>(),
        "along": SENT_ALONG,
        "redactions": Redaction::ALL.iter().map(redaction).collect::<Vec<Value>>(),
        "usage_every": list(common),
        "usage": spans.iter().map(span).collect::<Vec<Value>>(),
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use crawl4ai_telemetry::usage::{DeclaredSpan, Items, Name, Settings, SharedText};
    use crawl4ai_telemetry::{App, Env, MemoryProvider, usage_attributes, usage_span};

    use super::*;

    usage_attributes! {
        /// One place of a forecast.
        struct Place {
            /// Which kinds of places people look at.
            kind: Name => Default since 1,
            /// Which places people look at, when they choose to show us.
            name: Option<SharedText> => Shared since 1,
        }
    }

    usage_span! {
        /// That a forecast was asked for.
        struct ForecastAsked = "Forecast Asked" {
            /// How far people look ahead.
            days: u32 => Default since 1,
            /// What a forecast is made of.
            places: Items<Place> => Default since 1,
        }
    }

    const EXPECTED: &str = "
Usage figures, with a consent of their own (* only what you share)
  Every span
    service.version
        name that the program gives: To find faults that only one version has.
  Forecast Asked
      That a forecast was asked for.
    days
        whole number: How far people look ahead.
    places
        list, see below: What a forecast is made of.
        kind
            name that the program gives: Which kinds of places people look at.
      * name
            free text: Which places people look at, when they choose to show us.
";

    fn weather() -> Telemetry {
        let settings = Settings::provider(MemoryProvider::default(), &[ForecastAsked::SPEC]);
        Telemetry::builder(App::new("weather", "1.4.0")).usage(settings).build().unwrap()
    }

    /// The command writes to the process's standard output. So this test runs itself again, as a child process.
    #[test]
    fn a_program_shows_the_spans_that_it_declares_itself() {
        const CHILD: &str = "SCHEMA_TEST_CHILD";
        if Env::from_process("").is_set(CHILD) {
            let mut streams = Streams::of_the_process();
            Schema { json: false }.run(&weather(), &mut streams).unwrap();
            return streams.finish().unwrap();
        }
        let name = "schema::tests::a_program_shows_the_spans_that_it_declares_itself";
        let mut again = Command::new(std::env::current_exe().unwrap());
        let output = again.args(["--exact", name, "--nocapture"]).env(CHILD, "1").output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.contains(EXPECTED), "{said}");
        let whole = whole(&weather());
        assert_eq!(whole["usage"][0]["attributes"][1]["items"][1]["tier"], "shared");
        assert_eq!(whole["usage_every"][0]["name"], "service.version");
    }
}
