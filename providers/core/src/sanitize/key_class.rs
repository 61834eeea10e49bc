//! Classifies keys by their words.
//!
//! A key is split into words (`snake_case`, `camelCase`, `kebab-case`, dots), and each word is looked up whole. So
//! `author` does not count as `auth`, and `tokenizer_name` does not count as a token.

mod foreign;
mod tables;

use tables::{
    ADDRESS_OWNERS, CONTENT, ECHOING, KEY_OWNERS, MEASURES, NAME_OWNERS, NUMBER_OWNERS, PERSONAL, Packed,
    SENSITIVE, holds, may_classify, may_classify_at_all, may_classify_beside, pack,
};

/// The kind of value that a key announces, from harmless to secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum KeyClass {
    /// Nothing in particular.
    Plain,
    /// A page, a prompt, an answer: data of the program's user. The text is the kind of data.
    Content(&'static str),
    /// Personal data of someone.
    Personal,
    /// A secret.
    Sensitive,
}

/// The words that a program declared, which make a key sensitive or safe.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyClassifier {
    sensitive: Vec<String>,
    safe: Vec<String>,
}

/// Words for secrets that count at the end of a longer word too: `dbpassword`, `authtoken`.
const ENDS: [&[u8]; 8] =
    [b"password", b"passwd", b"secret", b"apikey", b"token", b"cookie", b"passphrase", b"credentials"];

impl KeyClassifier {
    pub(super) fn add_sensitive(&mut self, word: String) {
        self.sensitive.push(word);
    }

    pub(super) fn add_safe(&mut self, key: String) {
        self.safe.push(key);
    }

    /// Is this a whole key that the program declared safe?
    pub(super) fn is_safe(&self, key: &str) -> bool {
        self.safe.iter().any(|safe| safe == key)
    }

    /// The class of a key in a context.
    pub(super) fn class(&self, key: &str) -> KeyClass {
        let secret = self.class_in_text(key.as_bytes());
        if secret != KeyClass::Plain || is_measure(key.as_bytes()) {
            return secret;
        }
        let mut kind = None;
        for word in KeyWords(key.as_bytes()) {
            let hit = CONTENT
                .iter()
                .find(|(_, words)| words.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(word)));
            kind = hit.map(|(kind, _)| *kind).or(kind);
        }
        kind.map_or(KeyClass::Plain, KeyClass::Content)
    }

    /// Is this word surely plain? The caller passes a word in lower case without breaks, or a number. The test is
    /// quick: it answers no for some plain words too.
    #[inline]
    pub(super) fn is_plain_word(&self, word: &[u8]) -> bool {
        self.sensitive.is_empty() && !may_classify_at_all(word)
    }

    /// The class of a key, or of a name in free text. Content keys are not recognized.
    pub(super) fn class_in_text(&self, key: &[u8]) -> KeyClass {
        let mut class = KeyClass::Plain;
        let mut last = 0;
        let mut before: &[u8] = &[];
        for word in KeyWords(key) {
            let word_before = std::mem::replace(&mut before, word);
            if !may_classify(word) {
                last = 0;
                continue;
            }
            // The word before is packed only if a word needs it.
            if last == 0 {
                last = pack(word_before);
            }
            let packed = pack(word);
            if self.is_sensitive(word, packed, last) {
                class = KeyClass::Sensitive;
            } else if class == KeyClass::Plain && is_personal(packed, last) {
                class = KeyClass::Personal;
            }
            last = packed;
        }
        if !self.sensitive.is_empty() && self.declared(key) {
            return KeyClass::Sensitive;
        }
        if class != KeyClass::Plain && holds(&MEASURES, pack(before)) {
            return KeyClass::Plain;
        }
        let looks =
            foreign::as_it_looks(key).map_or(KeyClass::Plain, |key| self.class_in_text(key.as_bytes()));
        class.max(looks).max(foreign::class(key))
    }

    fn is_sensitive(&self, word: &[u8], packed: Packed, last: Packed) -> bool {
        const KEY: Packed = pack(b"key");
        const KEYS: Packed = pack(b"keys");
        const STRING: Packed = pack(b"string");
        const CONNECTION: Packed = pack(b"connection");
        const PHRASE: Packed = pack(b"phrase");
        const SEED: Packed = pack(b"seed");
        if packed == KEY || packed == KEYS {
            return holds(&KEY_OWNERS, last);
        }
        if (packed == STRING && last == CONNECTION) || (packed == PHRASE && last == SEED) {
            return true;
        }
        if holds(&SENSITIVE, packed) {
            return true;
        }
        word.len() > 6
            && ENDS.iter().any(|end| {
                let singular = word.strip_suffix(b"s").filter(|_| !end.ends_with(b"s")).unwrap_or(word);
                singular
                    .len()
                    .checked_sub(end.len())
                    .is_some_and(|at| singular.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(end)))
            })
    }

    /// Could a key that names neither a secret nor a person tell something together with the text around it? The test
    /// is quick: it answers yes for some other keys too.
    pub(super) fn may_classify_beside(key: &[u8]) -> bool {
        // Looks at the part after the last break: `userPrompt`, `input_value`. `InvalidInput` is a type, not a key.
        let camel = key.first().is_some_and(u8::is_ascii_lowercase);
        let starts = |pair: &[u8]| match pair {
            [before, _] if !before.is_ascii_alphabetic() => true,
            [before, first] => camel && before.is_ascii_lowercase() && first.is_ascii_uppercase(),
            _ => false,
        };
        let last = key.windows(2).rposition(starts).map_or(0, |before| before + 1);
        may_classify_beside(key.get(last..).unwrap_or_default())
    }

    /// Does the last word make this the key of a prompt, a page or a body? In free text fewer words count than in a
    /// context, because `text` and `title` are often before values that are not personal.
    pub(super) fn is_echoing(key: &[u8]) -> bool {
        let mut words = KeyWords(key);
        let first = words.next();
        let last = words.last().or(first).unwrap_or_default();
        let input = || first.is_some_and(|first| first.eq_ignore_ascii_case(b"input"));
        holds(&ECHOING, pack(last)) || (last.eq_ignore_ascii_case(b"value") && input())
    }

    /// Did the program declare the key, or one of its words, as sensitive?
    fn declared(&self, key: &[u8]) -> bool {
        self.sensitive.iter().any(|own| {
            let own = own.as_bytes();
            own.eq_ignore_ascii_case(key) || KeyWords(key).any(|word| own.eq_ignore_ascii_case(word))
        })
    }
}

fn is_personal(packed: Packed, last: Packed) -> bool {
    const NAME: Packed = pack(b"name");
    const ADDRESS: Packed = pack(b"address");
    const NUMBER: Packed = pack(b"number");
    const NO: Packed = pack(b"no");
    const CODE: Packed = pack(b"code");
    const POSTAL: Packed = pack(b"postal");
    const ZIP: Packed = pack(b"zip");
    match packed {
        NAME => holds(&NAME_OWNERS, last),
        ADDRESS => holds(&ADDRESS_OWNERS, last),
        NUMBER | NO => holds(&NUMBER_OWNERS, last),
        CODE => matches!(last, POSTAL | ZIP),
        _ => holds(&PERSONAL, packed),
    }
}

/// Does the last word of a key make it a measure or a kind?
fn is_measure(key: &[u8]) -> bool {
    KeyWords(key).last().is_some_and(|word| holds(&MEASURES, pack(word)))
}

/// The words of a key.
struct KeyWords<'a>(&'a [u8]);

impl<'a> Iterator for KeyWords<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.0.iter().position(u8::is_ascii_alphanumeric)?;
        let (_, rest) = self.0.split_at_checked(start)?;
        let run = |from: usize, class: fn(&u8) -> bool| {
            from + rest.iter().skip(from).take_while(|b| class(b)).count()
        };
        let first = rest.first()?;
        let end = if first.is_ascii_lowercase() {
            run(1, u8::is_ascii_lowercase)
        } else if first.is_ascii_digit() {
            run(1, u8::is_ascii_digit)
        } else {
            // `camelCase` breaks before the capital. `HTTPServer` breaks before the last capital of the row.
            match run(1, u8::is_ascii_uppercase) {
                1 => run(1, u8::is_ascii_lowercase),
                row if rest.get(row).is_some_and(u8::is_ascii_lowercase) => row - 1,
                row => row,
            }
        };
        let (word, rest) = rest.split_at_checked(end)?;
        self.0 = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests;
