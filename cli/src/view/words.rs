//! Texts for people who do not program: dates, counts, kinds, and sentences with commands in them.

use crawl4ai_telemetry::Timestamp;
use crawl4ai_telemetry::sanitize::Redaction;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Whether the text is a command that can be typed.
    pub(super) is_command: bool,
}

/// Splits a sentence, in which commands are in backticks.
pub(super) fn pieces(sentence: &str) -> Vec<Piece> {
    let parts = sentence.split('`').enumerate();
    let pieces = parts.map(|(at, text)| Piece { text: text.to_owned(), is_command: at % 2 == 1 });
    pieces.filter(|piece| !piece.text.is_empty()).collect()
}

/// A moment, for people and for machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// `20 November 2026, 12:00 UTC`.
    pub(crate) said: String,
    /// To the second, as RFC 3339 writes it.
    pub(crate) exact: String,
}

impl From<Timestamp> for Moment {
    fn from(time: Timestamp) -> Self {
        let exact: String = time.to_string().chars().take(19).collect();
        let clock: String = exact.chars().skip(11).take(5).collect();
        Self { said: format!("{}, {clock} UTC", day(time)), exact: exact + "Z" }
    }
}

/// `20 November 2026`.
pub(super) fn day(time: Timestamp) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let date: String = time.to_string().chars().take(10).collect();
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next(), parts.next(), parts.next());
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<usize>().ok());
    let name = number(month).and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (year, name, number(day)) {
        (Some(year), Some(month), Some(day)) => format!("{day} {month} {year}"),
        _ => date,
    }
}

/// `1 report`, `1,204 reports`.
pub(crate) fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// `1,204`.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The first `most` characters of a text, and how many are left out.
pub(super) fn short(text: &str, most: usize) -> String {
    let mut kept: String = text.chars().take(most).collect();
    let left = text.chars().count() - kept.chars().count();
    if left > 0 {
        kept.push_str(&format!("… {} more", counted(left as u64, "character")));
    }
    kept
}

/// The name of a kind of data, for a person who does not know the technical term.
pub(super) fn kind(kind: Redaction) -> &'static str {
    match kind {
        Redaction::Redacted => "Values with a private name",
        Redaction::Content => "Contents of pages and messages",
        Redaction::Url => "Web addresses",
        Redaction::Email => "E-mail addresses",
        Redaction::Ip => "Network addresses",
        Redaction::Mac => "Addresses of network cards",
        Redaction::Path => "Places of files and folders",
        Redaction::Jwt => "Proofs of being signed in",
        Redaction::Pem => "Keys and certificates",
        Redaction::Authorization => "Sign-in headers",
        Redaction::Cookie => "Cookies",
        Redaction::Secret => "Passwords and other secrets",
        Redaction::Token => "Access keys",
        Redaction::Connection => "Addresses of databases",
        Redaction::Query => "Questions in web addresses",
        Redaction::Html => "Pieces of web pages",
        Redaction::Card => "Card numbers",
        Redaction::Iban => "Bank account numbers",
        Redaction::Phone => "Phone numbers",
        Redaction::NationalId => "Identity numbers",
        Redaction::Host => "Names of computers",
        Redaction::User => "Your user name",
        Redaction::Protected => "Values that the program protects",
        Redaction::Custom => "What the program itself looks for",
        Redaction::Unscrubbed => "Texts that could not be checked",
        _ => kind.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_counts_and_sentences() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let moment = Moment::from(at("2026-03-09T08:05:59.5Z"));
        assert_eq!((&*moment.said, &*moment.exact), ("9 March 2026, 08:05 UTC", "2026-03-09T08:05:59Z"));
        assert_eq!(day(Timestamp::from_millis(0)), "1 January 1970");
        assert_eq!(day(Timestamp::from_millis(u64::MAX)), "31 December 9999");
        for (n, said) in [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_204_000, "1,204,000 bytes")] {
            assert_eq!(counted(n, "byte"), said);
        }
        assert_eq!(
            (short("größer", 6), short("größer", 3)),
            ("größer".into(), "grö… 3 characters more".into())
        );
        let said = pieces("Undo with `weather telemetry disable`.");
        let typed: Vec<&str> = said.iter().filter(|p| p.is_command).map(|p| &*p.text).collect();
        assert_eq!((said.len(), typed), (3, vec!["weather telemetry disable"]));
    }

    #[test]
    fn every_kind_has_words_of_its_own() {
        let mut words: Vec<&str> = Redaction::ALL.iter().map(|one| kind(*one)).collect();
        assert!(words.iter().all(|words| words.starts_with(char::is_uppercase)), "{words:?}");
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Redaction::ALL.len());
    }
}
