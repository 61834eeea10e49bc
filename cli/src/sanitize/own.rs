//! `--words-of`: of each line, keeps only what occurs in the programs.

use std::path::PathBuf;

use crawl4ai_telemetry::Sanitizer;
use crawl4ai_telemetry::sanitize::{Redaction, Span};
use crawl4ai_telemetry_core::own_words::{OwnWords, Runs, WordSource, narrow};
use crawl4ai_telemetry_words::{Program, system_texts};

use crate::exit::Failure;

/// The own words of some programs.
pub(super) struct Own(OwnWords);

impl Own {
    /// `None` when no program is named.
    pub(super) fn of(programs: &[PathBuf]) -> Result<Option<Self>, Failure> {
        if programs.is_empty() {
            return Ok(None);
        }
        let mut sources: Vec<Box<dyn WordSource>> = Vec::new();
        for path in programs {
            let refused = |why| Failure::Refused(format!("{}: {why}", path.display()));
            sources.push(Box::new(Program::open(path).map_err(refused)?));
        }
        Ok(Some(Self(OwnWords::new(sources).with_public_texts(system_texts()))))
    }

    /// The line as it would leave, the parts of it that stay, and the findings in the rest.
    pub(super) fn narrow(
        &self,
        sanitizer: &Sanitizer,
        line: &str,
    ) -> Result<(String, Runs, Vec<Span>), &'static str> {
        let marked = self.0.mark(&[line], &[]).map_err(|_| "the program's words cannot be read any more")?;
        let runs = marked.runs.into_iter().next().unwrap_or_default();
        let found = found(sanitizer, line, &runs);
        Ok((narrow(line, &runs, &found), runs, found))
    }
}

/// The sanitizer's findings, except those that only look suspicious and occur in the program.
fn found(sanitizer: &Sanitizer, line: &str, runs: &Runs) -> Vec<Span> {
    let protected = runs.protected();
    let touches = |span: &Span| protected.iter().any(|run| run.start < span.end && span.start < run.end);
    let mut found = sanitizer.spans(line);
    found.retain(|span| {
        let by_looks = matches!(
            span.kind,
            Redaction::Redacted
                | Redaction::Content
                | Redaction::Secret
                | Redaction::Query
                | Redaction::Unscrubbed
        );
        !by_looks || !touches(span)
    });
    found
}
