//! Names of types of errors, each kept once: the library takes none that was made while the program runs.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crawl4ai_telemetry::usage::ErrorType;

/// So many types are told apart.
const MOST: usize = 256;

/// The longest name, in bytes.
const LONGEST: usize = 128;

/// What stands for any other.
const OTHER: &str = "Exception";

static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The type of this name. Python has found out that the class is none of the user's.
pub(super) fn error_type(name: &str) -> ErrorType {
    ErrorType::named(kept(name).unwrap_or(OTHER))
}

fn kept(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > LONGEST {
        return None;
    }
    // Taken while Python's own lock is, so that nobody waits here, and no child of a fork finds it taken.
    let mut known = KNOWN.try_lock().ok()?;
    if let Some(known) = known.get(name) {
        return Some(known);
    }
    if known.len() >= MOST {
        return None;
    }
    let name: &'static str = Box::leak(name.to_owned().into_boxed_str());
    known.insert(name);
    Some(name)
}
