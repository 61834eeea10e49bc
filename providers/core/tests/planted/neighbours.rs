//! The neighbours of a planted value, and its encodings: letters and digits of twenty scripts, symbols, and two layers
//! of encoding.

use std::fmt::Write;

/// A letter, a mark or a symbol of each script, with the script's name.
pub(crate) const BESIDE: [(&str, &str); 24] = [
    ("Han", "号"),
    ("Hiragana", "は"),
    ("Katakana", "ド"),
    ("Hangul", "호"),
    ("Cyrillic", "р"),
    ("Greek", "λ"),
    ("Arabic", "رقم"),
    ("Hebrew", "מ"),
    ("Devanagari", "क"),
    ("Bengali", "ক"),
    ("Tamil", "எ"),
    ("Thai", "เลข"),
    ("Georgian", "ნ"),
    ("Armenian", "հ"),
    ("Ethiopic", "ሀ"),
    ("Khmer", "ក"),
    ("Lao", "ກ"),
    ("Telugu", "క"),
    ("Gujarati", "ક"),
    ("Sinhala", "ක"),
    ("an ellipsis", "…"),
    ("an arrow", "→"),
    ("an emoji", "🎉"),
    ("a curly quote", "”"),
];

fn each(text: &str, write: impl Fn(&mut String, char)) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        write(&mut out, c);
        out
    })
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        let _ = write!(out, "%{b:02X}");
        out
    })
}

fn unicode(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut out, unit| {
        let _ = write!(out, "\\u{unit:04x}");
        out
    })
}

fn entities(text: &str) -> String {
    each(text, |out, c| {
        let _ = write!(out, "&#{};", u32::from(c));
    })
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, b| {
        let _ = write!(out, "\\x{b:02x}");
        out
    })
}

/// The name of an encoding of up to two layers, and the function that encodes a text.
pub(crate) type Layers = (&'static str, fn(&str) -> String);

pub(crate) const LAYERS: [Layers; 7] = [
    ("as it is", str::to_owned),
    ("u in percent", |text| percent(&unicode(text))),
    ("percent in u", |text| unicode(&percent(text))),
    ("percent in entities", |text| entities(&percent(text))),
    ("entities in percent", |text| percent(&entities(text))),
    ("x in u", |text| unicode(&hexadecimal(text))),
    ("percent twice", |text| percent(&percent(text))),
];
