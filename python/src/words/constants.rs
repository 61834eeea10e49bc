//! Which constants of a compiled module are words of a program, and how they are handed out.

use super::marshal::{Object, Reader};

/// So many texts side by side are a list of names, and no messages.
const LIST: usize = 16;

/// The longest field of a format, in bytes: `{name!r:>20}`.
const FIELD: usize = 64;

/// The texts that the code of a module of Python 3.`minor` has as constants, each between NULs. Fields of formats,
/// `{name!r}`, are written as C's directives: what stands around them are the pieces of one message.
///
/// Left out are lists of names: tuples and sets of 16 and more texts, and, of a function that has 16 and more constants of a
/// single word, those. Somebody may be called like one of them. Nothing of a module that cannot be read to its end.
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
    collect(constants, &mut own);
    let words = own.iter().filter(|text| is_word(text)).count();
    for text in own.iter().filter(|text| words < LIST || !is_word(text)) {
        put(text, out);
    }
    for constant in constants {
        if let Object::Code(inner) = constant {
            of_code(inner, out);
        }
    }
}

/// The texts of one function, those in its tuples too.
fn collect<'a>(constants: &[Object<'a>], texts: &mut Vec<&'a [u8]>) {
    for constant in constants {
        match constant {
            Object::Text(text) => texts.push(text),
            Object::Many(many) => {
                let listed = many.iter().filter(|item| matches!(item, Object::Text(_))).count();
                if listed < LIST {
                    collect(many, texts);
                }
            }
            Object::Code(_) | Object::Other => {}
        }
    }
}

/// One word, as a name is: what people are called has no sign in it but a few.
fn is_word(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| b.is_ascii_alphanumeric() || *b >= 0x80 || b"_-.'".contains(b))
}

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
    out.push(0);
}

/// The length of the field of a format that the text begins with: `{}`, `{0}`, `{page.url!r:>20}`.
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
