//! Finds words of a program that could let a person's name pass into a report.

use std::collections::BTreeSet;

use crawl4ai_telemetry_core::own_words::{OwnWords, Unreadable};

use crate::Program;

/// Most names that are tried. They are marked in passes of at most 128 KiB. A program with more names must be reviewed
/// in any case.
const MOST: usize = 4000;

/// Number of words in a name.
const WORDS: std::ops::RangeInclusive<usize> = 2..=4;

/// Most parts of a literal that shorter literals share.
const PARTS: usize = 3;

/// The result of [`audit`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Audit {
    /// Lists of words, which never count as the program's words: the start of each list, and its size in bytes.
    pub left_out: Vec<(String, usize)>,
    /// Texts that look like names (of a person or a place, or a heading) and would stay in a report that contains the
    /// same text.
    pub passing: Vec<String>,
    /// The number of texts that look like names.
    pub tried: usize,
    /// Were there more such texts than are tried?
    pub has_more: bool,
}

/// Searches a program's words for texts that look like names of people or places, and tries which of these texts would
/// stay in a report.
///
/// # Errors
/// When the program's words cannot be read.
pub fn audit(program: Program) -> Result<Audit, Unreadable> {
    let left_out = program.lists()?;
    let mut names = BTreeSet::new();
    let mut has_more = false;
    program.texts(&mut |text, seams| {
        for literals in adjacent(text, seams) {
            for name in name_like(&String::from_utf8_lossy(literals)) {
                if names.len() < MOST {
                    names.insert(name);
                } else {
                    has_more |= !names.contains(&name);
                }
            }
        }
    })?;
    let names: Vec<String> = names.into_iter().collect();
    let own = OwnWords::new(vec![Box::new(program)]);
    let mut passing = Vec::new();
    // Each name is put into a sentence, like data in a message. 1,000 sentences of some 40 bytes fit into one pass.
    for some in names.chunks(1000) {
        let sentences: Vec<String> = some.iter().map(|name| format!("zq {name} qz")).collect();
        let sentences: Vec<&str> = sentences.iter().map(String::as_str).collect();
        let marked = own.mark(&sentences, &[])?;
        for (name, runs) in some.iter().zip(&marked.runs) {
            if runs.iter().any(|run| run.start <= 3 && run.end >= 3 + name.len()) {
                passing.push(name.clone());
            }
        }
    }
    Ok(Audit { left_out, passing, tried: names.len(), has_more })
}

/// The parts of a text that may be one literal. Literals stand one after the other without a byte between them. A seam
/// may also be in the middle of a literal, because a shorter literal with the same end shares its bytes. So each part
/// between two seams is taken, and each two and three parts in a row.
fn adjacent<'a>(text: &'a [u8], seams: &[usize]) -> impl Iterator<Item = &'a [u8]> {
    let ends: Vec<usize> = [0].into_iter().chain(seams.iter().copied()).chain([text.len()]).collect();
    let rows = ends.len().saturating_sub(1);
    (0..rows).flat_map(move |first| {
        let from = ends.get(first).copied();
        let to: Vec<usize> = ends.iter().skip(first + 1).take(PARTS).copied().collect();
        to.into_iter().filter_map(move |to| text.get(from?..to))
    })
}

/// Finds two to four capitalized words in a row, such as `Ada Lovelace` or `Europe/Berlin`.
fn name_like(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut words = 0;
    for part in text.split_inclusive([' ', '/']) {
        let word = part.trim_end_matches([' ', '/']);
        let core = word.trim_end_matches([',', '.', ':', ';', ')', '"']);
        if is_capitalised(core) {
            name.push_str(core);
            words += 1;
        }
        let goes_on = is_capitalised(word) && part.len() == word.len() + 1;
        if goes_on && words < *WORDS.end() {
            name.push_str(part.get(word.len()..).unwrap_or_default());
            continue;
        }
        if WORDS.contains(&words) {
            names.push(name.trim_end_matches([' ', '/']).to_owned());
        }
        name.clear();
        words = 0;
    }
    if WORDS.contains(&words) {
        names.push(name.trim_end_matches([' ', '/']).to_owned());
    }
    names
}

fn is_capitalised(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && word.chars().count() >= 2
        && letters.all(|c| c.is_lowercase() || matches!(c, '_' | '\'' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_that_may_stand_between_two_seams() {
        let parts = |text, seams: &[usize]| -> Vec<String> {
            let parts = adjacent(text, seams).map(|part| String::from_utf8_lossy(part).into_owned());
            parts.collect()
        };
        assert_eq!(parts(b"abcd", &[]), ["abcd"]);
        assert_eq!(parts(b"abcd", &[1, 2, 3]), ["a", "ab", "abc", "b", "bc", "bcd", "c", "cd", "d"]);
        assert_eq!(parts(b"", &[]), [""]);
    }

    #[test]
    fn what_looks_like_a_name() {
        for (text, names) in [
            ("no account for Ada Lovelace today", vec!["Ada Lovelace"]),
            ("Europe/Berlin", vec!["Europe/Berlin"]),
            ("José García, Anna Müller", vec!["José García", "Anna Müller"]),
            ("the Index", vec![]),
            ("HTTP Error", vec![]),
            ("Ada  Lovelace", vec![]),
            ("A Very Long Row Of Words Here", vec!["Very Long Row Of", "Words Here"]),
            ("", vec![]),
        ] {
            assert_eq!(name_like(text), names, "{text}");
        }
    }
}
