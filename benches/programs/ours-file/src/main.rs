//! This library with the file provider.

use crawl4ai_telemetry::{App, Guard, Outcome, Telemetry, capture_exception, context};
use scene::{Different, Reporter};

struct Ours {
    _guard: Guard,
}

impl Reporter for Ours {
    fn start() -> Self {
        let file = std::env::temp_dir().join("reports.jsonl");
        let app = App::crawl4ai(env!("CARGO_PKG_VERSION"));
        Self { _guard: Telemetry::builder(app).file(file).init() }
    }
    fn refuses(&self, error: &Different) -> bool {
        matches!(capture_exception(error, context! {}), Outcome::Suppressed(_))
    }
}

fn main() -> std::process::ExitCode {
    scene::play::<Ours>()
}
