//! Keys: what their words say of their values.
//!
//! A key is split into words (`snake_case`, `camelCase`, `kebab-case`, dots), and words are looked up whole:
//! `author` is not `auth`, and `tokenizer_name` holds no token.

/// What a key says of its value, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Nothing.
    Plain,
    /// A page, a prompt, an answer: data of the program's user, of this kind.
    Content(&'static str),
    /// Who somebody is.
    Personal,
    /// A secret.
    Sensitive,
}

/// The words that make a key sensitive, a content key or safe.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    sensitive: Vec<String>,
    safe: Vec<String>,
}

/// A word of at most 16 bytes in lower case; longer ones are in no table.
type Packed = u128;

const fn pack(word: &[u8]) -> Packed {
    if word.len() > 16 {
        return 0;
    }
    let mut packed: Packed = 0;
    let mut rest = word;
    while let Some((first, tail)) = rest.split_first() {
        packed = (packed << 8) | first.to_ascii_lowercase() as Packed;
        rest = tail;
    }
    packed
}

/// Words in the order of their packed form, sorted by the compiler.
#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn table<const N: usize>(words: [&str; N]) -> [Packed; N] {
    let mut packed = [0; N];
    let mut i = 0;
    while i < N {
        let new = pack(words[i].as_bytes());
        assert!(new != 0, "a word of more than 16 bytes");
        let mut at = i;
        while at > 0 && packed[at - 1] > new {
            packed[at] = packed[at - 1];
            at -= 1;
        }
        packed[at] = new;
        i += 1;
    }
    packed
}

/// One bit for each word of the tables above, by a hash of its first, last and number of letters: most words of
/// a message are turned away here.
static MAYBE: [u64; 16] = maybe();

const fn maybe_hash(first: u8, last: u8, len: usize) -> usize {
    let (first, last) = ((first | 0x20) as usize, (last | 0x20) as usize);
    (first * 37 + last * 101 + len * 11) & 1023
}

#[expect(clippy::indexing_slicing, reason = "runs in the compiler only")]
const fn maybe() -> [u64; 16] {
    let mut bits = [0; 16];
    let tables: [&[Packed]; 3] = [&SENSITIVE, &PERSONAL, &LAST_OF_TWO];
    let mut t = 0;
    while t < tables.len() {
        let mut i = 0;
        while i < tables[t].len() {
            let word = tables[t][i];
            let len = (128 - word.leading_zeros() as usize).div_ceil(8);
            let first = (word >> ((len - 1) * 8)) as u8;
            let hash = maybe_hash(first, word as u8, len);
            bits[hash / 64] |= 1 << (hash % 64);
            i += 1;
        }
        t += 1;
    }
    bits
}

/// Words that say something together with the word before them.
static LAST_OF_TWO: [Packed; 8] =
    table(["key", "keys", "string", "phrase", "name", "number", "code", "address"]);

/// Can a word be in one of the tables, or end like a secret's name?
fn may_tell(word: &[u8]) -> bool {
    let (Some(first), Some(last)) = (word.first(), word.last()) else { return false };
    let hash = maybe_hash(*first, *last, word.len());
    let listed = MAYBE.get(hash / 64).is_some_and(|bits| bits >> (hash % 64) & 1 == 1);
    // `…password`, `…passwd`, `…secret`, `…token`, `…cookie`, `…apikey`, `…passphrase`, `…credentials`
    listed || (word.len() > 6 && matches!(last | 0x20, b'd' | b't' | b'n' | b'e' | b'y' | b's'))
}

fn holds(table: &[Packed], word: Packed) -> bool {
    table.binary_search(&word).is_ok()
}

static SENSITIVE: [Packed; 62] = table([
    "password",
    "passwords",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "pw",
    "secret",
    "secrets",
    "token",
    "tokens",
    "cookie",
    "cookies",
    "authorization",
    "auth",
    "session",
    "sessions",
    "sessionid",
    "sid",
    "credential",
    "credentials",
    "creds",
    "bearer",
    "jwt",
    "otp",
    "totp",
    "cvv",
    "cvc",
    "pin",
    "csrf",
    "xsrf",
    "oauth",
    "apikey",
    "apitoken",
    "accesskey",
    "secretkey",
    "privatekey",
    "signature",
    "sig",
    "dsn",
    "connectionstring",
    "webhook",
    "passkey",
    "mnemonic",
    "privkey",
    "jsessionid",
    "phpsessid",
    "sessid",
    "authkey",
    "userpass",
    "userpwd",
    "userpin",
    "hmac",
    "salt",
    "nonce",
    "bearertoken",
    "accountkey",
    "encryptionkey",
    "signingkey",
    "licensekey",
    "wwwauthenticate",
]);

static PERSONAL: [Packed; 44] = table([
    "email",
    "emails",
    "mail",
    "username",
    "user",
    "login",
    "loginname",
    "phone",
    "telephone",
    "mobile",
    "fax",
    "ssn",
    "firstname",
    "lastname",
    "fullname",
    "surname",
    "realname",
    "nickname",
    "birthday",
    "birthdate",
    "dob",
    "hostname",
    "ip",
    "ipaddress",
    "zipcode",
    "postcode",
    "iban",
    "passport",
    "street",
    "cardnumber",
    "pan",
    "userid",
    "accountnumber",
    "employee",
    "customer",
    "patient",
    "taxid",
    "vat",
    "latitude",
    "longitude",
    "mac",
    "imei",
    "recipient",
    "host",
]);

/// What a `key` is a key to, when it is a secret.
static KEY_OWNERS: [Packed; 29] = table([
    "api",
    "access",
    "private",
    "secret",
    "signing",
    "encryption",
    "account",
    "license",
    "licence",
    "subscription",
    "storage",
    "master",
    "ssh",
    "auth",
    "shared",
    "service",
    "client",
    "consumer",
    "app",
    "project",
    "deploy",
    "hmac",
    "session",
    "security",
    "aes",
    "rsa",
    "gpg",
    "pgp",
    "crypto",
]);

/// What a `name` is the name of, when it is a person's or a machine's.
static NAME_OWNERS: [Packed; 11] = table([
    "first", "last", "full", "user", "real", "family", "given", "host", "middle", "maiden", "machine",
]);

/// What an `address` is the address of, when it is a person's or a machine's: not of memory.
static ADDRESS_OWNERS: [Packed; 12] = table([
    "street", "home", "postal", "billing", "shipping", "mailing", "ip", "email", "mail", "remote", "peer",
    "client",
]);

/// Last words that make a key a measure or a kind of the thing, not the thing.
static MEASURES: [Packed; 76] = table([
    "count",
    "counts",
    "counter",
    "len",
    "length",
    "size",
    "sizes",
    "bytes",
    "total",
    "limit",
    "limits",
    "max",
    "min",
    "avg",
    "sum",
    "age",
    "ttl",
    "timeout",
    "timeouts",
    "ms",
    "millis",
    "seconds",
    "secs",
    "minutes",
    "duration",
    "elapsed",
    "delay",
    "retries",
    "attempts",
    "type",
    "types",
    "kind",
    "version",
    "status",
    "state",
    "code",
    "enabled",
    "disabled",
    "required",
    "valid",
    "expired",
    "expires",
    "expiry",
    "present",
    "missing",
    "supported",
    "strategy",
    "mode",
    "format",
    "encoding",
    "charset",
    "parser",
    "agent",
    "provider",
    "backend",
    "policy",
    "method",
    "scheme",
    "algorithm",
    "algo",
    "level",
    "depth",
    "width",
    "height",
    "color",
    "language",
    "lang",
    "budget",
    "usage",
    "rate",
    "percent",
    "ratio",
    "position",
    "offset",
    "index",
    "line",
]);

/// Words of content keys, by the kind that stands in the value's place.
static CONTENT: [(&str, &[&str]); 16] = [
    (
        "url",
        &["url", "urls", "uri", "uris", "link", "links", "href", "endpoint", "referer", "referrer", "origin"],
    ),
    ("html", &["html", "xml", "dom", "svg"]),
    ("body", &["body", "bodies"]),
    ("content", &["content", "contents", "page", "pages", "screenshot", "attachment", "attachments", "blob"]),
    ("markdown", &["markdown", "md"]),
    (
        "text",
        &[
            "text",
            "texts",
            "title",
            "description",
            "comment",
            "comments",
            "caption",
            "bio",
            "transcript",
            "summary",
            "snippet",
            "chunk",
            "chunks",
            "paragraph",
            "sentence",
            "excerpt",
            "note",
            "notes",
        ],
    ),
    (
        "prompt",
        &["prompt", "prompts", "instruction", "instructions", "goal", "goals", "backstory", "question"],
    ),
    (
        "response",
        &[
            "response",
            "responses",
            "answer",
            "answers",
            "completion",
            "completions",
            "reply",
            "output",
            "outputs",
        ],
    ),
    ("headers", &["headers", "header"]),
    ("query", &["query", "queries", "sql", "search", "params", "querystring"]),
    ("request", &["request", "requests"]),
    ("payload", &["payload", "payloads", "input", "inputs"]),
    ("document", &["document", "documents", "file", "files", "filename"]),
    ("script", &["script", "scripts", "javascript"]),
    ("arguments", &["args", "argv", "arguments", "cmdline", "command"]),
    ("environment", &["environ", "env"]),
];

/// What secrets are called as the end of one word: `dbpassword`, `authtoken`.
const ENDS: [&[u8]; 8] =
    [b"password", b"passwd", b"secret", b"apikey", b"token", b"cookie", b"passphrase", b"credentials"];

impl Words {
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

    /// What a key of a context says of its value.
    pub(super) fn class(&self, key: &str) -> Class {
        let secret = self.secret(key.as_bytes());
        if secret != Class::Plain || is_measure(key.as_bytes()) {
            return secret;
        }
        let mut kind = None;
        for word in Split(key.as_bytes()) {
            let hit = CONTENT
                .iter()
                .find(|(_, words)| words.iter().any(|w| w.as_bytes().eq_ignore_ascii_case(word)));
            kind = hit.map(|(kind, _)| *kind).or(kind);
        }
        kind.map_or(Class::Plain, Class::Content)
    }

    /// Is a key, or a name in free text, that of a secret or of a person? Knows no content keys.
    pub(super) fn secret(&self, key: &[u8]) -> Class {
        // The common case: one word of a message.
        if self.sensitive.is_empty() && key.iter().all(u8::is_ascii_lowercase) && !may_tell(key) {
            return Class::Plain;
        }
        let mut class = Class::Plain;
        let mut last = 0;
        let mut before: &[u8] = &[];
        for word in Split(key) {
            let told = std::mem::replace(&mut before, word);
            if !may_tell(word) {
                last = 0;
                continue;
            }
            // The word before is packed only for a word that may need it.
            if last == 0 {
                last = pack(told);
            }
            let packed = pack(word);
            if self.is_sensitive(word, packed, last) {
                class = Class::Sensitive;
            } else if class == Class::Plain && is_personal(packed, last) {
                class = Class::Personal;
            }
            last = packed;
        }
        if !self.sensitive.is_empty() && self.declared(key) {
            return Class::Sensitive;
        }
        if class != Class::Plain && holds(&MEASURES, pack(before)) { Class::Plain } else { class }
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

    /// Words of the program's own, alone or as the whole key.
    fn declared(&self, key: &[u8]) -> bool {
        self.sensitive.iter().any(|own| {
            let own = own.as_bytes();
            own.eq_ignore_ascii_case(key) || Split(key).any(|word| own.eq_ignore_ascii_case(word))
        })
    }
}

fn is_personal(packed: Packed, last: Packed) -> bool {
    const NAME: Packed = pack(b"name");
    const ADDRESS: Packed = pack(b"address");
    const NUMBER: Packed = pack(b"number");
    const CARD: Packed = pack(b"card");
    const ACCOUNT: Packed = pack(b"account");
    const CODE: Packed = pack(b"code");
    const POSTAL: Packed = pack(b"postal");
    const ZIP: Packed = pack(b"zip");
    match packed {
        NAME => holds(&NAME_OWNERS, last),
        ADDRESS => holds(&ADDRESS_OWNERS, last),
        NUMBER => matches!(last, CARD | ACCOUNT),
        CODE => matches!(last, POSTAL | ZIP),
        _ => holds(&PERSONAL, packed),
    }
}

/// Is the last word of a key that of a measure or a kind?
fn is_measure(key: &[u8]) -> bool {
    Split(key).last().is_some_and(|word| holds(&MEASURES, pack(word)))
}

/// The words of a key.
struct Split<'a>(&'a [u8]);

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.0.iter().position(u8::is_ascii_alphanumeric)?;
        let (_, rest) = self.0.split_at_checked(start)?;
        let mut end = 1;
        for pair in rest.windows(2) {
            let [a, b] = pair else { break };
            // `camelCase` breaks before the capital, `HTTPServer` before the last one of a row.
            let third = rest.get(end + 1).copied().unwrap_or(0);
            let breaks = !b.is_ascii_alphanumeric()
                || (a.is_ascii_lowercase() && b.is_ascii_uppercase())
                || (a.is_ascii_digit() != b.is_ascii_digit())
                || (a.is_ascii_uppercase() && b.is_ascii_uppercase() && third.is_ascii_lowercase());
            if breaks {
                break;
            }
            end += 1;
        }
        let (word, rest) = rest.split_at_checked(end)?;
        self.0 = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests;
