//! Makes usage spans from drafts. Every string passes the same detectors as the strings of reports.

use super::detect::placeholder;
use super::limits::{CONTEXT_STRING, SHARED_TEXT, SHARED_TEXTS, USAGE_ITEMS};
use super::{Counts, Sanitizer, Text};
use crate::usage::{AttributeSpec, CleanValue, Common, Raw, RawValue, UsageDraft, UsageSpan};
use crate::{Fields, Node, Privacy};

impl Sanitizer {
    /// Cleans a usage span, and puts the program's common attributes before the span's own.
    #[must_use]
    pub fn usage_span(&self, draft: UsageDraft, common: Option<&Common>) -> UsageSpan {
        let UsageDraft { spec, ids, start, end, failed, shared, values } = draft;
        let nobody = Common::default();
        let common = common.unwrap_or(&nobody);
        let mut cleaner = UsageCleaner { rules: self, counts: Counts::default(), left: SHARED_TEXTS };
        let clean = |(spec, raw): (&AttributeSpec, Raw)| Some((spec.name(), cleaner.attribute(raw.0)?));
        let attributes = common.values(shared).chain(values).filter_map(clean).collect();
        let (service, tracer) = (common.service.clone(), common.tracer.clone());
        UsageSpan { spec, service, tracer, ids, start, end, failed, attributes }
    }
}

struct UsageCleaner<'a> {
    rules: &'a Sanitizer,
    counts: Counts,
    /// The number of bytes of shared text that the span may still hold.
    left: usize,
}

impl UsageCleaner<'_> {
    /// The value of an attribute; lists and maps become JSON text.
    fn attribute(&mut self, raw: RawValue) -> Option<CleanValue> {
        Some(match self.node(raw)? {
            Node::Bool(flag) => CleanValue::Text(Text::cleaned(if flag { "true" } else { "false" })),
            Node::Int(n) => CleanValue::Int(n),
            Node::UInt(n) => CleanValue::Int(i64::try_from(n).unwrap_or(i64::MAX)),
            Node::Float(n) => CleanValue::Float(n),
            Node::String(text) => CleanValue::Text(text),
            Node::Null => return None,
            // The text is clean, because it consists of clean strings and JSON's own signs.
            node @ (Node::List(_) | Node::Map(_)) => {
                CleanValue::Text(Text::cleaned(serde_json::to_string(&node).ok()?))
            }
        })
    }

    fn node(&mut self, raw: RawValue) -> Option<Node<Text>> {
        Some(match raw {
            RawValue::Absent => return None,
            RawValue::Clean(text) => Node::String(Text::cleaned(text.into_owned())),
            RawValue::Flag(flag) => Node::Bool(flag),
            RawValue::Int(n) => Node::Int(n),
            RawValue::Float(n) => Node::Float(n),
            RawValue::Name(name) => Node::String(self.name(&name)),
            RawValue::Tool(name) => Node::String(self.tool(&name)),
            RawValue::Text(text) => Node::String(self.shared(&text)),
            RawValue::Names(names) => self.list(names, |cleaner, name| cleaner.name(&name.0)),
            RawValue::Tools(names) => self.list(names, |cleaner, name| cleaner.tool(&name.0)),
            RawValue::Texts(texts) => self.list(texts, |cleaner, text| cleaner.shared(&text.0)),
            RawValue::Map(map) => {
                Node::Map(self.rules.clean_context(map, Privacy::Standard, &mut self.counts))
            }
            RawValue::Items(specs, items) => {
                Node::List(items.into_iter().take(USAGE_ITEMS).map(|item| self.item(specs, item)).collect())
            }
        })
    }

    fn item(&mut self, specs: &[AttributeSpec], item: Vec<Raw>) -> Node<Text> {
        let mut fields = Fields::new();
        for (spec, raw) in specs.iter().zip(item) {
            if let Some(node) = self.node(raw.0) {
                fields.push(Text::cleaned(spec.name()), node);
            }
        }
        Node::Map(fields)
    }

    fn list<T>(&mut self, items: Vec<T>, clean: impl Fn(&mut Self, T) -> Text) -> Node<Text> {
        let cut = items.len().saturating_sub(USAGE_ITEMS);
        let mut list: Vec<_> =
            items.into_iter().take(USAGE_ITEMS).map(|item| Node::String(clean(self, item))).collect();
        if cut > 0 {
            list.push(Node::String(Text::cleaned(placeholder::cut(cut, "items"))));
        }
        Node::List(list)
    }

    fn name(&mut self, name: &str) -> Text {
        self.rules.scrub(name, CONTEXT_STRING, &mut self.counts)
    }

    /// Cleans the name of a tool before and after its words are joined, because joining hides signs that detectors
    /// need.
    fn tool(&mut self, name: &str) -> Text {
        let clean = self.name(name);
        self.name(&snake_case(&clean))
    }

    fn shared(&mut self, text: &str) -> Text {
        let clean = self.rules.scrub(text, SHARED_TEXT.min(self.left), &mut self.counts);
        self.left = self.left.saturating_sub(clean.len());
        clean
    }
}

/// Turns `Search the Web`, `searchTheWeb` and `search-the-web` into one name.
fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut last = ' ';
    for c in name.chars() {
        if c.is_alphanumeric() {
            let word = !last.is_alphanumeric() || (c.is_uppercase() && !last.is_uppercase());
            if word && !out.is_empty() {
                out.push('_');
            }
            out.extend(c.to_lowercase());
        }
        last = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_have_one_name_however_it_is_written() {
        let cleaner =
            || UsageCleaner { rules: &Sanitizer::new(), counts: Counts::default(), left: 0 }.tool("");
        assert_eq!(&*cleaner(), "");
        let rules = Sanitizer::new();
        let tool = |name: &str| {
            UsageCleaner { rules: &rules, counts: Counts::default(), left: 0 }.tool(name).to_string()
        };
        for name in ["Search the Web", "searchTheWeb", "search-the-web", " search__the web! ", "SearchTheWeb"]
        {
            assert_eq!(tool(name), "search_the_web", "{name}");
        }
        assert_eq!(tool("PDFReader 2"), "pdfreader_2");
        assert_eq!(tool("Straße"), "straße");
        assert_eq!(tool("mail to ada@example.com"), "mail_to_email");
        assert_eq!(tool("ask https://api.example.com/?token=abc"), "ask_url");
    }
}
