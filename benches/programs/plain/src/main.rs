//! The program without any reporter.

use scene::{Different, Reporter};

struct Nobody;

impl Reporter for Nobody {
    fn start() -> Self {
        Self
    }
    fn refuses(&self, _: &Different) -> bool {
        true
    }
}

fn main() -> std::process::ExitCode {
    scene::play::<Nobody>()
}
