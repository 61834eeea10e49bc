//! Finds further copies of a value that was found in the same text.
//!
//! A message may say a value twice, and only one of the places tells what it is: `from String "14.03.1987" … {"geburtsdatum":
//! "14.03.1987"}`. The copies are removed with it.

use super::Redaction;
use super::detect::cursor::work;
use super::detect::{Evidence, Finding};

/// Most values of a text whose copies are searched for. The bound keeps the work linear.
const VALUES: usize = 8;

/// The shortest value whose copies are searched for, in bytes. Shorter ones may be words.
const SHORTEST: usize = 6;

/// The longest such value, in bytes.
const LONGEST: usize = 128;

/// Appends the copies of the values that only a word beside them gave away.
pub(super) fn add(bytes: &[u8], found: &mut Vec<Finding>) {
    let mut values: Vec<(&[u8], Redaction)> = Vec::new();
    for finding in found.iter() {
        let value = bytes.get(finding.start..finding.end).unwrap_or_default();
        let known = values.iter().any(|(seen, _)| *seen == value);
        if values.len() < VALUES
            && finding.evidence == Evidence::Suspicion
            && !known
            && is_own(value, finding.kind)
        {
            values.push((value, finding.kind));
        }
    }
    for (value, kind) in values {
        let Some(first) = value.first() else { continue };
        // The test of linear work sees this search too.
        work::count(bytes.len());
        let mut at = 0;
        while let Some(n) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| b == first)) {
            let (start, end) = (at + n, at + n + value.len());
            at = start + 1;
            if bytes.get(start..end) == Some(value) {
                at = end;
                let edge = |b: Option<&u8>| b.is_none_or(|b| !(b.is_ascii_alphanumeric() || *b == b'_'));
                let whole = edge(start.checked_sub(1).and_then(|i| bytes.get(i))) && edge(bytes.get(end));
                if whole {
                    found.push(Finding { start, end, kind, evidence: Evidence::Suspicion });
                }
            }
        }
    }
}

/// Is this a value that is not likely a word of the program? It has at least two digits and a letter, or the digits of a
/// date, or it has several words with capitals, an `@` or characters beyond ASCII.
fn is_own(value: &[u8], kind: Redaction) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let version = value.first().is_some_and(|b| matches!(b, b'v' | b'V')) && letters == 1;
    let capitals =
        value.split(|b| *b == b' ').filter(|word| word.first().is_some_and(u8::is_ascii_uppercase));
    let inner = value.iter().any(|b| *b == b'@' || *b >= 0x80) || (capitals.count() > 1 && letters > 10);
    let single = !value.contains(&b'\n') && !value.contains(&b'[');
    // `ada.lovelace`
    let account = kind == Redaction::User && value.contains(&b'.');
    let mixed = digits >= 2 && letters > 0 && !version && !value.contains(&b' ');
    (SHORTEST..=LONGEST).contains(&value.len()) && single && (mixed || digits >= 6 || inner || account)
}
