//! A test suite for every provider. It includes a scripted server, with or without TLS, a proxy, and sample reports
//! that the real sanitizer makes.
//!
//! This crate is for tests: add it as a dev-dependency, in the version of `crawl4ai-telemetry`. The tests of every
//! provider call [`check`]. The tests of a provider that sends over HTTP call [`check_http`] too:
//!
//! ```
//! use crawl4ai_telemetry_conformance as conformance;
//! use crawl4ai_telemetry_core::MemoryProvider;
//!
//! conformance::check(MemoryProvider::default);
//! ```
//!
//! The suite fails by panicking, with a message that names the broken promise.

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
