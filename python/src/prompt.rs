//! Nobody is asked where a question would be in the way: while Python's own input is somebody else's.

use crawl4ai_telemetry::consent::{Answer, Choice, ConsentPrompt, Question};

/// Never ready: a report waits for another run, or for `enable()`.
pub(crate) struct Never;

impl ConsentPrompt for Never {
    fn is_ready(&self) -> bool {
        false
    }

    fn ask(&self, _: &Question<'_>) -> Answer {
        Answer::from(Choice::Unanswered)
    }
}
