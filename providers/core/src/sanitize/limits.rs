//! Every bound of a report, with its reason. A mark replaces what is cut.
//!
//! ```
//! use crawl4ai_telemetry_core::sanitize::limits;
//! use crawl4ai_telemetry_core::{Node, Privacy, Sanitizer, context};
//!
//! let many: Vec<u32> = (0..1_000).collect();
//! let cleaned = Sanitizer::new().context(context! { "depths" => many }, Privacy::Standard);
//! let Some(Node::List(kept)) = cleaned.get("depths") else { panic!("a list") };
//! assert!(kept.len() <= limits::CONTEXT_KEYS + 1, "the last one says how many were cut");
//! ```

/// Deepest nesting of lists and maps in a context. Deeper lists and maps are data, not context.
pub const CONTEXT_DEPTH: usize = 8;

/// Most keys of a map, or items of a list, in a context.
pub const CONTEXT_KEYS: usize = 64;

/// Most values in a whole context, because 64 keys at each of 8 depths would be far too many.
pub const CONTEXT_VALUES: usize = 512;

/// Longest key of a context, in bytes. A name fits; a longer key is data.
pub const CONTEXT_KEY: usize = 128;

/// Longest string of a context, in bytes. A sentence fits; a page does not.
pub const CONTEXT_STRING: usize = 256;

/// Longest value of an exception, in bytes. The longest messages of rustc fit.
pub const EXCEPTION_VALUE: usize = 2 * 1024;

/// Longest name (type, function, file, thread, operation), in bytes. Generic Rust names are long.
pub const NAME: usize = 512;

/// Most frames of a stack. If there are more, the middle is cut, because both ends are needed to tell what happened.
pub const FRAMES: usize = 128;

/// Most links of an error's chain.
pub const EXCEPTIONS: usize = 16;

/// Most operations.
pub const OPERATIONS: usize = 32;

/// Most loaded modules.
pub const IMAGES: usize = 64;

/// Longest e-mail address, in bytes (RFC 5321, section 4.5.3.1.3).
pub const EMAIL: usize = 254;

/// Largest stored report that is read back, in bytes.
pub const STORED_REPORT: usize = 256 * 1024;

/// Most items of a list in a usage span. The full number of items is in a count beside the list.
pub const USAGE_ITEMS: usize = 128;

/// Longest shared text of a usage span, in bytes. A long answer of a model fits.
pub const SHARED_TEXT: usize = 8 * 1024;

/// Most bytes of all shared texts of a usage span, because collectors accept requests of some megabytes.
pub const SHARED_TEXTS: usize = 128 * 1024;
