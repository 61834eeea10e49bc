//! The program with `crash-handler`. Its closure is given the registers and stores nothing, which is the least that a
//! crash can cost. With `HANDLED` it says that the crash was handled, as a closure does that has stored a dump.

use crash_handler::{CrashContext, CrashEventResult, CrashHandler, make_crash_event};

fn main() {
    let handled = std::env::var_os("HANDLED").is_some();
    native_victims::play(move || {
        // SAFETY: the closure only reads what it has captured.
        let event = unsafe { make_crash_event(move |_: &CrashContext| CrashEventResult::Handled(handled)) };
        let handler = CrashHandler::attach(event).expect("attached");
        // It is removed when it is dropped.
        std::mem::forget(handler);
    });
}
