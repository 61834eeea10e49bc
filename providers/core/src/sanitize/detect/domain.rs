//! Tells names of hosts from files, constants and addresses, by their shape alone.

/// The longest host, in bytes (RFC 1035 section 2.3.4).
pub(super) const HOST: usize = 255;

/// The longest extension of a file, in bytes.
const LONGEST_FILE: usize = 5;

/// Is the last label of a name more often the extension of a file than a domain?
#[rustfmt::skip]
fn is_file_in_lower_case(last: &[u8]) -> bool {
    matches!(
        last,
        b"rs" | b"py" | b"js" | b"ts" | b"jsx" | b"tsx" | b"mjs" | b"cjs" | b"go" | b"c" | b"h" | b"cc" | b"cpp" | b"hpp"
        | b"java" | b"kt" | b"rb" | b"php" | b"pl" | b"sh" | b"toml" | b"lock" | b"json" | b"jsonl" | b"yaml" | b"yml"
        | b"xml" | b"html" | b"htm" | b"css" | b"md" | b"txt" | b"log" | b"csv" | b"tsv" | b"pdf" | b"zip" | b"tar" | b"gz"
        | b"so" | b"dll" | b"exe" | b"dylib" | b"pyc" | b"whl" | b"ini" | b"cfg"
    )
}

/// Is this a host's name with a domain, such as `example.com`? It consists of two or more labels with points between
/// them. The last label consists of letters, or begins with `xn--`. A file such as `main.rs` and a constant such as
/// `re.TEMPLATE` are not hosts.
pub(super) fn is_host(host: &[u8]) -> bool {
    let file = host.iter().filter(|b| **b == b'.').count() == 1
        && host.rsplit(|b| *b == b'.').next().is_some_and(is_file);
    // `re.TEMPLATE` is a constant.
    let last = host.rsplit(|b| *b == b'.').next().unwrap_or_default();
    let constant = last.iter().all(u8::is_ascii_uppercase) && host.iter().any(u8::is_ascii_lowercase);
    !file && !constant && is_domain(host)
}

/// Like [`is_host`], where no file can be: `ada@example.pl`.
pub(super) fn is_domain(host: &[u8]) -> bool {
    let labels = host.iter().filter(|b| **b == b'.').count() + 1;
    let Some(last) = host.rsplit(|b| *b == b'.').next() else { return false };
    let domain = last.len() >= 2
        && (last.iter().all(|b| b.is_ascii_alphabetic() || *b >= 0x80)
            || last.get(..4).is_some_and(|p| p.eq_ignore_ascii_case(b"xn--")));
    labels >= 2
        && domain
        && host.len() <= HOST
        && host.split(|b| *b == b'.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label.first() != Some(&b'-')
                && label.last() != Some(&b'-')
        })
}

/// Is this an extension of files that is also the ending of a country?
pub(super) fn is_country(last: &[u8]) -> bool {
    [&b"pl"[..], b"rs", b"py", b"sh", b"cc", b"md"].iter().any(|ending| ending.eq_ignore_ascii_case(last))
}

/// Is this the extension of a file?
pub(super) fn is_file(last: &[u8]) -> bool {
    let mut lower = [0; LONGEST_FILE];
    for (to, from) in lower.iter_mut().zip(last) {
        *to = from.to_ascii_lowercase();
    }
    lower.get(..last.len()).is_some_and(is_file_in_lower_case)
}

/// Is this an IPv4 address: four numbers with points between them?
pub(super) fn is_address(host: &[u8]) -> bool {
    let mut parts = 0;
    for part in host.split(|b| *b == b'.') {
        if part.is_empty() || part.len() > 3 || !part.iter().all(u8::is_ascii_digit) {
            return false;
        }
        parts += 1;
    }
    parts == 4
}
