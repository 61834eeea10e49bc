//! Recognizes text after a key that is not a value: the rest of a sentence, a type's name, a mark for a bound value.

use super::cursor::{is_ident, is_word};

/// Words that continue a sentence after `token: `, and words for a missing value.
#[rustfmt::skip]
const WORDS: [&[u8]; 94] = [
    b"a", b"an", b"the", b"is", b"was", b"are", b"has", b"had", b"no", b"not", b"none", b"null", b"nil",
    b"undefined", b"missing", b"invalid", b"unexpected", b"expected", b"unknown", b"unrecognized",
    b"unsupported", b"malformed", b"expired", b"empty", b"failed", b"failure", b"failing", b"error",
    b"cannot", b"could", b"can't", b"unable", b"must", b"should", b"too", b"already", b"required",
    b"denied", b"refused", b"rejected", b"revoked", b"wrong", b"incorrect", b"mismatch", b"true", b"false",
    b"some", b"ok", b"in", b"of", b"at", b"for", b"to", b"does", b"did", b"bad", b"permission", b"access",
    b"timed", b"timeout", b"given", b"yes", b"on", b"off", b"set", b"unset", b"provided", b"present", b"absent",
    b"enabled", b"disabled", b"default", b"optional", b"exists", b"valid", b"found", b"unchanged", b"hidden",
    b"locked", b"suspended", b"closed", b"gesperrt",
    b"unreachable", b"cancelled", b"canceled", b"erforderlich", b"obligatoire", b"obligatoria", b"obligatorio", b"introuvable",
    "不能为空".as_bytes(), "必填".as_bytes(), "不存在".as_bytes(), "必須".as_bytes(),
];

/// Starts of sentences that validators, parsers and resolvers write after the name of a field: Pydantic, Django, DRF,
/// serde_json, the standard libraries of Rust and Go, and validators in other languages.
#[rustfmt::skip]
const PHRASES: [&[u8]; 39] = [
    b"field required", b"field is required", b"value is not", b"value is too", b"value is required", b"value is missing",
    b"value is invalid", b"value must", b"value error", b"string should", b"input should",
    b"cast to string", b"cast to number", b"cast to date", b"cast to boolean", b"cast to objectid", b"validator failed", b"this field", b"length is", b"can't be", b"end of file", b"eof while", b"unexpected end of", b"stream did", b"connection reset",
    b"lookup failed", b"name or service", b"darf nicht", b"ist erforderlich", b"nicht gefunden", b"est obligatoire",
    b"es obligatorio", b"es obligatoria", "обязательное поле".as_bytes(), "обязательно для".as_bytes(),
    "не может быть".as_bytes(), "nie może być".as_bytes(), b"jest wymagane", b"pole wymagane",
];

/// Words that may follow a phrase directly.
#[rustfmt::skip]
const BEHIND: [&[u8]; 20] = [
    b"failed",
    b"", b"have", b"be", b"by", b"may", b"parsing", b"least", b"blank", b"with", b"from", b"contain", b"match", b"peer", b"end",
    b"input", b"stream", b"than", b"leer", b"puste",
];

/// Does the line start with one of the [`PHRASES`]? The phrase must end where a word ends, and only words of a sentence and
/// short numbers may follow it, because a validator may repeat the value.
fn says_why(line: &[u8]) -> bool {
    PHRASES.iter().any(|phrase| {
        let (head, rest) = line.split_at_checked(phrase.len()).unwrap_or_default();
        let said = |word: &[u8]| {
            let word = bare(word);
            let number = word.len() < 4 && word.iter().all(u8::is_ascii_digit);
            number || is_plain(word) || word == b"UTF-8" || word.iter().all(|b| *b >= 0x80)
        };
        head.eq_ignore_ascii_case(phrase)
            && !rest.first().is_some_and(|b| is_word(*b) || *b == b'_')
            && rest.split(|b| *b == b' ').all(said)
            && words(rest).next().is_none_or(|word| {
                let word = bare(word);
                goes_on(word)
                    || BEHIND.contains(&word)
                    || word.iter().all(|b| b.is_ascii_digit() || *b >= 0x80)
            })
    })
}

/// Is this word also the name of a module, and of nothing that a person has?
pub(super) fn names_module(word: &[u8]) -> bool {
    let is = |words: &[&[u8]]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    is(&MODULES) && !is(&PERSONS) && !is(&[b"account", b"konto"])
}

/// Does this word continue a sentence?
pub(super) fn goes_on(word: &[u8]) -> bool {
    WORDS.iter().any(|w| w.eq_ignore_ascii_case(word))
}

/// Keys that are also names of modules, log targets and states. Values of these keys are random or quoted, so a row of
/// plain words after such a key is a sentence.
#[rustfmt::skip]
const MODULES: [&[u8]; 32] = [
    b"auth", b"oauth", b"session", b"sessions", b"token", b"tokens", b"credential", b"credentials", b"creds", b"cookie",
    b"cookies", b"signature", b"jwt", b"csrf", b"xsrf", b"webhook", b"bearer", b"nonce", b"salt", b"hmac", b"login", b"user",
    b"host", b"mail", b"email", b"customer", b"filter", b"controller", b"interceptor", b"middleware",
    b"account", b"konto",
];

/// The [`MODULES`] that are the last word of a class's name.
const CLASSES: [&[u8]; 4] = [b"filter", b"controller", b"interceptor", b"middleware"];

/// The [`MODULES`] whose values can be plain words. A row of plain words after one of them is a sentence only in a
/// chain of errors.
const PERSONS: [&[u8]; 6] = [b"user", b"login", b"customer", b"host", b"mail", b"email"];

/// Is `line`, the rest of the line after `key: `, a sentence and not a value? The words of a passphrase may follow the
/// index of a secret key.
pub(super) fn is_sentence(key: &[u8], line: &[u8], is_secret: bool) -> bool {
    if names_event(key, line) || says_why(line) {
        return true;
    }
    let last = key.rsplit(|b| !b.is_ascii_alphanumeric()).next().unwrap_or_default();
    // After a key that ends in an index, four plain words of five make a sentence: `user.3: Max length cannot be …`.
    if !last.is_empty() && last.iter().all(u8::is_ascii_digit) && last.len() < key.len() {
        return !is_secret && words(line).take(5).filter(|word| is_plain(word)).count() >= 4;
    }
    let tail = camel_tail(last);
    // `JwtAuthFilter: token expired` names a class; `user_filter: …`, `userFilter: …` and `UserFilter: ada lovelace` are
    // settings.
    let is_class = tail.len() < last.len()
        && last.first().is_some_and(u8::is_ascii_uppercase)
        && (is_about_secrets(key, is_secret) || words(line).nth(1).is_some_and(|word| goes_on(bare(word))));
    if CLASSES.iter().any(|class| class.eq_ignore_ascii_case(tail)) && !is_class {
        return false;
    }
    if !MODULES.iter().any(|module| module.eq_ignore_ascii_case(tail)) {
        return false;
    }
    let mut plain = words(line).map(|word| (is_plain(word), word));
    let Some((first, word)) = plain.next() else { return false };
    let second = plain
        .next()
        .is_none_or(|(plain, word)| plain || (word.len() > 1 && word.iter().all(u8::is_ascii_uppercase)));
    // An error and its cause are joined by a colon: `list groups: empty username`.
    let chained = line.windows(2).take(80).any(|two| two == b": ");
    if PERSONS.iter().any(|person| person.eq_ignore_ascii_case(tail)) {
        // In `user: lovelace: access denied`, the first word is the value.
        return chained && first && second && !word.ends_with(b":") && !word.ends_with(b",");
    }
    // The first word may be a type of error: `NoCredentialsError`, `AccessDenied: …`.
    let word = word.strip_suffix(b":").unwrap_or(word);
    let is_type = word.len() >= 8
        && word.iter().all(u8::is_ascii_alphabetic)
        && word.first().is_some_and(u8::is_ascii_uppercase)
        && word
            .windows(2)
            .filter(|two| matches!(two, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()))
            .count()
            >= 1;
    // A name and a password may be the value of `credentials`.
    let is_pair = [&b"credentials"[..], b"creds"].iter().any(|key| key.eq_ignore_ascii_case(tail))
        && !words(line).any(|word| goes_on(bare(word)));
    (first && second && !is_pair) || is_type
}

/// Do the values of this class's kind never consist of plain words? Those of passwords and of persons do.
fn is_about_secrets(key: &[u8], is_secret: bool) -> bool {
    is_secret && !key.windows(8).any(|part| part.eq_ignore_ascii_case(b"password"))
}

/// Is this value public, although its key could announce a secret or a person? `value` is all letters, digits and points
/// after the key.
///
/// - The status of a delivery, `dsn=5.1.1` (RFC 3463).
/// - The time of a process, `User=0.02s` (the log of the JVM's garbage collector, `gc,cpu`), `usr=12%`.
/// - The voltage at an input, `vin=3.3`.
/// - The token of a public key in the name of an assembly of .NET, `PublicKeyToken=b77a5c561934e089`: eight bytes, or
///   `null`.
pub(super) fn is_public(key: &[u8], value: &[u8]) -> bool {
    let is = |word: &[u8]| key.eq_ignore_ascii_case(word);
    let is_number = |value: &[u8]| {
        let mut parts = value.split(|b| *b == b'.');
        let mut digits = || parts.next().is_some_and(|p| !p.is_empty() && p.iter().all(u8::is_ascii_digit));
        digits() && digits() && parts.next().is_none()
    };
    let time = || value.strip_suffix(b"ms").or(value.strip_suffix(b"s")).is_some_and(is_number);
    let status = || {
        let rest = value.split_first().filter(|(class, _)| matches!(class, b'2' | b'4' | b'5'));
        rest.and_then(|(_, rest)| rest.strip_prefix(b"."))
            .is_some_and(|rest| rest.len() < 8 && is_number(rest))
    };
    let ends = |ends: &[&[u8]]| {
        ends.iter().any(|end| {
            key.len().checked_sub(end.len()).is_some_and(|at| key.split_at(at).1.eq_ignore_ascii_case(end))
        })
    };
    // `tokens_per_second=31.7`, `tokens_used: 4096`
    let count = || (1..10).contains(&value.len()) && value.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let tokens = || key.windows(6).any(|part| part.eq_ignore_ascii_case(b"tokens"));
    // `credential_source: environment`
    let source =
        || [&b"env"[..], b"environment", b"keyring", b"file", b"config", b"profile"].contains(&value);
    let token = || value == b"null" || (value.len() == 16 && value.iter().all(u8::is_ascii_hexdigit));
    (is(b"dsn") && status())
        || (is(b"user") && time())
        || (is(b"usr") && value.first().is_some_and(u8::is_ascii_digit))
        || (is(b"vin") && is_number(value))
        || (is(b"publickeytoken") && token())
        || (ends(&[b"second", b"minute", b"remaining", b"used"]) && tokens() && count())
        || (ends(&[b"source"]) && source())
}

/// Does the key name a program or an error, and not the text after it: Dovecot's `imap-login: Disconnected`, or
/// `INVALID_SESSION_ID: Session expired or invalid` of Salesforce's REST API? The text after an error begins with a word
/// of the key, and continues as a sentence.
fn names_event(key: &[u8], line: &[u8]) -> bool {
    let process = [&b"imap-login"[..], b"pop3-login", b"submission-login", b"managesieve-login"];
    let code = [&b"INVALID_"[..], b"EXPIRED_", b"MISSING_", b"BAD_", b"WRONG_", b"ERR_", b"ERROR_"];
    let mut words = line.split(|b| *b == b' ').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default();
    let repeats = first.len() > 1
        && first.first().is_some_and(u8::is_ascii_uppercase)
        && key.split(|b| *b == b'_').any(|part| part.eq_ignore_ascii_case(first));
    process.contains(&key)
        || (code.iter().any(|code| key.starts_with(code))
            && repeats
            && words.next().is_some_and(goes_on)
            && words.all(|word| goes_on(bare(word)) || matches!(word, b"or" | b"and")))
}

/// The last word of a name such as `accessToken`.
fn camel_tail(word: &[u8]) -> &[u8] {
    let cut = word
        .windows(2)
        .rposition(|two| matches!(two, [a, b] if a.is_ascii_lowercase() && b.is_ascii_uppercase()));
    word.get(cut.map_or(0, |at| at + 1)..).unwrap_or(word)
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|b| *b == b' ').filter(|word| !word.is_empty()).take(12)
}

/// The word without the punctuation after it.
fn bare(word: &[u8]) -> &[u8] {
    let end =
        word.iter().rposition(|b| !matches!(b, b'.' | b',' | b':' | b';' | b'!')).map_or(0, |at| at + 1);
    word.get(..end).unwrap_or_default()
}

/// Is this a word in lower case, perhaps with punctuation after it?
fn is_plain(word: &[u8]) -> bool {
    let word = bare(word);
    !word.is_empty() && word.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'\''))
}

/// Does the value hold nothing to remove? Examples are `***`, `<missing>`, `{}`, and the marks for bound values `?`,
/// `$1`, `%(name)s`, `:name`.
pub(super) fn says_nothing(value: &[u8]) -> bool {
    !value.iter().any(|b| is_word(*b)) || is_bound(value)
}

/// Is this a statement's mark for a bound value, or a word of SQL that is not a value?
pub(super) fn is_bound(value: &[u8]) -> bool {
    let name = |rest: &[u8]| !rest.is_empty() && rest.iter().all(|b| is_ident(*b));
    let is_number = |rest: &[u8]| !rest.is_empty() && rest.iter().all(u8::is_ascii_digit);
    match value {
        [b'?'] | b"%s" | b"%d" | b"{}" => true,
        [b'$' | b'?', rest @ ..] => rest.len() < 4 && rest.iter().all(u8::is_ascii_digit),
        // `:email_1` and `:p1` are names too; a password is not.
        [b':', b'p', rest @ ..] if is_number(rest) => true,
        [b':', rest @ ..] => {
            let digits = rest.iter().rev().take_while(|b| b.is_ascii_digit()).count();
            let head = rest.get(..rest.len() - digits).unwrap_or_default();
            let counted = digits == 0 || head.is_empty() || head.ends_with(b"_");
            name(rest) && counted && !head.iter().any(u8::is_ascii_digit)
        }
        [b'@', b'p', rest @ ..] => is_number(rest),
        [b'%', b'(', rest @ .., b')', b's'] => name(rest),
        _ => [&b"NULL"[..], b"DEFAULT", b"TRUE", b"FALSE", b"None"]
            .iter()
            .any(|w| w.eq_ignore_ascii_case(value)),
    }
}
