//! The environment's variables, as Python pushes them.
//!
//! Nothing here reads C's `environ`, because another thread that sets a variable in Python would write it meanwhile.

use std::cell::RefCell;

use crawl4ai_telemetry::{Env, Telemetry};

/// Names and values.
pub(crate) type Pairs = Vec<(String, String)>;

thread_local! {
    /// The variables for the source below, which is asked only on this thread and only while they are pushed.
    static PUSHED: RefCell<Pairs> = const { RefCell::new(Vec::new()) };
}

/// The variables of a program, as they are pushed now and whenever [`refresh`] is called.
pub(crate) fn first(prefix: &str, pairs: Pairs) -> Env {
    push(pairs);
    Env::from_source(prefix, || PUSHED.with(|pushed| pushed.borrow().clone()))
}

/// Gives the telemetry the variables as they are now.
pub(crate) fn refresh(telemetry: &Telemetry, pairs: Pairs) {
    push(pairs);
    telemetry.refresh_environment();
}

fn push(pairs: Pairs) {
    PUSHED.with(|pushed| pushed.replace(pairs));
}
