//! The cleaning of context maps.
//!
//! A key's words decide first, then the value is scanned like any text. Depth, width and length are bounded, and a mark
//! replaces what is cut. Cleaning a clean map changes nothing.

mod named;
mod values;

use values::{dismantle, is_bytes, is_harmless, is_name, is_numbered, number, strip_number, unused};

use super::detect::placeholder;
use super::key_class::KeyClass;
use super::limits::{CONTEXT_DEPTH, CONTEXT_KEY, CONTEXT_KEYS, CONTEXT_STRING, CONTEXT_VALUES};
use super::report::Texts;
use super::{Counts, Redaction, Sanitizer, Text, decode, detect};
use crate::own_words;
use crate::{Context, Fields, Node, Privacy, Value};

/// The key under which a map notes how many of its keys were cut.
const CUT: &str = "[cut]";

/// Keys whose short values are equal on many machines, so that they may leave at the strict level.
const HARMLESS: [&str; 27] = [
    "version",
    "os",
    "arch",
    "platform",
    "status",
    "method",
    "kind",
    "mode",
    "level",
    "environment",
    "strategy",
    "backend",
    "browser",
    "browser_type",
    "feature",
    "format",
    "encoding",
    "error_code",
    "error_kind",
    "exit_code",
    "signal",
    "python_version",
    "rust_version",
    "provider",
    "language",
    "result",
    "outcome",
];

impl Sanitizer {
    /// Cleans a context.
    #[must_use]
    pub fn context(&self, raw: Context, privacy: Privacy) -> Fields<Text> {
        self.clean_context(raw, privacy, &mut Counts::default())
    }

    pub(super) fn clean_context(&self, raw: Context, privacy: Privacy, counts: &mut Counts) -> Fields<Text> {
        let texts = if privacy == Privacy::Standard { Texts::Searched } else { Texts::LeftOut };
        self.clean_context_at(raw, &texts, counts)
    }

    /// Like [`clean_context`](Self::clean_context), with the treatment that the texts of the same report get.
    pub(super) fn clean_context_at(
        &self,
        raw: Context,
        texts: &Texts<'_>,
        counts: &mut Counts,
    ) -> Fields<Text> {
        ContextCleaner { rules: self, texts, counts, left: CONTEXT_VALUES }.map(raw, 1)
    }
}

struct ContextCleaner<'a> {
    rules: &'a Sanitizer,
    texts: &'a Texts<'a>,
    counts: &'a mut Counts,
    /// The number of further values that the context may hold.
    left: usize,
}

impl ContextCleaner<'_> {
    fn map(&mut self, raw: Context, depth: usize) -> Fields<Text> {
        let entries = raw.into_inner();
        let total = entries.len();
        let fields = entries.iter().map(|(key, value)| (&**key, value));
        let class = named::of_fields(&self.rules.rules.keys, fields);
        // If keys are cut, the note of their number takes the place of one key.
        let room = if total > CONTEXT_KEYS { CONTEXT_KEYS - 1 } else { total };
        let mut out = Fields::new();
        let mut kept = 0;
        let mut entries = entries.into_iter();
        for (key, value) in entries.by_ref().take(room) {
            let note = key == CUT && matches!(value, Node::Int(_) | Node::UInt(_));
            if note {
                out.push(Text::cleaned(CUT), number(value));
                kept += 1;
                continue;
            }
            if self.left == 0 {
                dismantle(value);
                break;
            }
            self.left -= 1;
            let clean = self.key(&key, depth);
            let value = match class {
                KeyClass::Sensitive | KeyClass::Personal if named::is_value(&key) => {
                    self.redact_unless_plain(value)
                }
                KeyClass::Sensitive | KeyClass::Personal | KeyClass::Content(_) | KeyClass::Plain => {
                    self.value(&key, &clean, value, depth)
                }
            };
            let key = unused(&out, clean);
            out.push(key, value);
            kept += 1;
        }
        for (_, value) in entries {
            dismantle(value);
        }
        if kept < total {
            let cut = Value::from(total - kept);
            let key = unused(&out, Text::cleaned(CUT));
            out.push(key, number(cut));
        }
        out
    }

    fn key(&mut self, key: &str, depth: usize) -> Text {
        let clean = self.rules.scrub(key, CONTEXT_KEY, self.counts);
        if let Texts::Narrowed(marks) = self.texts
            // In the outermost map, a key that is a name belongs to the program; in deeper maps it may be data.
            && !(depth == 1 && is_name(&clean) || self.is_listed(key))
        {
            return self.rules.narrowed(key, &marks.runs(key), CONTEXT_KEY, self.counts);
        }
        // A key that is no name is data, and data does not leave at the strict level.
        if matches!(self.texts, Texts::LeftOut)
            && !is_name(&clean)
            && !placeholder::is_placeholder(strip_number(&clean).as_bytes())
        {
            self.counts.add(Redaction::Redacted);
            return Text::cleaned(Redaction::Redacted.placeholder());
        }
        clean
    }

    /// Cleans the value of a key. The class of the cleaned key counts as well, because a stored report is read back
    /// with the cleaned key.
    fn value(&mut self, key: &str, clean: &str, value: Value, depth: usize) -> Node<Text> {
        let safe = self.rules.rules.keys.is_safe(key);
        let class = self.class_of(key).max(self.class_of(clean));
        match class {
            KeyClass::Sensitive => self.secret(&placeholder::without(clean), value),
            KeyClass::Personal => self.redact_unless_plain(value),
            KeyClass::Content(kind) if !safe => self.content(kind, value, depth, Open::No),
            KeyClass::Content(_) | KeyClass::Plain => {
                let open = match self.texts {
                    _ if safe => Open::Declared,
                    Texts::LeftOut if is_harmless(key, &value) => Open::Declared,
                    Texts::Narrowed(_) | Texts::LeftOut if self.is_listed(key) => Open::Listed,
                    Texts::Searched | Texts::Narrowed(_) | Texts::LeftOut => Open::No,
                };
                self.plain(value, depth, open)
            }
        }
    }

    /// The class of a key, both as it is written and with its hidden letters decoded. The words of placeholders do not
    /// count.
    fn class_of(&self, key: &str) -> KeyClass {
        let keys = &self.rules.rules.keys;
        let key = placeholder::without(key);
        let class = keys.class(&key);
        if key.is_ascii() {
            return class;
        }
        class.max(keys.class(&String::from_utf8_lossy(&decode::decoded(key.as_bytes(), false).bytes)))
    }

    fn secret(&mut self, name: &str, value: Value) -> Node<Text> {
        match value {
            Node::Null => Node::Null,
            Node::Bool(b) => Node::Bool(b),
            // A number under a plural is a count: `max_tokens: 512`.
            Node::Int(_) | Node::UInt(_) | Node::Float(_) if name.ends_with(['s', 'S']) => {
                self.number_at(value, Open::No)
            }
            Node::Int(_)
            | Node::UInt(_)
            | Node::Float(_)
            | Node::String(_)
            | Node::List(_)
            | Node::Map(_) => self.redact(value),
        }
    }

    /// Redacts everything but null and booleans, which reveal nothing.
    fn redact_unless_plain(&mut self, value: Value) -> Node<Text> {
        match value {
            Node::Null => Node::Null,
            Node::Bool(b) => Node::Bool(b),
            Node::Int(_)
            | Node::UInt(_)
            | Node::Float(_)
            | Node::String(_)
            | Node::List(_)
            | Node::Map(_) => self.redact(value),
        }
    }

    /// Replaces any value by `[redacted]`, except an empty string and a placeholder.
    fn redact(&mut self, value: Value) -> Node<Text> {
        let done =
            matches!(&value, Node::String(s) if s.is_empty() || placeholder::is_placeholder(s.as_bytes()));
        if let (true, Node::String(s)) = (done, &value) {
            return Node::String(Text::cleaned(s.as_str()));
        }
        dismantle(value);
        self.counts.add(Redaction::Redacted);
        Node::String(Text::cleaned(Redaction::Redacted.placeholder()))
    }

    /// Replaces content by a placeholder with its kind and size class.
    fn content(&mut self, kind: &str, value: Value, depth: usize, open: Open) -> Node<Text> {
        let placeholder = match &value {
            Node::String(s) if s.is_empty() || placeholder::is_placeholder(s.as_bytes()) => {
                return Node::String(Text::cleaned(s.as_str()));
            }
            Node::String(s) => placeholder::content(kind, s.len()),
            Node::List(list) => placeholder::items(kind, list.len()),
            Node::Map(map) => placeholder::items(kind, map.len()),
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::UInt(_) | Node::Float(_) => {
                return self.plain(value, depth, open);
            }
        };
        dismantle(value);
        self.counts.add(Redaction::Content);
        Node::String(Text::cleaned(placeholder))
    }

    /// Is this key listed here, or declared by the program, as one without personal data?
    fn is_listed(&self, key: &str) -> bool {
        HARMLESS.contains(&key) || is_numbered(key) || self.rules.rules.keys.is_safe(key)
    }

    /// Cleans a number. In a context that is narrowed or has no text, only a listed key tells what a number means.
    fn number_at(&mut self, value: Value, open: Open) -> Node<Text> {
        let is_data = matches!(value, Node::Int(_) | Node::UInt(_) | Node::Float(_));
        match self.texts {
            Texts::Narrowed(_) if is_data && open == Open::No => {
                Node::String(Text::cleaned(own_words::Data::Number.placeholder()))
            }
            Texts::LeftOut if open == Open::No => self.redact_unless_plain(value),
            Texts::Searched | Texts::Narrowed(_) | Texts::LeftOut => self.number(value),
        }
    }

    /// Cleans a value whose key is plain, or is declared to hold nothing personal.
    fn plain(&mut self, value: Value, depth: usize, open: Open) -> Node<Text> {
        match value {
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::UInt(_) | Node::Float(_) => {
                self.number_at(value, open)
            }
            Node::String(s) if open == Open::Declared => {
                Node::String(self.rules.scrub(&s, CONTEXT_STRING, self.counts))
            }
            Node::String(s) => match self.rules.text_at(self.texts, &s, CONTEXT_STRING, self.counts) {
                Some(text) => Node::String(text),
                None => self.redact(Node::String(s)),
            },
            Node::List(_) | Node::Map(_) if depth >= CONTEXT_DEPTH => {
                dismantle(value);
                Node::String(Text::cleaned(placeholder::cut(1, "levels")))
            }
            // A list of bytes is a text or a file, written byte by byte.
            Node::List(list) if is_bytes(&list) => {
                self.counts.add(Redaction::Content);
                Node::String(Text::cleaned(placeholder::content("payload", list.len())))
            }
            Node::List(list) => Node::List(self.list(list, depth + 1, open)),
            Node::Map(map) => Node::Map(self.map(map, depth + 1)),
        }
    }

    fn list(&mut self, list: Vec<Value>, depth: usize, open: Open) -> Vec<Node<Text>> {
        let total = list.len();
        let room = if total > CONTEXT_KEYS { CONTEXT_KEYS - 1 } else { total };
        let mut out = Vec::new();
        let mut items = list.into_iter();
        let mut class = KeyClass::Plain;
        for item in items.by_ref().take(room) {
            let note = matches!(&item, Node::String(s) if placeholder::is_placeholder(s.as_bytes()));
            if !note {
                if self.left == 0 {
                    dismantle(item);
                    break;
                }
                self.left -= 1;
            }
            let next = named::next_of(&self.rules.rules.keys, &item, total);
            out.push(match std::mem::replace(&mut class, next) {
                KeyClass::Sensitive | KeyClass::Personal => self.redact_unless_plain(item),
                KeyClass::Content(_) | KeyClass::Plain => self.plain(item, depth, open),
            });
        }
        for item in items {
            dismantle(item);
        }
        if out.len() < total {
            out.push(Node::String(Text::cleaned(placeholder::cut(total - out.len(), "items"))));
        }
        out
    }

    /// Cleans a number. The number of a payment card is redacted.
    fn number(&mut self, value: Value) -> Node<Text> {
        let digits = match &value {
            Node::Int(n) => u64::try_from(*n).ok(),
            Node::UInt(n) => Some(*n),
            // JavaScript and Python's json may write a whole number as a float.
            Node::Float(n) if *n > 0.0 && *n < 1e19 && n.fract() == 0.0 => Some(*n as u64),
            Node::Null | Node::Bool(_) | Node::Float(_) | Node::String(_) | Node::List(_) | Node::Map(_) => {
                None
            }
        };
        if digits.is_some_and(detect::is_card_number) {
            self.counts.add(Redaction::Card);
            return Node::String(Text::cleaned(Redaction::Card.placeholder()));
        }
        number(value)
    }
}

/// The parts of a value that may leave because of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// Only the parts that the report's level allows.
    No,
    /// Numbers as well, even if texts are narrowed.
    Listed,
    /// At every level, everything that the search does not find.
    Declared,
}

#[cfg(test)]
mod tests;
