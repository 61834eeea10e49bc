//! Names of error types. Each name is stored once and never freed, because the library takes constant names only.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crawl4ai_telemetry::usage::ErrorType;

/// The most types that are distinguished.
const MOST: usize = 256;

/// The longest name, in bytes.
const LONGEST: usize = 128;

/// The name for all other types.
const OTHER: &str = "Exception";

static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The type with this name. Python has checked that the class is not the user's.
pub(super) fn error_type(name: &str) -> ErrorType {
    ErrorType::named(kept(name).unwrap_or(OTHER))
}

fn kept(name: &str) -> Option<&'static str> {
    if name.is_empty() || name.len() > LONGEST {
        return None;
    }
    // Only taken while Python's own lock is held, so that no thread waits here, and no child of a fork finds it locked.
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
