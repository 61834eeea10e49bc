//! Other people's crates, each behind a feature that adds it and nothing else.

#[cfg(feature = "eyre")]
mod eyre;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tracing")]
pub mod tracing;

#[cfg(feature = "eyre")]
pub use self::eyre::ByEyre;
