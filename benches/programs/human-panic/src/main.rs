//! human-panic shows a message to the user and writes a file in the temporary folder. Nothing is sent.

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
