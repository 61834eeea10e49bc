//! Support for crates of others. Each has a feature that adds it and nothing else.

#[cfg(feature = "eyre")]
mod eyre;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tracing")]
pub mod tracing;

#[cfg(feature = "eyre")]
pub use self::eyre::ByEyre;

/// Does this thread serve a request whose failed response is reported by the library's tower layer?
#[cfg(feature = "tracing")]
fn is_serving() -> bool {
    #[cfg(feature = "tower")]
    return tower::is_serving();
    #[cfg(not(feature = "tower"))]
    false
}
