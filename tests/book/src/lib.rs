//! The book of `docs/`, run: its Rust is compiled here as documentation, its commands, data, links, programs and
//! generated pages are checked by the tests beside it. Not published.

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

/// Each page is documentation, so that its Rust is compiled, and run where it says nothing else.
macro_rules! pages {
    ($($name:ident $file:literal)+) => {
        /// The pages whose Rust is compiled: all of them.
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
