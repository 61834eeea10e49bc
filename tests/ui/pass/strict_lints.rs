#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unused_qualifications, unreachable_pub, rust_2018_idioms, unused_results)]
//! A crate that forbids and denies.
use crawl4ai_telemetry::telemetry;

/// Unit.
#[telemetry]
pub fn unit(flag: bool) -> Result<(), std::fmt::Error> {
    if flag { Err(std::fmt::Error) } else { Ok(()) }
}

/// Later.
#[must_use]
#[telemetry(level = "fatal")]
pub fn number() -> Result<u8, std::fmt::Error> {
    #![allow(clippy::unnecessary_wraps)]
    Ok(1)
}

/// Async.
#[telemetry]
pub async fn later() -> Result<(), std::fmt::Error> {
    unit(true)
}

fn main() {
    assert!(unit(true).is_err());
    assert_eq!(number(), Ok(1));
    drop(later());
}
