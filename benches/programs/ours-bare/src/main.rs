//! This library without a provider, as `init` sets it up.

use crawl4ai_telemetry::{Guard, Outcome, capture_exception, context};
use scene::{Different, Reporter};

struct Ours {
    _guard: Guard,
}

impl Reporter for Ours {
    fn start() -> Self {
        Self { _guard: crawl4ai_telemetry::init() }
    }
    fn refuses(&self, error: &Different) -> bool {
        matches!(capture_exception(error, context! {}), Outcome::Suppressed(_))
    }
}

fn main() -> std::process::ExitCode {
    scene::play::<Ours>()
}
