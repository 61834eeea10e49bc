//! The system's own error texts on this machine.

use std::io;

/// The error numbers below this one are tried. Unix has fewer, and the system errors of Windows that programs meet are
/// below 1,500.
const NUMBERS: i32 = if cfg!(windows) { 1500 } else { 160 };

/// The text of every error number, without the number. These texts are in the system's library, not in the program.
///
/// ```
/// let texts = crawl4ai_telemetry_words::system_texts();
/// # #[cfg(unix)]
/// assert!(texts.iter().any(|text| text == "Permission denied"));
/// ```
#[must_use]
pub fn system_texts() -> Vec<String> {
    let text = |number: i32| {
        let error = io::Error::from_raw_os_error(number).to_string();
        error.rsplit_once(" (os error").map_or(error.clone(), |(text, _)| text.to_owned())
    };
    let mut texts: Vec<String> = (1..NUMBERS).map(text).collect();
    texts.sort_unstable();
    texts.dedup();
    texts
}
