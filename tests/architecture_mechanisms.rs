//! Checks that each mechanism of the library is written once. A mechanism is recognized by signs: calls or words that
//! every implementation needs. Signs may occur in one file or folder only. Remaining copies are listed below, so that
//! no copy is added and no removed copy stays listed.

mod source_tree;
use source_tree::{library_files, lines, name};

struct Mechanism {
    what: &'static str,
    /// Texts that occur in code only where the mechanism is used. Comments and unit tests are not searched.
    signs: &'static [&'static str],
    /// The one file or folder that may contain the signs.
    home: &'static str,
    /// Files that contain a copy of the mechanism, which is still to be removed.
    copies: &'static [&'static str],
}

const MECHANISMS: &[Mechanism] = &[
    Mechanism {
        what: "puts a file in the place of another",
        signs: &["fs::rename(", "renameat(", "renameat_with("],
        home: "files/src",
        copies: &[],
    },
    Mechanism {
        what: "opens and makes files and folders of its own",
        signs: &["OpenOptions::new", ".create_new(", ".custom_flags(", "DirBuilder", "openat(", "mkdirat("],
        home: "files/src",
        copies: &[],
    },
    Mechanism {
        what: "deletes files",
        signs: &["remove_file(", "remove_dir(", "remove_dir_all(", "unlinkat("],
        home: "files/src",
        copies: &[],
    },
    Mechanism {
        what: "takes a lock of a file, and waits for it",
        signs: &["file.try_lock(", "file.lock(", "try_lock_shared(", "flock("],
        home: "files/src",
        copies: &[],
    },
    Mechanism {
        what: "deletes folders with whatever is in them",
        signs: &["remove_dir_all("],
        home: NOWHERE,
        copies: &[],
    },
    Mechanism {
        what: "knows which accounts name nobody",
        signs: &["jovyan"],
        home: "providers/core/src/sanitize/known",
        copies: &[],
    },
    Mechanism {
        what: "counts in windows of an hour and a day",
        signs: &["24 * HOUR", "/ HOUR", "/ DAY", "enum Window"],
        home: "src/store/limits.rs",
        copies: &[],
    },
    Mechanism {
        what: "remembers a decision about consent",
        signs: &["struct CachedAnswer", "answer.store("],
        home: "src/consent/cached_answer.rs",
        copies: &[],
    },
    Mechanism {
        what: "delivers: asks for consent right before it sends, acts on the provider's answer, waits before it tries again",
        signs: &[
            "delivery.decide(",
            "Err(SendError::Retry { after",
            "retry::wait(",
            "not_before: Option<Duration>",
        ],
        home: "src/deliver/upload_loop.rs",
        copies: &[],
    },
    Mechanism {
        what: "remembers how a provider is",
        signs: &["health.set("],
        home: "src/deliver",
        copies: &[],
    },
    Mechanism {
        what: "reads the environment",
        signs: &["env::var(", "env::var_os(", "env::vars_os("],
        home: "src/environment/variables.rs",
        copies: &[],
    },
];

/// The `home` of a mechanism that no file may contain.
const NOWHERE: &str = "";

/// The crates that are linked into a program. The test server and the commands are not among them.
const LIBRARY: [&str; 8] = [
    "src",
    "files",
    "words",
    "providers/core",
    "providers/http",
    "providers/file",
    "providers/sentry",
    "providers/otlp",
];

/// Each file that contains one of the signs, with the first line that does.
fn found(signs: &[&str]) -> Vec<(String, String)> {
    let first = |path| {
        let has_sign = |(_, line): &(usize, String)| signs.iter().any(|sign| line.contains(sign));
        let (at, line) = lines(path).into_iter().find(has_sign)?;
        Some((name(path), format!("line {at}: {}", line.trim())))
    };
    library_files(&LIBRARY).iter().filter_map(|path| first(path)).collect()
}

fn is_in(file: &str, home: &str) -> bool {
    home != NOWHERE
        && file.strip_prefix(home).is_some_and(|rest| matches!(rest, "" | ".rs") || rest.starts_with('/'))
}

#[test]
fn each_mechanism_stands_once() {
    let mut wrong = Vec::new();
    for Mechanism { what, signs, home, copies } in MECHANISMS {
        let found = found(signs);
        for (file, place) in &found {
            if !is_in(file, home) && !copies.contains(&&**file) {
                wrong.push(format!("{file} {what}, which {home} is there for ({place})"));
            }
        }
        if *home != NOWHERE && copies.is_empty() && !found.iter().any(|(file, _)| is_in(file, home)) {
            wrong.push(format!("nothing in {home} {what}"));
        }
        let gone = copies.iter().filter(|copy| !found.iter().any(|(file, _)| file == *copy));
        wrong.extend(gone.map(|copy| format!("{copy} no longer {what}: take it off the list")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
