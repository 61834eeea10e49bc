//! Extracts the own words of a compiled module: its text constants, in the form that the library reads.

use std::collections::BTreeMap;

use super::marshal::{Object, Reader};

/// The number of texts in a row from which they count as a list of names, and not as messages.
const LIST: usize = 16;

/// The longest replacement field of a format string, in bytes, such as `{name!r:>20}`.
const FIELD: usize = 64;

/// The longest name, in bytes. The own words of executables have the same limit.
const SHORT: usize = 40;

/// The text constants in the code of a module of Python 3.`minor`. One NUL separates the texts of a function, and two
/// NULs separate functions. Replacement fields such as `{name!r}` are written as C's directives, so that the texts
/// around them are the pieces of one message.
///
/// Lists of names are left out, because a person may have such a name:
///
/// - tuples and sets with 16 or more texts at any depth;
/// - texts in the same place of 16 or more tuples of one function, which are a column of a dictionary of tuples;
/// - if a function has 16 or more constants that are a single word, all of these. The same applies to names of several
///   words. Both may be the values of a dictionary.
///
/// A row that mixes single words and names is left to the library's rule on rows of names, which applies to every
/// program. The single NULs serve this rule.
///
/// Returns nothing for a module that cannot be read to its end.
#[must_use]
pub fn texts(code: &[u8], minor: u8) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(Object::Code(constants)) = Reader::new(code, minor).object() {
        of_code(&constants, &mut out);
    }
    out
}

fn of_code(constants: &[Object<'_>], out: &mut Vec<u8>) {
    let mut own = Vec::new();
    let columns = Columns::of(constants);
    for constant in constants {
        match constant {
            Object::Text(text) => own.push(*text),
            Object::Many(many) if count(many) < LIST => collect(many, &columns, &mut own),
            Object::Many(_) | Object::Code(_) | Object::Other => {}
        }
    }
    let words = own.iter().filter(|text| is_word(text)).count();
    let names = own.iter().filter(|text| is_name(text)).count();
    let is_listed = |text: &[u8]| (words >= LIST && is_word(text)) || (names >= LIST && is_name(text));
    let before = out.len();
    for text in own.iter().filter(|text| !is_listed(text)) {
        put(text, out);
    }
    if out.len() > before {
        out.push(0);
    }
    for constant in constants {
        if let Object::Code(inner) = constant {
            of_code(inner, out);
        }
    }
}

/// The number of texts in a tuple, at any depth.
fn count(many: &[Object<'_>]) -> usize {
    let of = |item: &Object<'_>| match item {
        Object::Text(_) => 1,
        Object::Many(inner) => count(inner),
        Object::Code(_) | Object::Other => 0,
    };
    many.iter().map(of).sum()
}

/// The number of texts at each place in the tuples of a function. A place is the length of the tuple and the index in
/// it.
struct Columns(BTreeMap<(usize, usize), usize>);

impl Columns {
    fn of(constants: &[Object<'_>]) -> Self {
        let mut columns = Self(BTreeMap::new());
        for constant in constants {
            columns.add(constant);
        }
        columns
    }

    fn add(&mut self, constant: &Object<'_>) {
        let Object::Many(many) = constant else { return };
        for (at, item) in many.iter().enumerate() {
            if matches!(item, Object::Text(_)) {
                *self.0.entry((many.len(), at)).or_insert(0) += 1;
            }
            self.add(item);
        }
    }

    fn is_list(&self, len: usize, at: usize) -> bool {
        self.0.get(&(len, at)).is_some_and(|texts| *texts >= LIST)
    }
}

/// Collects the texts of a tuple and of its nested tuples.
fn collect<'a>(many: &[Object<'a>], columns: &Columns, texts: &mut Vec<&'a [u8]>) {
    for (at, item) in many.iter().enumerate() {
        match item {
            Object::Text(text) if !columns.is_list(many.len(), at) => texts.push(text),
            Object::Many(inner) => collect(inner, columns, texts),
            Object::Text(_) | Object::Code(_) | Object::Other => {}
        }
    }
}

/// Whether this is a single word that could be a name. Names of people contain only a few punctuation marks.
fn is_word(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| b.is_ascii_alphanumeric() || *b >= 0x80 || b"_-.'".contains(b))
}

/// Whether these are several words that all begin with a capital, a digit or a non-ASCII character.
fn is_name(text: &[u8]) -> bool {
    let mut words = text.split(|b| b.is_ascii_whitespace() || *b == b',').filter(|word| !word.is_empty());
    let high = |word: &[u8]| word.first().is_some_and(|b| !b.is_ascii_lowercase());
    text.len() <= SHORT && words.clone().count() > 1 && words.all(high)
}

/// Writes a text after a NUL.
fn put(text: &[u8], out: &mut Vec<u8>) {
    if text.is_empty() || text.contains(&0) || std::str::from_utf8(text).is_err() {
        return;
    }
    out.push(0);
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        match field(rest) {
            Some(len) => {
                out.extend_from_slice(b"%s");
                rest = rest.get(len..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = behind;
            }
        }
    }
}

/// The length of the replacement field at the start of a text, such as `{}`, `{0}` or `{page.url!r:>20}`.
fn field(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'{') {
        return None;
    }
    let len = text.iter().take(FIELD).position(|b| *b == b'}')? + 1;
    let inside = text.get(1..len - 1)?;
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_.[]!:<>=^+-# ,%".contains(b);
    let starts = inside.first().is_none_or(|b| b.is_ascii_alphanumeric() || b"_!:".contains(b));
    (starts && inside.iter().all(is_part)).then_some(len)
}
