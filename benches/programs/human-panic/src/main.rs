//! human-panic: a message for the user and a file in the temporary folder; nothing is sent.

use scene::{Different, Reporter};

struct HumanPanic;

impl Reporter for HumanPanic {
    fn start() -> Self {
        human_panic::setup_panic!();
        Self
    }
    fn refuses(&self, _: &Different) -> bool {
        true
    }
}

fn main() -> std::process::ExitCode {
    scene::play::<HumanPanic>()
}
