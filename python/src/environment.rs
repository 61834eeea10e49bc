//! The environment's variables, which Python passes to this module.
//!
//! Nothing here reads C's `environ`, because another thread of Python may set a variable at the same time.

use std::cell::RefCell;

use crawl4ai_telemetry::{Env, Telemetry};

/// Names and values.
pub(crate) type Pairs = Vec<(String, String)>;

thread_local! {
    /// The variables for the source below. It is read on this thread only, and only right after they were passed.
    static PUSHED: RefCell<Pairs> = const { RefCell::new(Vec::new()) };
}

/// The variables of a program: those passed now, and those passed later by [`refresh`].
pub(crate) fn first(prefix: &str, pairs: Pairs) -> Env {
    push(pairs);
    Env::from_source(prefix, || PUSHED.with(|pushed| pushed.borrow().clone()))
}

/// Passes the current variables to the telemetry.
pub(crate) fn refresh(telemetry: &Telemetry, pairs: Pairs) {
    push(pairs);
    telemetry.refresh_environment();
}

fn push(pairs: Pairs) {
    PUSHED.with(|pushed| pushed.replace(pairs));
}
