//! Sentry with the smallest set of features that reports panics over HTTPS, and with default options, which read
//! `SENTRY_DSN`.

use scene::{Different, Reporter};
use sentry::{ClientInitGuard, ClientOptions};

struct Sentry {
    _guard: ClientInitGuard,
}

impl Reporter for Sentry {
    fn start() -> Self {
        Self { _guard: sentry::init(ClientOptions::new()) }
    }
    fn refuses(&self, error: &Different) -> bool {
        sentry::capture_error(error).is_nil()
    }
}

fn main() -> std::process::ExitCode {
    scene::play::<Sentry>()
}
