//! The search is linear in the bytes that it looks at. This is tested for every trigger of every detector, alone and in
//! pairs, repeated to two lengths. The tests count bytes, not time.

use crate::sanitize::Sanitizer;
use crate::sanitize::detect::cursor::work;

/// The starts of all findings, texts that make a detector look far, and texts that do neither.
#[rustfmt::skip]
const TRIGGERS: &[&str] = &[
    // Each trigger byte of the table, and each kind of block.
    ":", "=", "@", "/", "\\", "%", ".", "<", "?", "&", "+", "-", "\"", "'", "`", "\n", "\x1b", "B", "a", "7", " ",
    "é", "日", "ｈ", "\u{301}", "\u{200b}", "“", "…",
    // URLs, hosts, mail, paths.
    "://", "a://", "jdbc:", "mailto:x", "data:,", "file:/", "www.a.", "a.b/", "//a/", "a.com", "_a.b.", "a@", "a@b:", "\"@", "@x.org",
    "/a", "~/", "C:\\", "\\\\a\\", "..\\", "\"/", "$A/", "/a b", "/home/", "Users/",
    // Keys and values.
    "password: ", "password=", "password = \"", "token: {", "token: [", "token=(", "token: Some(", "secret: |\n ", "key '''",
    "password \"", "\"password\",\"", "pass: ", "phrase: ", "api key: ", "body: \"", "prompt: `", "detail: ", "dup key: {",
    "name: \"", "value: \"", "{\"name\":", "\"value\": ", "User { name: \"", "token ", "phone=", "user: ", "password    : ",
    "-p ", "--password ", "-u a:", "--user a:'", "mysql -p1", "AUTH ",
    // Headers.
    "Authorization: ", "Cookie: a; ", "Bearer a", "Basic ", "Digest a=\"",
    // Data that parsers and databases repeat.
    ") of `", "base 10: \"", "Duplicate entry '", "invalid value '", "on field '", "object '", "(\"a\", ", "fill(\"",
    "Key (a)=(", "input_value='", "input_value={", "[parameters: (", "values (", "args: ['", "$1='",
    "WHERE a='", "WHERE a IN ('", "CALL p('", "use near '", "COPY a, line 3: \"", "binding parameter [1] - [", "==> Parameters: ",
    "@p0='", "Failing row contains (", "address=A 1, ", "dob=1 ",
    // Names, queries, connection strings, markup.
    "cn=a,", "o=a+", "(uid=", "?a=", "&a=", "a=b&", "Server=a;", "host=a ", "<a ", "<p>", "</", "<!--", "<?xml >", "<html ",
    "<a b=\"",
    // Tokens.
    "eyJ", "eyJ.", "ghp_", "sk-", "8Q~", "-us", ".atlasv1.", "$2b$", "AAAA", "shpat_", "0x", "ssh-rsa AAAA", "S-1-5-21-",
    "DESKTOP-", "x7Gh29KlQp4Zt8Vw", "YWRhOmh1", "6164613a", "61 64 ", "-----BEGIN ", "-----END ", "-----BEGIN A-----",
    // Numbers.
    "4111 1111 ", "DE89 3704 ", "123-45-", "12345678:", "1.1.1.", "::1:", "fe80:", "00:11:", "001b.", "00-11-", "+49 ", "(030) ",
    "SSN ", "tel ", "[104, 101, ", "12 ", "756.", "AB 12 ",
    // Logins and positions.
    "connect a/b@", "x/y@A.B", "[a] (from client ", "AH01617: user ", "for user a from 1.1.1.1", "session=<a1", "-token ",
    "Failed password for ", "from ::1 ", "gps 1.11111,", "pos=(1.111111, ", "59°19'4", "0711 / 90 ", "a.co.ke[1.",
    "user [a", " - a [10/Oct/2026:", "A-B\\a", "net use /user:", "USER PASS ", "login failed: ", "sudo: a : ", "|553=",
    "PDO->__construct('", "[cn=a", "user a b from 1.1.1.1",
    // Escapes.
    "%41", "%2541", "%u0041", "&#64;", "&amp;", "\\u0041", "\\x41", "\\n", "\\\"", "\\\\\\\"", "=3D", "=\n", "\n> ", "\n | ",
    "\x1b[31m",
    // Placeholders.
    "[url]", "[secret] ", "[cut 5 bytes]", "[",
];

/// The number of bytes looked at while a text of `len` bytes that repeats `part` is cleaned.
fn work_of(sanitizer: &Sanitizer, part: &str, len: usize) -> u64 {
    let text = part.repeat(len / part.len());
    work::of(|| drop(sanitizer.text(&text)))
}

/// Most bytes looked at for each byte of text. It is the longest bound of a look, as if the worst trigger used it at
/// every byte.
const MOST: u64 = 1_200;

fn check(sanitizer: &Sanitizer, part: &str, short: usize, faults: &mut Vec<String>) {
    let (one, four) = (work_of(sanitizer, part, short), work_of(sanitizer, part, 4 * short));
    // Four times the length may need four times the work and a little more, because the shorter text may not reach the
    // bounds.
    let linear = four <= one * 5 + 120_000 && four <= MOST * 4 * short as u64;
    if !linear {
        faults.push(format!("{part:?}: {one} and {four}, {} a byte", four / (4 * short as u64)));
    }
}

#[test]
fn work_is_linear_for_every_trigger() {
    let sanitizer = Sanitizer::new();
    let mut faults = Vec::new();
    for trigger in TRIGGERS {
        check(&sanitizer, trigger, 16_384, &mut faults);
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn work_is_linear_for_every_pair_of_triggers() {
    let sanitizer = Sanitizer::new();
    let mut faults = Vec::new();
    for first in TRIGGERS {
        for second in TRIGGERS {
            let (part, mut short) = (format!("{first}{second}"), Vec::new());
            check(&sanitizer, &part, 1_024, &mut short);
            // If the shorter text did not reach a bound, both lengths are raised above every bound.
            if !short.is_empty() {
                check(&sanitizer, &part, 8_192, &mut faults);
            }
        }
    }
    assert!(faults.is_empty(), "{} {faults:#?}", faults.len());
}
