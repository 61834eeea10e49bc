//! What every provider must keep, whatever it is, as one suite of tests; the scripted server that it needs,
//! with or without TLS in front of it; a proxy; and sample reports, made by the real sanitizer.
//!
//! This crate is for tests: add it as a dev-dependency, in the same version as `crawl4ai-telemetry`. A provider's own
//! tests call [`check`], and one that sends over HTTP calls [`check_http`] too:
//!
//! ```
//! use crawl4ai_telemetry_conformance as conformance;
//! use crawl4ai_telemetry_core::MemoryProvider;
//!
//! conformance::check(MemoryProvider::default);
//! ```
//!
//! The suite fails as tests do: by panicking, with a text that says which promise was broken.

#![expect(clippy::expect_used, clippy::panic, reason = "a test suite fails by panicking")]

mod check;
mod check_http;
mod facts;
mod proxy;
pub mod sample;
mod server;
#[cfg(feature = "tls")]
pub mod tls;

pub use check::check;
pub use check_http::check_http;
pub use facts::assert_nothing_of_this_machine;
pub use proxy::ConnectProxy;
pub use server::{Reply, Request, Server, refusing_url};

/// The example of the README runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
