//! `sanitize`: shows what the sanitizer makes of a text, line by line.

mod own;

use std::io::{self, BufReader, Read};
use std::path::PathBuf;

use clap::Args;
use crawl4ai_telemetry::sanitize::{Redaction, Span};
use crawl4ai_telemetry::{Context, Privacy, Sanitizer};

use crate::exit::Failure;
use crate::lines::{Line, Lines};
use crate::output::Streams;
use own::Own;

/// Clean standard input, line by line, to standard output
///
/// Each line passes the sanitizer that reports pass, with what is known of this
/// machine. Nothing is stored and nothing is sent, so there is nothing to undo.
/// Lines longer than 1 MiB are cut, and say so. With --words-of, what does not stand in
/// the program goes too, and what of it stays is said by --explain.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct Sanitize {
    /// Each line is a context map, one JSON object
    #[arg(long)]
    json: bool,

    /// No free text at all: only numbers, booleans and what stands under known keys
    #[arg(long, requires = "json")]
    strict: bool,

    /// Say on standard error what was taken, and from which bytes of which line
    #[arg(long, conflicts_with = "json")]
    explain: bool,

    /// Keep only what stands in this program's own words; for several, name it again
    #[arg(long, value_name = "PROGRAM", conflicts_with = "json")]
    words_of: Vec<PathBuf>,
}

/// A cleaned line, and the messages about it.
type Cleaned = (String, Vec<String>);

impl Sanitize {
    pub(crate) fn run(self, sanitizer: &Sanitizer, streams: &mut Streams) -> Result<(), Failure> {
        let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, io::stdin().lock()));
        if self.json {
            let privacy = if self.strict { Privacy::Strict } else { Privacy::Standard };
            each_line(&mut lines, streams, |line| Ok((map(sanitizer, privacy, line)?, Vec::new())))
        } else if let Some(own) = Own::of(&self.words_of)? {
            let mut pem = Pem::default();
            each_line(&mut lines, streams, |line| {
                let held = pem.holds(&line.text);
                narrowed(&own, sanitizer, held, line, self.explain)
            })
        } else {
            let mut pem = Pem::default();
            each_line(&mut lines, streams, |line| {
                let held = pem.holds(&line.text);
                let taken = if self.explain { explain(sanitizer, held, line) } else { Vec::new() };
                Ok((text(sanitizer, held, line), taken))
            })
        }
    }
}

fn each_line(
    lines: &mut Lines<impl Read>,
    streams: &mut Streams,
    mut clean: impl FnMut(&Line<'_>) -> Result<Cleaned, &'static str>,
) -> Result<(), Failure> {
    /// How many complaints are printed. Further ones are only counted.
    const COMPLAINTS: u64 = 5;

    let (mut number, mut refused) = (0_u64, 0_u64);
    while let Some(line) = lines.next().map_err(Failure::Input)? {
        number += 1;
        match clean(&line) {
            Ok((clean, taken)) => {
                for said in taken {
                    streams.say(&format!("line {number}: {said}"));
                }
                streams.write(&clean)?;
                streams.write(line.ending)?;
            }
            Err(reason) => {
                refused += 1;
                if refused <= COMPLAINTS {
                    streams.say(&format!("line {number}: {reason}; left out"));
                }
            }
        }
        // Flushed, because the writer may wait for the answer to each line.
        if lines.would_wait() {
            streams.finish()?;
        }
    }
    match refused {
        0 => Ok(()),
        n => Err(Failure::Refused(format!("{n} of {number} lines were left out"))),
    }
}

/// The kinds and places of the findings, never their text.
fn explain(sanitizer: &Sanitizer, in_pem: bool, line: &Line<'_>) -> Vec<String> {
    let whole = Span { start: 0, end: line.text.len(), kind: Redaction::Pem };
    let spans = if in_pem { vec![whole] } else { sanitizer.spans(&line.text) };
    spans.iter().map(|Span { start, end, kind }| format!("bytes {start} to {end}: {}", kind.name())).collect()
}

/// The line reduced to the programs' own words, and the rule that kept each part.
fn narrowed(
    own: &Own,
    sanitizer: &Sanitizer,
    in_pem: bool,
    line: &Line<'_>,
    explained: bool,
) -> Result<Cleaned, &'static str> {
    if in_pem {
        let said = if explained { explain(sanitizer, true, line) } else { Vec::new() };
        return Ok((Redaction::Pem.placeholder().to_owned(), said));
    }
    let (clean, runs, found) = own.narrow(sanitizer, &line.text)?;
    let mut said: Vec<(usize, String)> = Vec::new();
    if explained {
        let kept = runs.iter().map(|run| {
            (run.start, format!("bytes {} to {} stay: {}", run.start, run.end, run.rule.reason()))
        });
        let taken = found
            .iter()
            .map(|Span { start, end, kind }| (*start, format!("bytes {start} to {end}: {}", kind.name())));
        said.extend(kept.chain(taken));
        said.sort_by_key(|(start, _)| *start);
    }
    let mark = if line.cut { "[cut]" } else { "" };
    Ok((clean + mark, said.into_iter().map(|(_, line)| line).collect()))
}

fn text(sanitizer: &Sanitizer, in_pem: bool, line: &Line<'_>) -> String {
    if in_pem {
        return Redaction::Pem.placeholder().to_owned();
    }
    if !line.cut {
        return sanitizer.text(&line.text).as_str().to_owned();
    }
    // The last word is removed too, because the cut may have split a secret, and half of one is not recognized.
    let whole_words = line.text.rfind(|c: char| c.is_ascii_whitespace()).and_then(|end| line.text.get(..end));
    format!("{}[cut]", sanitizer.text(whole_words.unwrap_or_default()).as_str())
}

fn map(sanitizer: &Sanitizer, privacy: Privacy, line: &Line<'_>) -> Result<String, &'static str> {
    if line.cut {
        return Err("longer than 1 MiB");
    }
    if line.text.trim().is_empty() {
        return Ok(String::new());
    }
    let context: Context = serde_json::from_str(&line.text).map_err(|_| "not a JSON object")?;
    serde_json::to_string(&sanitizer.context(context, privacy)).map_err(|_| "cannot be written as JSON")
}

/// Tracks private keys, which span several lines. The sanitizer sees single lines here, and the inner lines of a key do
/// not show what they are.
#[derive(Default)]
struct Pem {
    lines_left: usize,
}

impl Pem {
    /// After so many lines the end of a key is no longer expected. A key of 16,384 bits has 200.
    const LONGEST: usize = 1_000;

    /// Whether this line belongs to a PEM block (RFC 7468) that began on it or before it, and does not end on it.
    fn holds(&mut self, line: &str) -> bool {
        let inside = self.lines_left > 0;
        self.lines_left = match (line.rfind("-----BEGIN "), line.rfind("-----END ")) {
            (Some(begin), end) if end.is_none_or(|end| end < begin) => Self::LONGEST,
            (_, Some(_)) => 0,
            (_, None) => self.lines_left.saturating_sub(1),
        };
        inside || self.lines_left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pem_block_is_followed_over_its_lines() {
        // line → does it belong to a block?
        let cases = [
            ("before", false),
            ("-----BEGIN RSA PRIVATE KEY-----", true),
            ("MIIEvQIBADANBgkqhkiG9w0BAQ", true),
            ("", true),
            ("-----END RSA PRIVATE KEY-----", true),
            ("between", false),
            // whole on one line: the sanitizer sees it
            ("key: -----BEGIN X-----\\nAAAA\\n-----END X-----", false),
            ("after", false),
            ("-----END X----- -----BEGIN Y-----", true),
            ("AAAA", true),
            ("-----END Y----- and more", true),
            ("after", false),
            ("-----END without a beginning", false),
        ];
        let mut pem = Pem::default();
        for (line, expected) in cases {
            assert_eq!(pem.holds(line), expected, "{line}");
        }
    }

    #[test]
    fn a_block_without_an_end_does_not_swallow_everything() {
        let mut pem = Pem::default();
        assert!(pem.holds("-----BEGIN X-----"));
        let swallowed = std::iter::repeat_with(|| pem.holds("AAAA")).take_while(|held| *held).count();
        assert_eq!(swallowed, Pem::LONGEST);
    }
}
