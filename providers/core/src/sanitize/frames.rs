//! Stack frames without data of the machine that built the program.
//!
//! A frame may hold its function, its module, its file relative to the crate, and its line. It must not hold the file's
//! place on a disk, and it must not be one of the reporter's own.

use std::ops::RangeInclusive;

use crate::event::RawFrame;

/// Crates whose frames never count as the program's own. The list is used in builds without line tables, where a
/// frame's source file is unknown. In builds with line tables, the place of the source file decides.
const NOT_IN_APP: &[&str] = &[
    "std",
    "core",
    "alloc",
    "proc_macro",
    "test",
    "__rustc",
    "backtrace",
    "gimli",
    "addr2line",
    "anyhow",
    "eyre",
    "color_eyre",
    "log",
    "tracing",
    "tracing_core",
    "tokio",
    "tokio_util",
    "async_std",
    "smol",
    "rayon",
    "rayon_core",
    "crossbeam_utils",
    "futures_core",
    "futures_util",
    "futures_executor",
    "futures_channel",
    "hyper",
    "hyper_util",
    "tower",
    "tower_http",
    "axum",
    "axum_core",
    "actix_rt",
    "actix_web",
    "reqwest",
    "pyo3",
    "serde",
    "serde_json",
    "serde_core",
];

/// The name of a function without the parts that change from build to build.
///
/// Removes the hash of the legacy scheme (`…::h0123456789abcdef`) and the crate hashes of the v0 scheme
/// (`krate[0123456789abcdef]`, without leading zeros).
pub(crate) fn function_name(symbol: &str) -> String {
    let mut rest = strip_trailing_hash(symbol);
    let mut name = String::with_capacity(rest.len());
    while let Some((before, behind)) = rest.split_once('[') {
        name.push_str(before);
        match behind.split_once(']') {
            Some((hash, after)) if ends_in_name(before) && is_hex(hash, 1..=16) => rest = after,
            Some(_) | None => {
                name.push('[');
                rest = behind;
            }
        }
    }
    name.push_str(rest);
    one_closure(&name)
}

/// Turns `crawl::{{closure}}::{{closure}}` into `crawl::{{closure}}`, because the depth of a block in its function says
/// nothing about the bug and changes with compilers and attributes.
fn one_closure(name: &str) -> String {
    let mut parts: Vec<&str> = name.split("::").collect();
    parts.dedup_by(|later, earlier| is_closure(later) && is_closure(earlier));
    parts.join("::")
}

/// Is this the name that the legacy scheme or the v0 scheme gives to a closure or a block?
pub(crate) fn is_closure(part: &str) -> bool {
    part == "{{closure}}" || (part.starts_with("{closure#") && part.ends_with('}'))
}

fn strip_trailing_hash(symbol: &str) -> &str {
    match symbol.rsplit_once("::h") {
        Some((name, hash)) if is_hex(hash, 16..=16) => name,
        Some(_) | None => symbol,
    }
}

/// Does the text end in a crate's name, so that the bracket after it may hold the crate's hash? Text before a slice
/// does not, and the content of `[f64]` is hexadecimal too.
fn ends_in_name(before: &str) -> bool {
    before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn is_hex(s: &str, lengths: RangeInclusive<usize>) -> bool {
    lengths.contains(&s.len()) && s.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The module of a function: everything before the last `::` that is outside of brackets.
pub(crate) fn module_of(function: &str) -> Option<&str> {
    let bytes = function.as_bytes();
    let mut depth = 0_usize;
    for (at, pair) in bytes.windows(2).enumerate().rev() {
        match pair {
            [_, b'>'] if pair != b"->" => depth += 1,
            [_, b'<'] => depth = depth.saturating_sub(1),
            b"::" if depth == 0 => return function.get(..at).filter(|m| !m.is_empty()),
            _ => {}
        }
    }
    None
}

/// The crate that a function belongs to: `my_tool` of `<my_tool::Page as Drop>::drop`, and of `<usize as my_tool::Depth>::of`.
pub(crate) fn crate_of(function: &str) -> &str {
    const LEAD: [&str; 8] = ["_<", "<", "&", "*", "(", "mut ", "const ", "dyn "];
    let function = function.trim_start();
    let mut start = function;
    while let Some(rest) = LEAD.iter().find_map(|lead| start.strip_prefix(lead)) {
        start = rest;
    }
    let end = start.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(start.len());
    let krate = start.get(..end).unwrap_or(start);
    // No crate has these types: a function of theirs is their trait's, and without one the standard library's.
    if function.trim_start_matches('_').starts_with('<') && is_of_the_language(krate) {
        return trait_of(function).map_or("core", crate_of);
    }
    krate
}

/// Is this how a type begins that every crate has: `usize`, and what is left of `[u8]`?
fn is_of_the_language(name: &str) -> bool {
    let number = match name.split_at_checked(1) {
        Some(("i" | "u", size)) => matches!(size, "8" | "16" | "32" | "64" | "128" | "size"),
        Some(("f", size)) => matches!(size, "16" | "32" | "64" | "128"),
        Some(_) | None => false,
    };
    number || matches!(name, "" | "bool" | "char" | "str" | "fn" | "unsafe" | "extern")
}

/// The trait of `<T as Trait>::function`, and what follows.
fn trait_of(function: &str) -> Option<&str> {
    let mut depth = 0_usize;
    let mut before = ' ';
    for (at, c) in function.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if before != '-' => depth = depth.saturating_sub(1),
            ' ' if depth == 1 => {
                if let Some(rest) = function.get(at..).and_then(|rest| rest.strip_prefix(" as ")) {
                    return Some(rest);
                }
            }
            _ => {}
        }
        before = c;
    }
    None
}

/// The path of a source file as it may leave: relative to its crate, never a place on a disk.
///
/// | built from | leaves as |
/// |---|---|
/// | a package of the registry | `serde_json-1.0.154/src/de.rs` |
/// | the standard library | `library/core/src/option.rs` |
/// | the program's own workspace | `src/main.rs` |
/// | code that a build script generated | `out/tables.rs` |
/// | anything else | the file's name |
///
/// ```
/// use crawl4ai_telemetry_core::__private::source_file;
///
/// assert_eq!(source_file("/home/ada/my-tool/src/main.rs"), "src/main.rs");
/// ```
#[must_use]
pub fn source_file(path: &str) -> String {
    let path = path.replace('\\', "/");
    if let Some((_, rest)) = path.split_once("/registry/src/") {
        return behind(rest, 1).to_owned();
    }
    if let Some((_, rest)) = path.split_once("/git/checkouts/") {
        return behind(rest, 2).to_owned();
    }
    if let Some((_, rest)) = path.split_once("/rustlib/src/rust/") {
        return rest.to_owned();
    }
    if let Some(rest) = path.strip_prefix("/rustc/") {
        return behind(rest, 1).to_owned();
    }
    let relative = !path.starts_with('/') && !path.contains(':') && !path.split('/').any(|part| part == "..");
    if relative {
        return path.trim_start_matches("./").to_owned();
    }
    // Code that a build script generated is in the target folder, which may be below a `src` of the author's.
    let out = path.match_indices("/out/").map(|(at, _)| at);
    if let Some(at) = out.into_iter().find(|at| path.get(..*at).is_some_and(is_of_build_script)) {
        return path.get(at + 1..).unwrap_or_default().to_owned();
    }
    for room in ["/src/", "/examples/", "/tests/", "/benches/"] {
        if let Some(at) = path.rfind(room) {
            return path.get(at + 1..).unwrap_or_default().to_owned();
        }
    }
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// Does Cargo give this folder to a build script: `…/build/tool-0123456789abcdef`, or in its newer layout
/// `…/build/tool/0123456789abcdef`?
fn is_of_build_script(folder: &str) -> bool {
    let mut parts = folder.rsplit('/');
    let (last, above) = (parts.next().unwrap_or_default(), parts.next());
    let (above, hash) = last.rsplit_once('-').map_or((parts.next(), last), |(_, hash)| (above, hash));
    hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) && above == Some("build")
}

/// The part of a path after its first `n` components.
fn behind(path: &str, n: usize) -> &str {
    path.splitn(n + 1, '/').nth(n).unwrap_or(path)
}

/// Is a frame of this function and file the program's own code?
pub(crate) fn in_app(function: Option<&str>, file: Option<&str>, own: &[String]) -> bool {
    let krate = function.map(crate_of).unwrap_or_default();
    if own.iter().any(|name| name == krate) {
        return true;
    }
    if is_reporter(krate) {
        return false;
    }
    match (function, file) {
        (_, Some(file)) => {
            let file = file.replace('\\', "/");
            let elsewhere = ["/registry/src/", "/git/checkouts/", "/rustlib/src/"];
            // A file that is not Rust came with the system, such as the start code of the C library.
            file.ends_with(".rs")
                && !file.starts_with("/rustc/")
                && !file.starts_with("library/")
                && !elsewhere.iter().any(|place| file.contains(place))
        }
        // A name without a path is not Rust's, but the C runtime's or the system's.
        (Some(name), None) => name.contains("::") && !NOT_IN_APP.contains(&krate),
        (None, None) => false,
    }
}

fn is_reporter(krate: &str) -> bool {
    krate.strip_prefix("crawl4ai_telemetry").is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// Removes the frames of the reporter and of the panic machinery from the top, so that the first frame is the code that
/// failed.
///
/// `place` is the file and line where the program panicked or handed the error over. All frames inside of the frame at
/// that place are removed. Names alone are not enough, because a build with line tables only has names without their
/// paths. If no frame is at that place, names decide. They remove frames only up to the first frame of the host,
/// because frames of the reporter after it (`run`, a telemetry context) are part of the call path to the failure.
pub(crate) fn trim(frames: &mut Vec<RawFrame>, place: Option<(&str, u32)>) {
    let cut = place.and_then(|(file, line)| frames.iter().position(|frame| stands_at(frame, file, line)));
    frames.drain(..cut.unwrap_or_else(|| machinery(frames)));
}

/// Is the frame at this place? The compiler gives a file relative to its working folder; the debug information gives
/// the absolute path.
fn stands_at(frame: &RawFrame, file: &str, line: u32) -> bool {
    let Some(path) = frame.file.as_deref().filter(|_| frame.line == Some(line)) else { return false };
    let (path, file) = (path.replace('\\', "/"), file.replace('\\', "/"));
    let file = file.trim_start_matches("./");
    path.strip_suffix(file).is_some_and(|folder| folder.is_empty() || folder.ends_with('/'))
}

/// The number of frames at the top whose names are the reporter's or the panic machinery's.
fn machinery(frames: &[RawFrame]) -> usize {
    let mut cut = 0;
    for (at, frame) in frames.iter().enumerate() {
        let Some(name) = frame.function.as_deref() else { continue };
        let krate = crate_of(name);
        let machinery = is_reporter(krate)
            || matches!(krate, "backtrace" | "anyhow" | "eyre")
            || name.starts_with("std::backtrace")
            || name.contains("panicking::")
            || name.contains("rust_begin_unwind")
            || name.contains("rust_end_short_backtrace");
        if machinery {
            cut = at + 1;
        } else if !matches!(krate, "std" | "core" | "alloc" | "__rustc") {
            break;
        }
    }
    cut
}

#[cfg(test)]
mod tests;
