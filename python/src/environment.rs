//! The environment's variables, as Python pushes them.
//!
//! Nothing here reads C's `environ`: while a thread of ours read it, another that sets a variable in Python would write it.

use std::cell::RefCell;

use crawl4ai_telemetry::{Env, Telemetry};

/// Names and values.
pub(crate) type Pairs = Vec<(String, String)>;

thread_local! {
    /// What is handed to the source below, which is asked on this thread and at this moment only.
    static PUSHED: RefCell<Pairs> = const { RefCell::new(Vec::new()) };
}

/// The variables of a program, as they are pushed now and whenever [`refresh`] is called.
pub(crate) fn first(prefix: &str, pairs: Pairs) -> Env {
    push(pairs);
    Env::from_source(prefix, || PUSHED.with(|pushed| pushed.borrow().clone()))
}

/// Lets the telemetry know that they are others.
pub(crate) fn refresh(telemetry: &Telemetry, pairs: Pairs) {
    push(pairs);
    telemetry.refresh_environment();
}

fn push(pairs: Pairs) {
    PUSHED.with(|pushed| pushed.replace(pairs));
}
