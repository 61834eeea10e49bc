//! The modules of a crate, one per file, and the modules that each refers to by `use`, or by a path in an expression or
//! a macro.
//!
//! A name that a module re-exports (`pub(crate) use`) counts as a name of the module that defines it. A module is a
//! part of its parent modules, so that what it takes from them is not a reference.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::{is_test, root, rust_files};

/// The path of a module: `["capture", "panic"]` for src/capture/panic/mod.rs.
pub(crate) type Module = Vec<String>;

/// Each module with the modules that it refers to.
pub(crate) type References = BTreeMap<Module, BTreeSet<Module>>;

#[derive(Default)]
struct Names {
    /// Paths that the module refers to, from the root of the crate.
    used: Vec<Vec<String>>,
    /// The names that the module re-exports, each with the path that it stands for.
    passed_on: BTreeMap<String, Vec<String>>,
}

/// The references of the modules of a crate, whose sources are below `folder`.
pub(crate) fn references(folder: &str) -> References {
    let src = root().join(folder);
    let files = rust_files(&src).into_iter().filter(|path| !is_test(path) && !path.ends_with("build.rs"));
    let sources = files.map(|path| {
        let module = module_of(path.strip_prefix(&src).expect("a file of the crate"));
        (module, fs::read_to_string(&path).expect("a source file"))
    });
    between(&sources.collect())
}

/// The references between these sources.
pub(crate) fn between(sources: &BTreeMap<Module, String>) -> References {
    let all: BTreeSet<Module> = sources.keys().cloned().collect();
    let names: BTreeMap<&Module, Names> = sources
        .iter()
        .map(|(module, code)| {
            let mut names = Names::default();
            let tokens: TokenStream = code.parse().expect("a source file");
            walk(tokens, module, &all, &mut names);
            (module, names)
        })
        .collect();
    let of = |module: &Module, own: &Names| {
        let targets = own.used.iter().filter_map(|path| resolve(path, &all, &names, 0));
        targets.filter(|target| !module.starts_with(target)).collect()
    };
    names.iter().map(|(module, own)| ((*module).clone(), of(module, own))).collect()
}

/// The modules that refer to themselves through others. Each circle is listed once.
pub(crate) fn circles(references: &References) -> BTreeSet<BTreeSet<Module>> {
    let reached: BTreeMap<&Module, BTreeSet<Module>> =
        references.keys().map(|module| (module, reach(module, references))).collect();
    let together = |module: &Module| -> BTreeSet<Module> {
        let reaches =
            |from: &Module, to: &Module| reached.get(from).is_some_and(|reached| reached.contains(to));
        let mutual = |other: &&Module| reaches(module, other) && reaches(other, module);
        references.keys().filter(mutual).cloned().collect()
    };
    references.keys().map(together).filter(|circle| circle.len() > 1).collect()
}

fn reach(from: &Module, references: &References) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from];
    while let Some(module) = next.pop() {
        for target in references.get(module).into_iter().flatten() {
            if reached.insert(target.clone()) {
                next.push(target);
            }
        }
    }
    reached
}

fn module_of(inside: &Path) -> Module {
    let mut parts: Module = inside
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod" || (last == "lib" && parts.len() == 1)) {
        parts.pop();
    }
    parts
}

/// The module that a path leads to.
fn resolve(
    path: &[String],
    all: &BTreeSet<Module>,
    names: &BTreeMap<&Module, Names>,
    passes: usize,
) -> Option<Module> {
    let mut module = Module::new();
    for name in path {
        let mut inner = module.clone();
        inner.push(name.clone());
        if all.contains(&inner) {
            module = inner;
            continue;
        }
        let passed_on = names.get(&module).and_then(|names| names.passed_on.get(name));
        // Modules that re-export a name to each other do not compile. The limit is only a safeguard.
        return match passed_on.filter(|_| passes < 8) {
            Some(path) => resolve(path, all, names, passes + 1),
            None => Some(module),
        };
    }
    Some(module)
}

fn walk(tokens: TokenStream, module: &Module, all: &BTreeSet<Module>, names: &mut Names) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    let mut is_public = false;
    while let Some(token) = tokens.get(at) {
        let rest = tokens.get(at + 1..).unwrap_or_default();
        at += 1;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && super::references::is_for_tests(rest) => {
                at += super::references::item(rest);
            }
            TokenTree::Ident(word) if word == "pub" => {
                is_public = true;
                let restricted = matches!(rest.first(), Some(TokenTree::Group(group))
                    if group.delimiter() == Delimiter::Parenthesis);
                at += usize::from(restricted);
                continue;
            }
            TokenTree::Ident(word) if word == "use" => {
                let end = super::references::end_of_use(rest);
                for path in paths(rest.get(..end).unwrap_or_default()) {
                    if let Some(absolute) = absolute(&path, module, all) {
                        match absolute.last().filter(|_| is_public) {
                            Some(name) => drop(names.passed_on.insert(name.clone(), absolute.clone())),
                            None => names.used.push(absolute),
                        }
                    }
                }
                at += end;
            }
            TokenTree::Ident(word) => {
                let path = leading_path(word.to_string(), rest);
                at += 3 * (path.len() - 1);
                if path.len() > 1 {
                    names.used.extend(absolute(&path, module, all));
                }
            }
            TokenTree::Group(group) => walk(group.stream(), module, all, names),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        is_public = false;
    }
}

/// The names of a path like `a::b::C`, from the first name on, until something else follows.
fn leading_path(first: String, mut rest: &[TokenTree]) -> Vec<String> {
    let mut path = vec![first];
    while let [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(next), more @ ..] = rest
        && (a.as_char(), b.as_char()) == (':', ':')
    {
        path.push(next.to_string());
        rest = more;
    }
    path
}

/// All paths of a `use`, with its groups expanded. Names given by `as` are ignored.
fn paths(tokens: &[TokenTree]) -> Vec<Vec<String>> {
    let mut path: Vec<String> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "as" => break,
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                let others = paths(tokens.get(at + 1..).unwrap_or_default());
                return std::iter::once(path).chain(others).collect();
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
                let parts = inner.split(comma).filter(|part| !part.is_empty());
                return parts
                    .flat_map(paths)
                    .map(|part| path.iter().cloned().chain(part).collect())
                    .collect();
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    vec![path]
}

/// A path from the root of the crate. `None` if it leads into another crate, or into no module.
fn absolute(path: &[String], module: &Module, all: &BTreeSet<Module>) -> Option<Vec<String>> {
    let (first, mut rest) = path.split_first()?;
    let mut from = match first.as_str() {
        "crate" => Module::new(),
        "self" => module.clone(),
        "super" => {
            let mut from = module.clone();
            from.pop()?;
            while let Some((next, more)) = rest.split_first()
                && next == "super"
            {
                from.pop();
                rest = more;
            }
            from
        }
        child => {
            let mut inner = module.clone();
            inner.push(child.to_owned());
            all.contains(&inner).then_some(inner)?
        }
    };
    from.extend(rest.iter().filter(|name| *name != "self").cloned());
    Some(from)
}
