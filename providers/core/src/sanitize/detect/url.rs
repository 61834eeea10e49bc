//! Finds URLs of every scheme (RFC 3986, RFC 3987), and their short forms: `host.tld/path`, `www.host`.

use super::cursor::{Cursor, is_ident, is_quote, is_word};
use super::domain::{HOST, is_address, is_file, is_host};
use super::{Redaction, Span, ending, script};

/// The longest scheme, including a `jdbc:` before it, in bytes.
const SCHEME: usize = 48;

/// Longest part of a path that is searched for signs of a URL, in bytes.
const HEAD: usize = 256;

/// Schemes without `//`. Their content belongs to a person or a page.
#[rustfmt::skip]
const OPAQUE: [&[u8]; 21] = [
    b"mailto", b"data", b"tel", b"sms", b"callto", b"sip", b"sips", b"xmpp", b"magnet", b"javascript",
    b"blob", b"view-source", b"file", b"jdbc", b"otpauth", b"bitcoin", b"ethereum", b"geo", b"skype",
    b"cid", b"arn",
];

/// Schemes of databases, queues and directories, whose URLs are connection strings.
#[rustfmt::skip]
const STORES: [&[u8]; 30] = [
    b"postgres", b"postgresql", b"mysql", b"mysql2", b"mysqlx", b"mariadb", b"mongodb", b"redis", b"rediss",
    b"amqp", b"amqps", b"mssql", b"sqlserver", b"oracle", b"clickhouse", b"cassandra", b"neo4j", b"bolt",
    b"snowflake", b"cockroachdb", b"sqlite", b"sqlite3", b"ldap", b"ldaps", b"memcached", b"nats", b"kafka",
    b"couchbase", b"influxdb", b"duckdb",
];

/// The URL whose `://` is at `at`, including its scheme.
pub(super) fn with_scheme(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let from = floor.max(at.saturating_sub(SCHEME));
    let start =
        cursor.back(at, from, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b':'));
    let start = cursor.ahead_at_most(start, at - start, |b| !b.is_ascii_alphabetic());
    let rest = at + 3;
    let end = end(cursor, rest, cursor.before(start));
    if end <= rest {
        return None;
    }
    let scheme_at = cursor.back(at, start, |b| b != b':');
    let scheme = cursor.slice(scheme_at, at);
    // Most URLs have one of these schemes, so the lists are not searched.
    if start == scheme_at && matches!(scheme, b"http" | b"https") {
        let end = shortened(cursor, end, cursor.before(start));
        return Some(Span { start, end, kind: Redaction::Url });
    }
    // The name of a driver may follow the database's: `postgresql+psycopg2`.
    let dialect = scheme.split(|b| *b == b'+').next().unwrap_or_default();
    let store =
        cursor.has_any_case(start, b"jdbc:") || STORES.iter().any(|s| s.eq_ignore_ascii_case(dialect));
    // In `error:https://…`, the text before the scheme does not belong to the URL. `jdbc:` or a scheme such as
    // `view-source:` before it does.
    let outer = OPAQUE.iter().any(|s| cursor.has_any_case(start, s));
    let start = if store && cursor.has_any_case(start, b"jdbc:") || outer { start } else { scheme_at };
    let kind = if store { Redaction::Connection } else { Redaction::Url };
    let end = shortened(cursor, end, cursor.before(start));
    Some(Span { start, end, kind })
}

/// The URL without `//` whose scheme's colon is at `at`.
pub(super) fn opaque(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if cursor.at(at + 1) <= b' ' {
        return None;
    }
    let start = cursor.back(at, floor.max(at.saturating_sub(12)), |b| b.is_ascii_alphabetic() || b == b'-');
    if is_ident(cursor.before(start))
        || !OPAQUE.iter().any(|s| s.eq_ignore_ascii_case(cursor.slice(start, at)))
    {
        return None;
    }
    let next = cursor.at(at + 1);
    let plausible = match cursor.at(start).to_ascii_lowercase() {
        // `file:/x`, but not `file:name`.
        b'f' => {
            matches!(next, b'/' | b'\\')
                && cursor.at(cursor.ahead_at_most(at + 1, 4, |b| b == b'/' || b == b'\\')) > b' '
        }
        // `data:text/html,…`, but not `data:x`.
        b'd' => {
            let head = cursor.slice(at + 1, cursor.ahead_at_most(at + 1, 80, |b| b > b' '));
            head.contains(&b',') && (head.contains(&b'/') || head.starts_with(b",") || head.starts_with(b";"))
        }
        _ => is_word(next) || matches!(next, b'+' | b'?' | b'/' | b'%' | b'('),
    };
    if !plausible {
        return None;
    }
    let end = end(cursor, at + 1, cursor.before(start));
    let kind = if cursor.has_any_case(start, b"jdbc") {
        Redaction::Connection
    } else if cursor.has_any_case(start, b"mailto") {
        Redaction::Email
    } else {
        Redaction::Url
    };
    (end > at + 1).then_some(Span { start, end, kind })
}

/// The URL without a scheme: `host.tld/path` or `host:port/path`, whose first slash is at `at`, or `//host/path`, whose
/// second slash is at `at`.
pub(super) fn bare(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    if cursor.before(at) == b'/' {
        return relative(cursor, at);
    }
    let from = floor.max(at.saturating_sub(HOST));
    let mut host_end = at;
    let port = cursor.back(at, from.max(at.saturating_sub(5)), |b| b.is_ascii_digit());
    let ported = port < at && cursor.before(port) == b':';
    if ported {
        host_end = port - 1;
    }
    let start = cursor.back(host_end, from, |b| is_word(b) || matches!(b, b'.' | b'-'));
    // Most slashes follow a word of a relative path, so they are excluded first.
    if !(ported || cursor.slice(start, host_end).contains(&b'.')) {
        return None;
    }
    let start = script::word_start(cursor, start, host_end);
    if matches!(cursor.before(start), b'_' | b'/' | b'\\' | b'$' | b'@') {
        return None;
    }
    let host = cursor.slice(start, host_end);
    if !(ported || host.contains(&b'.')) {
        return None;
    }
    let single = ported && at - port >= 2 && host.len() >= 2 && host.iter().any(u8::is_ascii_alphabetic);
    if !(is_host(host) || is_address(host) || single) || is_module(cursor, host, at, ported) {
        return None;
    }
    Some(Span { start, end: end(cursor, at, cursor.before(start)).max(at + 1), kind: Redaction::Url })
}

/// Hosts of public Go modules. The paths of these modules look like URLs.
#[rustfmt::skip]
const MODULES: [&[u8]; 16] = [
    b"k8s.io", b"sigs.k8s.io", b"golang.org", b"google.golang.org", b"gopkg.in", b"go.uber.org", b"go.etcd.io", b"go.opentelemetry.io",
    b"go.mongodb.org", b"cloud.google.com", b"github.com", b"gitlab.com", b"bitbucket.org", b"modernc.org", b"gorm.io", b"helm.sh",
];

/// Does this path name code, so that it is no URL?
///
/// - In a module of Java: `java.base/java.lang…`.
/// - A place, a function or a version in a module of Go: `k8s.io/client-go/tools/cache/reflector.go:147`.
/// - The group of an interface of Kubernetes, `networking.k8s.io/v1`, or the key of a label,
///   `node-role.kubernetes.io/control-plane`.
/// - A function of Elixir with its number of arguments: `Shop.Cart.add/2`.
fn is_module(cursor: Cursor<'_>, host: &[u8], at: usize, ported: bool) -> bool {
    let path = cursor
        .ahead_at_most(at, HEAD, |b| b > b' ' && !matches!(b, b':' | b'"' | b'\'' | b')' | b',' | b'('));
    let text = cursor.slice(at, path);
    let last = host.rsplit(|b| *b == b'.').next().unwrap_or_default();
    if host.starts_with(b"jdk.") || (host.starts_with(b"java.") && !ending::is_first(last)) {
        let package = text.split(|b| *b == b'/').nth(1).unwrap_or_default();
        return cursor.at(path) == b'(' || package.contains(&b'.');
    }
    let name = text.get(1..).unwrap_or_default();
    let kubernetes =
        host.strip_suffix(b"kubernetes.io").is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."));
    let label = kubernetes && !name.contains(&b'/') && !name.contains(&b'?');
    let group = label || (host.ends_with(b".k8s.io") && text.starts_with(b"/v") && text.len() < 12);
    let arity = (1..=2).contains(&name.len()) && name.iter().all(u8::is_ascii_digit);
    if arity && !ported && is_function(host) {
        return true;
    }
    let place = text.ends_with(b".go") && cursor.at(path) == b':' && cursor.at(path + 1).is_ascii_digit();
    let name = text.rsplit(|b| *b == b'/').next().unwrap_or_default();
    let is_document = name.rsplit(|b| *b == b'.').next().is_some_and(is_file);
    let called = [&b"(0x"[..], b"(...)", b"()"].iter().any(|arguments| cursor.has(path, arguments));
    let function = cursor.at(path) == b'(' && name.contains(&b'.') && (called || !is_document);
    let version = text.windows(3).any(|part| matches!(part, [b'@', b'v', b'0'..=b'9']));
    group || (MODULES.contains(&host) && (place || function || version))
}

/// Is this a function of Elixir, `Shop.Cart.add`, and not a host in capitals, `Intranet.Acme.com`? Each module begins with
/// a capital, and the function with a small letter; it is no ending of hosts.
fn is_function(host: &[u8]) -> bool {
    let Some(last) = host.iter().rposition(|b| *b == b'.') else { return false };
    let (modules, function) = host.split_at(last);
    let function = function.get(1..).unwrap_or_default();
    modules.split(|b| *b == b'.').all(|module| module.first().is_some_and(u8::is_ascii_uppercase))
        && function.first().is_some_and(u8::is_ascii_lowercase)
        && !ending::is_ending(function, modules.contains(&b'.'))
}

/// The URL `//host.tld/path`, which has no scheme. Its second slash is at `at`.
fn relative(cursor: Cursor<'_>, at: usize) -> Option<Span> {
    let start = at - 1;
    let edge = cursor.before(start);
    if is_word(edge) || matches!(edge, b'/' | b':' | b'.' | b'_') {
        return None;
    }
    let host_end = cursor.ahead_at_most(at + 1, HOST, |b| is_word(b) || matches!(b, b'.' | b'-'));
    let head = cursor.ahead_at_most(host_end, HEAD, |b| b > b' ');
    // Behind a plus sign it may be base64: `F9yVhHS+//seSe/…`.
    let path = edge != b'+' && cursor.slice(host_end, head).contains(&b'/');
    (host_end > at + 1 && (path || is_host(cursor.slice(at + 1, host_end)))).then(|| Span {
        start,
        end: end(cursor, at + 1, edge),
        kind: Redaction::Url,
    })
}

/// `www.host.tld` whose first point is at `at`.
pub(super) fn www(cursor: Cursor<'_>, at: usize, floor: usize) -> Option<Span> {
    let start = at.checked_sub(3)?;
    let named = cursor.has_any_case(start, b"www.") && is_word(cursor.at(at + 1)) && start >= floor;
    if !named || is_ident(cursor.before(start)) {
        return None;
    }
    let end = end(cursor, at, cursor.before(start));
    cursor.slice(at + 1, end).contains(&b'.').then_some(Span { start, end, kind: Redaction::Url })
}

/// The end of a URL that started before `i`; `edge` is the byte before the URL.
///
/// The URL ends at white space, a quote or an angle bracket. Punctuation and brackets at its end belong to the
/// sentence.
pub(super) fn end(cursor: Cursor<'_>, i: usize, edge: u8) -> usize {
    let mut end = i;
    loop {
        end =
            cursor.claim(end, |b| b > b' ' && !matches!(b, b'"' | b'<' | b'>' | b'`' | b'\'' | b'\\' | 0x7f));
        let next = cursor.at(end + 1);
        match cursor.at(end) {
            b'\'' if edge != b'\'' && is_word(next) => end += 1,
            b'\\' if !matches!(next, b'n' | b'r' | b't' | b'"' | b'\'' | b'\\' | 0) => end += 1,
            _ => break,
        }
    }
    if matches!(edge, b'(' | b'[' | b'{') {
        let close = match edge {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        let (open, inner) = (edge, cursor.slice(i, end));
        let mut depth = 0_usize;
        for (at, b) in (i..).zip(inner) {
            if *b == open {
                depth += 1;
            } else if *b == close {
                match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return at,
                }
            }
        }
    }
    cursor.back(end, i, |b| {
        matches!(b, b'.' | b',' | b';' | b':' | b'!' | b'?' | b')' | b']' | b'}' | b'\'' | b'|')
    })
}

/// Longest rest of a shortened URL that is removed with it, in bytes.
const SHORTENED: usize = 128;

/// The end of a URL that a program shortened, `https://example.com/sear... divorce lawyer`. The text after the points
/// was a part of the URL, up to the quote or the bracket around the URL, or to the end of the line.
fn shortened(cursor: Cursor<'_>, end: usize, edge: u8) -> usize {
    let points = match () {
        () if cursor.has(end, b"...") => 3,
        () if cursor.ends_any_case(end, "…".as_bytes()) => 0,
        () => return end,
    };
    let close = match edge {
        b'(' => b')',
        b'[' => b']',
        b'<' => b'>',
        b'"' | b'\'' | b'`' => edge,
        _ => b'\n',
    };
    let stop = cursor
        .ahead_at_most(end + points, SHORTENED, |b| b != close && !matches!(b, b'\n' | b':' | b',' | b';'));
    let rest = cursor.slice(end + points, stop);
    if rest.iter().any(|b| is_word(*b)) { stop } else { end }
}

/// Does this byte end a quoted or bracketed text? Detectors that take a whole word of a sentence stop at such a byte.
pub(super) const fn is_pause(b: u8) -> bool {
    b <= b' ' || is_quote(b) || matches!(b, b',' | b';' | b')' | b']' | b'}' | b'<' | b'>' | b'|')
}
