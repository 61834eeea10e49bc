//! The function of a stack that counts for the fingerprint: the innermost of the program's own that was compiled as a
//! function of its own.
//!
//! Debug information names every function of an address, with its file. The symbol table, which is all that there is
//! time for on a busy machine, names only the function that the others were inlined into. So only that one counts, and
//! only its name says whose it is.

use crate::Kind;
use crate::sanitize::frames::{crate_of, function_name, in_app};

/// Libraries that call a program's closures or panic in its place, besides those that frames are told from by name. A
/// stack with files shows by them whose a function is; its name alone does not.
const LIBRARIES: &[&str] = &[
    "arrayvec",
    "async_executor",
    "async_task",
    "bytes",
    "chrono",
    "clap_builder",
    "crossbeam",
    "crossbeam_channel",
    "crossbeam_deque",
    "crossbeam_epoch",
    "futures",
    "hashbrown",
    "indexmap",
    "itertools",
    "lock_api",
    "ndarray",
    "once_cell",
    "parking_lot",
    "pollster",
    "regex_automata",
    "smallvec",
    "tracing_error",
    "tracing_futures",
    "tracing_log",
    "tracing_subscriber",
];

/// Pools that run a closure on any thread, often on one that waits in the middle of other work. The functions outside of
/// the pool are those of the thread, and differ from run to run.
const POOLS: &[&str] = &["rayon", "rayon_core"];

/// The name of the innermost own function of a stack, in one spelling. `names` are those of the functions that were
/// compiled, innermost first.
pub(super) fn own_function(kind: Kind, names: &[&str]) -> Option<String> {
    position(kind, names).and_then(|at| names.get(at)).map(|name| one_spelling(name))
}

/// For the library: the index of the innermost own function among the functions of an error's stack, innermost first.
/// Functions that were inlined into others are left out by the caller.
#[must_use]
pub fn innermost_own(names: &[&str]) -> Option<usize> {
    position(Kind::Error, names)
}

fn position(kind: Kind, names: &[&str]) -> Option<usize> {
    // A host's own panic hook, which calls the one before it, stands inside of this function.
    let is_hook = |name: &&str| kind == Kind::Panic && name.contains("panic_with_hook");
    let start = names.iter().position(is_hook).map_or(0, |at| at + 1);
    let outside = names.iter().enumerate().skip(start);
    let mut of_thread = outside.take_while(|(_, name)| !POOLS.contains(&crate_of(name)));
    of_thread.find(|(_, name)| is_own(name)).map(|(at, _)| at)
}

/// Does the name say that the function is the program's own? The file must not decide, because it is not always known.
fn is_own(name: &str) -> bool {
    in_app(Some(name), None, &[]) && !LIBRARIES.contains(&crate_of(name))
}

/// The name of a function without what compilers spell in several ways: generic arguments, the number of a closure, the
/// type that an `impl` is for, and what LLVM adds behind a name.
pub(super) fn one_spelling(name: &str) -> String {
    let end = [".llvm.", ".cold", ".part.", ".isra."].iter().filter_map(|suffix| name.find(suffix)).min();
    let name = function_name(name.get(..end.unwrap_or(name.len())).unwrap_or(name));
    let parts: Vec<&str> = split(&name);
    let mut path: Vec<String> = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let inside = part.strip_prefix('<').and_then(|part| part.strip_suffix('>'));
        match inside {
            Some(inside) if inside.starts_with("impl ") => path = vec![of_impl(inside)],
            Some(inside) if at == 0 => path.push(of_type(inside)),
            // Generic arguments: `fetch::<Page>`.
            Some(_) => {}
            // Those of a name that was too long, and lost its end.
            None if at > 0 && part.starts_with('<') => {}
            None if part.starts_with("{closure#") || *part == "{{closure}}" => {
                path.push("{closure}".to_owned())
            }
            None => path.push(without_arguments(part)),
        }
    }
    path.join("::")
}

/// `<tool::Page as core::ops::Drop>` and `<tool::Page>`.
fn of_type(inside: &str) -> String {
    match cut(inside, " as ") {
        Some((of, of_trait)) => format!("<{} as {}>", without_arguments(of), without_arguments(of_trait)),
        None => without_arguments(inside),
    }
}

/// `impl core::ops::Drop for tool::Page` and `impl tool::Page`.
fn of_impl(inside: &str) -> String {
    let inside = inside.strip_prefix("impl ").unwrap_or(inside);
    match cut(inside, " for ") {
        Some((of_trait, of)) => format!("<{} as {}>", without_arguments(of), without_arguments(of_trait)),
        None => without_arguments(inside),
    }
}

/// Cuts at the first separator that stands in no brackets.
fn cut<'a>(text: &'a str, separator: &str) -> Option<(&'a str, &'a str)> {
    let at = text.match_indices(separator).map(|(at, _)| at).find(|at| depth(text, *at) == 0)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

/// The parts of a path between each `::` that stands in no brackets.
fn split(path: &str) -> Vec<&str> {
    let ends = path.match_indices("::").map(|(at, _)| at).filter(|at| depth(path, *at) == 0);
    let mut start = 0;
    let mut parts = Vec::new();
    for end in ends {
        parts.extend(path.get(start..end));
        start = end + 2;
    }
    parts.extend(path.get(start..));
    parts
}

fn depth(text: &str, at: usize) -> usize {
    let mut before = ' ';
    text.get(..at).unwrap_or_default().chars().fold(0_usize, |depth, c| {
        let is_arrow = std::mem::replace(&mut before, c) == '-';
        match c {
            '<' => depth + 1,
            '>' if !is_arrow => depth.saturating_sub(1),
            _ => depth,
        }
    })
}

/// Removes everything in angle brackets, and the `::` before it.
fn without_arguments(name: &str) -> String {
    let mut depth = 0_usize;
    let mut before = ' ';
    let mut kept = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '<' => {
                depth += 1;
                let before = kept.strip_suffix("::").map_or(kept.len(), str::len);
                kept.truncate(before);
            }
            '>' if before != '-' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
        before = c;
    }
    kept
}

#[cfg(test)]
mod tests;
