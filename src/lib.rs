//! Crash reports people are willing to send.

pub mod clock;
pub mod config;
pub mod consent;
pub mod env;
pub mod environment;
