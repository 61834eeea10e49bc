//! A prompt that never asks, for programs whose standard input belongs to somebody else.

use crawl4ai_telemetry::consent::{Answer, Choice, ConsentPrompt, Question};

/// A prompt that is never ready. A report waits for another run, or for `enable()`.
pub(crate) struct Never;

impl ConsentPrompt for Never {
    fn is_ready(&self) -> bool {
        false
    }

    fn ask(&self, _: &Question<'_>) -> Answer {
        Answer::from(Choice::Unanswered)
    }
}
