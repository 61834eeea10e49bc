//! Tells the library which compiler builds it, because a report names it.

#![expect(
    clippy::disallowed_methods,
    reason = "Cargo tells a build script by the environment which compiler it uses"
)]

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Cargo runs this again when the compiler changes, and sets `RUSTC` (The Cargo Book, "Environment variables").
    let Some(rustc) = std::env::var_os("RUSTC") else { return };
    // `rustc 1.95.0 (59807616e 2026-04-14)`. Without an answer, a report names no compiler.
    let Ok(said) = Command::new(rustc).arg("--version").output() else { return };
    let said = String::from_utf8_lossy(&said.stdout);
    let mut words = said.split_whitespace();
    if let (Some("rustc"), Some(version)) = (words.next(), words.next()) {
        println!("cargo::rustc-env=CRAWL4AI_TELEMETRY_RUSTC=rustc {version}");
    }
}
