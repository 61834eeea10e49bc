//! Every bound of a report, with its reason. What is cut says so.
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

/// How deep lists and maps of a context may nest: deeper ones are data, not context.
pub const CONTEXT_DEPTH: usize = 8;

/// How many keys a map, or items a list, of a context may have.
pub const CONTEXT_KEYS: usize = 64;

/// How many values a context may hold in all: 64 keys at each of 8 depths would still be a book.
pub const CONTEXT_VALUES: usize = 512;

/// How long a key of a context may be, in bytes. A name fits; a key that is longer is data.
pub const CONTEXT_KEY: usize = 128;

/// How long a string of a context may be, in bytes. A sentence fits; a page does not.
pub const CONTEXT_STRING: usize = 256;

/// How long an exception's value may be, in bytes. The longest of rustc's own messages fit.
pub const EXCEPTION_VALUE: usize = 2 * 1024;

/// How long a name (type, function, file, thread, operation) may be, in bytes. Generic Rust names are long.
pub const NAME: usize = 512;

/// How many frames a stack may have; the middle is cut, because both ends tell what happened.
pub const FRAMES: usize = 128;

/// How many links of an error's chain are kept.
pub const EXCEPTIONS: usize = 16;

/// How many operations are kept.
pub const OPERATIONS: usize = 32;

/// How many loaded modules are kept.
pub const IMAGES: usize = 64;

/// How long an e-mail address may be, in bytes (RFC 5321, section 4.5.3.1.3).
pub const EMAIL: usize = 254;

/// How large a stored report may be, in bytes, when it is read back.
pub const STORED_REPORT: usize = 256 * 1024;

/// How many items a list of a usage span may have. Counts beside the list tell how many there were.
pub const USAGE_ITEMS: usize = 128;

/// How long a shared text of a usage span may be, in bytes: a long answer of a model fits.
pub const SHARED_TEXT: usize = 8 * 1024;

/// How much shared text a usage span may hold in all, in bytes: collectors take requests of some megabytes.
pub const SHARED_TEXTS: usize = 128 * 1024;
