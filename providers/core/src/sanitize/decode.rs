//! Decoded views of a text, so that an encoding hides nothing: each is made once and searched like the text.
//!
//! A view remembers where each of its bytes came from, and what is found in it is taken out of the text itself.

use super::detect::Finding;

/// A decoded text and the places its bytes came from.
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// For each byte, where the character or escape that it comes from starts and ends in the text.
    from: Vec<(u32, u32)>,
}

impl View {
    fn with_capacity(n: usize) -> Self {
        Self { bytes: Vec::with_capacity(n), from: Vec::with_capacity(n) }
    }

    fn push(&mut self, byte: u8, from: (u32, u32)) {
        self.bytes.push(byte);
        self.from.push(from);
    }

    fn push_char(&mut self, c: char, from: (u32, u32)) {
        let mut buffer = [0; 4];
        for byte in c.encode_utf8(&mut buffer).bytes() {
            self.push(byte, from);
        }
    }

    /// A finding in the view as one in the text.
    pub(super) fn back(&self, finding: Finding) -> Option<Finding> {
        let (start, _) = *self.from.get(finding.start)?;
        let (_, end) = *self.from.get(finding.end.checked_sub(1)?)?;
        Some(Finding { start: start as usize, end: end as usize, ..finding })
    }
}

/// The text without percent encoding, colours and invisible characters, and with wide ones narrow; also without
/// escapes when asked to, which is a view of its own: `\\server\new` is a path with a backslash and an `n`.
pub(super) fn decoded(text: &str, escapes: bool) -> View {
    let mut view = View::with_capacity(text.len());
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let (plain, taken) = match c {
            '%' => percent(rest),
            '&' => entity(rest),
            '\\' if escapes => escape(rest),
            '\u{1b}' => (Decoded::Nothing, colour(rest)),
            _ => (Decoded::Char(c), c.len_utf8()),
        };
        let from = (at as u32, (at + taken) as u32);
        match plain {
            Decoded::Byte(byte) => view.push(byte, from),
            Decoded::Char(c) if !is_invisible(c) => view.push_char(narrow(c), from),
            Decoded::Char(_) | Decoded::Nothing => {}
        }
        // An escape is ASCII, so that its bytes are its characters; the first is taken already.
        for _ in c.len_utf8()..taken {
            chars.next();
        }
    }
    view
}

/// What an escape stands for.
enum Decoded {
    Nothing,
    Byte(u8),
    Char(char),
}

/// The text with its lines joined; what stands around a break on either side moves together.
pub(super) fn joined(text: &[u8], view: Option<&View>) -> View {
    let mut out = View::with_capacity(text.len());
    let bytes = view.map_or(text, |view| &view.bytes);
    let is_break = |b: &u8| matches!(b, b'\n' | b'\r');
    let mut i = 0;
    while let Some(rest) = bytes.get(i..).filter(|rest| !rest.is_empty()) {
        let line = rest.iter().position(is_break).unwrap_or(rest.len());
        out.bytes.extend_from_slice(rest.get(..line).unwrap_or_default());
        match view {
            Some(view) => out.from.extend_from_slice(view.from.get(i..i + line).unwrap_or_default()),
            None => out.from.extend((i..i + line).map(|i| (i as u32, i as u32 + 1))),
        }
        i += line;
        // The indentation of the next line, and a quoted-printable or shell continuation before the break.
        if line < rest.len() && matches!(out.bytes.last(), Some(b'=' | b'\\')) {
            out.bytes.pop();
            out.from.pop();
        }
        let rest = rest.get(line..).unwrap_or_default();
        i += rest.iter().position(|b| !(is_break(b) || matches!(b, b' ' | b'\t'))).unwrap_or(rest.len());
    }
    out
}

/// How often a text may be percent-encoded over.
const LAYERS: usize = 4;

/// `%41`, or `%2541` and deeper, and how many bytes of the text it takes.
fn percent(rest: &[u8]) -> (Decoded, usize) {
    let mut at = 1;
    for _ in 1..LAYERS {
        if rest.get(at..at + 2) == Some(b"25") && rest.get(at + 2..at + 4).and_then(hex).is_some() {
            at += 2;
        }
    }
    match rest.get(at..at + 2).and_then(hex) {
        Some(byte @ 0xc2..) if at == 1 => percent_char(rest).unwrap_or((Decoded::Byte(byte as u8), at + 2)),
        Some(byte) => (Decoded::Byte(byte as u8), at + 2),
        None => (Decoded::Char('%'), 1),
    }
}

/// `%EF%BC%9A`: a character of more than one byte, so that a wide one is known for what it stands for.
fn percent_char(rest: &[u8]) -> Option<(Decoded, usize)> {
    let mut bytes = [0; 4];
    for (n, part) in rest.chunks(3).take(bytes.len()).enumerate() {
        let [b'%', digits @ ..] = part else { return None };
        *bytes.get_mut(n)? = digits.get(..2).and_then(hex)? as u8;
        if let Ok(text) = std::str::from_utf8(bytes.get(..=n)?) {
            return text.chars().next().map(|c| (Decoded::Char(c), 3 * (n + 1)));
        }
    }
    None
}

/// Named references of HTML that stand for a sign that detectors look at.
const NAMED: [(&[u8], char); 10] = [
    (b"amp", '&'),
    (b"quot", '"'),
    (b"apos", '\''),
    (b"commat", '@'),
    (b"period", '.'),
    (b"colon", ':'),
    (b"sol", '/'),
    (b"equals", '='),
    (b"lowbar", '_'),
    (b"nbsp", ' '),
];

/// `&#64;`, `&#x40;`, `&commat;` (HTML, section 13.5), and how many bytes of the text it takes.
fn entity(rest: &[u8]) -> (Decoded, usize) {
    let body = rest.get(1..).unwrap_or_default();
    let len = body.iter().take(10).position(|b| *b == b';').unwrap_or(0);
    let name = body.get(..len).unwrap_or_default();
    let code = match name {
        [b'#', b'x' | b'X', digits @ ..] => hex(digits).and_then(char::from_u32),
        [b'#', digits @ ..] => decimal(digits).and_then(char::from_u32),
        _ => NAMED.iter().find(|(n, _)| *n == name).map(|(_, c)| *c),
    };
    code.map_or((Decoded::Char('&'), 1), |c| (Decoded::Char(c), len + 2))
}

fn decimal(digits: &[u8]) -> Option<u32> {
    let all = !digits.is_empty() && digits.len() <= 7 && digits.iter().all(u8::is_ascii_digit);
    all.then(|| digits.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0')))
}

/// `\n`, `\"`, `\/`, `\x41`, `\u0041`, `\u{41}`, `\101`.
fn escape(rest: &[u8]) -> (Decoded, usize) {
    let byte = |code: u32| Decoded::Byte(code as u8);
    let char = |code: u32| Decoded::Char(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    let (plain, taken) = match rest.get(1) {
        Some(b'n') => (Some(Decoded::Byte(b'\n')), 2),
        Some(b'r') => (Some(Decoded::Byte(b'\r')), 2),
        Some(b't') => (Some(Decoded::Byte(b'\t')), 2),
        Some(b @ (b'"' | b'\'' | b'/' | b'\\')) => (Some(Decoded::Byte(*b)), 2),
        // `\xc3\xa9` is how bytes are written that make one character.
        Some(b'x') => (rest.get(2..4).and_then(hex).map(byte), 4),
        Some(b'u') if rest.get(2) == Some(&b'{') => {
            let digits = rest.get(3..).unwrap_or_default();
            let n = digits.iter().take(7).position(|b| *b == b'}').unwrap_or(0);
            (digits.get(..n).and_then(hex).map(char), n + 4)
        }
        Some(b'u') => (rest.get(2..6).and_then(hex).map(char), 6),
        Some(b'0'..=b'3') => (rest.get(1..4).and_then(octal).map(byte), 4),
        Some(_) | None => (None, 1),
    };
    plain.map_or((Decoded::Char('\\'), 1), |plain| (plain, taken))
}

fn hex(digits: &[u8]) -> Option<u32> {
    radix(digits, 16)
}

fn octal(digits: &[u8]) -> Option<u32> {
    radix(digits, 8).filter(|n| *n < 256)
}

fn radix(digits: &[u8], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |n, b| Some((n << radix.ilog2()) | char::from(*b).to_digit(radix)?))
}

/// A control sequence of ECMA-48 section 5.4, or the escape character alone.
fn colour(rest: &[u8]) -> usize {
    if rest.get(1) != Some(&b'[') {
        return 1;
    }
    let parameters = rest.get(2..).unwrap_or_default();
    let n = parameters.iter().take(32).take_while(|b| matches!(b, 0x20..=0x3f)).count();
    match parameters.get(n) {
        Some(0x40..=0x7e) => n + 3,
        Some(_) | None => n + 2,
    }
}

/// Characters that take no room: soft hyphens, joiners, direction marks, variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A wide form as the ASCII character that it stands for, digits of other scripts as ASCII ones, and other dots, dashes,
/// slashes and quotes as plain ones.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3002}' | '\u{ff61}' | '\u{2024}' => '.',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => '-',
        '\u{2044}' | '\u{2215}' => '/',
        '\u{fe6b}' => '@',
        '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{300c}'..='\u{300f}' => '"',
        // Arabic-Indic digits, the Persian ones, Devanagari, Bengali, Thai.
        '\u{660}'..='\u{669}' => digit(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => digit(c, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => digit(c, '\u{966}'),
        '\u{9e6}'..='\u{9ef}' => digit(c, '\u{9e6}'),
        '\u{e50}'..='\u{e59}' => digit(c, '\u{e50}'),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
        _ => c,
    }
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

#[cfg(test)]
mod tests;
