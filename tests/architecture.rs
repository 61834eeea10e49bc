//! Checks the code against docs/ARCHITECTURE.md: the layers, the rooms and the size of files.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod source_tree;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use source_tree::{code, is_test, library_files, references, root, rust_files};

/// The most lines that a source file may have. A longer file should be split. Unit tests are not counted.
const LONGEST: usize = 350;

fn page() -> String {
    fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("docs/ARCHITECTURE.md")
}

/// Maps each module of the library to the number of its layer.
fn layers() -> HashMap<String, usize> {
    let page = page();
    let list = page
        .split("<!-- layers")
        .nth(1)
        .and_then(|rest| rest.split("```").nth(1))
        .expect("the list of layers");
    let layers = list.lines().skip(1).enumerate();
    layers.flat_map(|(at, line)| line.split_whitespace().map(move |module| (module.to_owned(), at))).collect()
}

/// The name of the top-level module of a file: `capture` for src/capture/panic/mod.rs.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("a file of the library");
    let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules that a file refers to although they are in a lower layer than its own module, `own`.
fn against_the_layers(layers: &HashMap<String, usize>, own: &str, code: &str, depth: usize) -> Vec<String> {
    let own_layer = layers.get(own);
    let below = |name: &String| layers.get(name).is_some_and(|layer| Some(layer) > own_layer) || name == "*";
    references::of(code, depth).into_iter().filter(below).collect()
}

/// Reads a source file. The `$crate` paths in capturable.rs are removed, because its macro expands in other crates.
fn source(path: &Path) -> String {
    let source = fs::read_to_string(path).expect("a source file");
    if path.ends_with("capture/capturable.rs") { source.replace("$crate::", "") } else { source }
}

#[test]
fn a_module_imports_only_what_stands_above_it() {
    let layers = layers();
    let mut wrong = Vec::new();
    for path in library_files(&["src"]) {
        let own = module_of(&path);
        if own == "lib" {
            continue;
        }
        if !layers.contains_key(&own) {
            wrong.push(format!("src/{own} is in no layer of docs/ARCHITECTURE.md"));
        }
        let depth = references::depth(path.strip_prefix(root().join("src")).expect("a file of the library"));
        for name in against_the_layers(&layers, &own, &source(&path), depth) {
            wrong.push(format!("{}: imports {name}, which stands below it", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_way_to_import_is_understood() {
    let layers: HashMap<String, usize> = ["env", "config", "worker", "api"]
        .into_iter()
        .enumerate()
        .map(|(at, m)| (m.to_owned(), at))
        .collect();
    for (code, below) in [
        ("use crate::worker::Desk;", "worker"),
        ("use crate::{env::Env, worker};", "worker"),
        (
            "use crate::{\n    env,\n    worker::{\n        self,\n        Desk,\n    },\n    api,\n};",
            "api worker",
        ),
        ("pub(crate) use crate::{self as own, api::run};", "api"),
        ("fn f() { crate::worker::spawn(|| ()) }", "worker"),
        ("fn f() -> crate::worker::Desk { vec![crate::api::one()] }", "api worker"),
        ("fn f() { assert!(matches!(x, crate :: worker :: Desk)) }", "worker"),
        ("use crate::*;", "*"),
        ("use super::super::worker::Desk; mod inner { use super::super::super::api; }", "api worker"),
        ("use super::worker; mod inner { use super::super::worker; }", ""),
        ("use crate::env::Env; use crate::config::{self, worker};", ""),
        ("// use crate::worker;\n/* crate::worker */ /// crate::worker\nfn f() { \"crate::worker\"; }", ""),
        ("#[cfg(test)]\nmod tests { use crate::worker; }\n#[cfg(all(test, unix))] use crate::api;", ""),
        ("#[cfg(not(test))] use crate::worker; #[cfg(test)] mod x; use crate::api;", "api worker"),
    ] {
        let found = against_the_layers(&layers, "config", code, 2);
        assert_eq!(found.join(" "), below, "{code}");
    }
    let depths =
        ["lib.rs", "a.rs", "a/mod.rs", "a/b.rs", "a/b/c.rs"].map(|path| references::depth(Path::new(path)));
    assert_eq!(depths, [0, 1, 1, 2, 3]);
}

#[test]
fn every_layer_has_its_module_and_every_room_is_there() {
    for module in layers().keys() {
        let src = root().join("src").join(module);
        assert!(src.is_dir() || src.with_extension("rs").is_file(), "docs/ARCHITECTURE.md names {module}");
    }
    let page = page();
    let rooms = page.split("## Rooms").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the rooms");
    let named: Vec<&str> = rooms
        .lines()
        .filter(|line| line.starts_with("| `"))
        .filter_map(|line| line.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| name.contains('/'))
        .collect();
    assert!(named.len() > 10, "the table of rooms was understood");
    for room in named {
        assert!(root().join(room).exists(), "docs/ARCHITECTURE.md names {room}");
    }
}

#[test]
fn no_file_hides_a_wall() {
    let rooms = ["src", "providers", "macros", "cli", "files/src", "browser/src"]
        .map(|room| rust_files(&root().join(room)));
    let long: Vec<String> = rooms
        .into_iter()
        .flatten()
        .filter(|path| !is_test(path))
        .map(|path| (code(&path).lines().count(), path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{lines} {}", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn files_are_opened_created_replaced_locked_and_deleted_in_one_crate() {
    let touches = [
        "OpenOptions",
        "DirBuilder",
        "create_dir",
        "remove_dir",
        "remove_file",
        "read_dir",
        "hard_link",
        "fs::rename",
        "fs::write",
        "fs::read",
        "File::create",
        "set_permissions",
    ];
    let rooms = ["src", "cli/src", "providers/file/src", "providers/issue/src", "browser/src"]
        .map(|room| rust_files(&root().join(room)));
    let mut wrong = Vec::new();
    for path in rooms.into_iter().flatten().filter(|path| !is_test(path)) {
        // This file writes a page of the book when a variable asks for it.
        if path.ends_with("deliver/stampede.rs") {
            continue;
        }
        let code = code(&path);
        let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for (at, line) in lines.iter().enumerate() {
            // `fs::read_link` opens no file.
            let line = line.replace("fs::read_link", "");
            wrong.extend(
                touches.iter().filter(|word| line.contains(**word)).map(|word| (path.clone(), *word)),
            );
            let before = at.checked_sub(1).and_then(|at| lines.get(at)).copied().unwrap_or_default();
            let reads = line.contains("read_to_end(") || line.contains("read_to_string(");
            if reads && !line.contains("take(") && !before.contains("take(") {
                wrong.push((path.clone(), "a read without a bound"));
            }
        }
    }
    assert!(wrong.is_empty(), "not by the crate `files`: {wrong:#?}");
}

#[test]
fn what_is_printed_passes_the_printer() {
    for path in rust_files(&root().join("src")).into_iter().filter(|path| !is_test(path)) {
        let code = code(&path);
        // A notebook's kernel recognizes commands on standard output.
        let is_kernel = path.ends_with("prompt/kernel.rs") || path.ends_with("telemetry/notebook.rs");
        for stream in ["stderr().lock()", "eprint", "stdout().lock()"] {
            let used = code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(stream));
            let may = path.ends_with("src/printable.rs") || (is_kernel && stream == "stdout().lock()");
            assert!(!used || may, "{} writes by {stream}, not by src/printable.rs", path.display());
        }
    }
}

#[test]
fn the_hand_off_is_made_of_what_can_be_explored() {
    let waits = ["std::sync::mpsc", "thread::sleep", "thread::Builder", "Condvar"];
    for path in ["src/deliver", "src/usage"].iter().flat_map(|room| rust_files(&root().join(room))) {
        if is_test(&path) || path.ends_with("deliver/sync.rs") {
            continue;
        }
        let code = code(&path);
        for wait in waits {
            let used = code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(wait));
            assert!(!used, "{} waits by {wait}, not by src/deliver/sync.rs", path.display());
        }
    }
}

#[test]
fn no_lock_is_kept_that_a_child_of_a_fork_could_not_take() {
    let locks = ["Mutex", "RwLock", "Condvar", "OnceLock", "LazyLock", "Once", "OnceCell", "Lazy", "Barrier"];
    let mut found = Vec::new();
    for path in library_files(&["src"]) {
        if path.ends_with("src/fork_safe.rs") || path.ends_with("src/deliver/sync.rs") {
            continue;
        }
        let code: String =
            source_tree::lines(&path).into_iter().map(|(_, line)| line).collect::<Vec<_>>().join(" ");
        for home in ["std::sync::", "once_cell::sync::", "std::sync::nonpoison::", "parking_lot::"] {
            for used in code.split(home).skip(1) {
                let used = used.split(';').next().unwrap_or_default();
                let names = used.split(|c: char| !c.is_alphanumeric() && c != '_').take(12);
                let names =
                    if used.starts_with('{') { names.collect() } else { names.take(1).collect::<Vec<_>>() };
                found.extend(
                    names
                        .into_iter()
                        .filter(|name| locks.contains(name))
                        .map(|name| format!("{}: {home}{name}", source_tree::name(&path))),
                );
            }
        }
    }
    assert!(found.is_empty(), "use crate::fork_safe or once_cell::race: {found:#?}");
}

#[test]
fn the_panic_hook_knows_the_threads_that_carry_no_mark() {
    let hook = code(&root().join("src/capture/panic/mod.rs"));
    let (_, known) = hook.split_once("const OUTSIDE").expect("the list");
    let known = known.split(';').nth(1).expect("its names");
    let files = ["providers", "src/consent"].iter().flat_map(|room| rust_files(&root().join(room)));
    let starts: Vec<String> = files
        .filter(|path| !is_test(path))
        .flat_map(|path| code(&path).split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .filter(|text| text.starts_with("telemetry-"))
        .collect();
    assert!(starts.len() >= 2, "{starts:?}");
    for name in starts {
        assert!(known.contains(&format!("\"{name}\"")), "a panic of {name} would be reported through itself");
    }
}

#[test]
fn the_core_does_no_input_and_output() {
    for path in rust_files(&root().join("providers/core/src")).into_iter().filter(|p| !is_test(p)) {
        let code = code(&path);
        for forbidden in [
            "std::fs",
            "std::net::Tcp",
            "std::net::Udp",
            "std::thread",
            "std::process",
            "std::env::var",
            "std::io::",
        ] {
            let used =
                code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(forbidden));
            assert!(!used, "{} uses {forbidden}", path.display());
        }
    }
}
