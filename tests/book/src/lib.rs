//! Tests the book in `docs/`. Its Rust code is compiled here as documentation tests. The tests beside this file check
//! its commands, data, links, programs and generated pages. This crate is not published.

pub mod markdown;
pub mod shown;

use std::path::{Path, PathBuf};

/// The root of the project.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder of the book.
#[must_use]
pub fn docs() -> PathBuf {
    root().join("docs")
}

/// Includes each page as documentation, so that its Rust code is compiled, and run unless the code block says
/// otherwise.
macro_rules! pages {
    ($($name:ident $file:literal)+) => {
        /// The file names of all pages. The Rust code in each of them is compiled.
        pub const PAGES: &[&str] = &[$($file),+];
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("../../../docs/", $file))]
            pub struct $name;
        )+
    };
}

pages! {
    StartHere "start-here.md"
    Adopting "adopting.md"
    HowACrashTravels "how-a-crash-travels.md"
    Consent "consent.md"
    Administrators "administrators.md"
    WhatLeaves "what-leaves.md"
    WhatChanges "what-changes.md"
    UsageData "usage-data.md"
    UsageCrewai "usage-crewai.md"
    WritingAProvider "writing-a-provider.md"
    WithoutAServer "without-a-server.md"
    SelfHosting "self-hosting.md"
    Collectors "collectors.md"
    Servers "servers.md"
    Notebooks "notebooks.md"
    Python "python.md"
    Async "async.md"
    NativeCrashes "native-crashes.md"
    StrippedPrograms "stripped-programs.md"
    ManyReports "many-reports.md"
    Operations "operations.md"
    OwnWords "own-words.md"
    Stampede "stampede.md"
    Benchmarks "benchmarks.md"
    Faq "faq.md"
    Guarantees "guarantees.md"
    Decisions "decisions.md"
    Architecture "ARCHITECTURE.md"
    Releasing "releasing.md"
}
