//! Checks that modules do not refer to each other in a circle, and that a struct known by many rooms has few fields.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod source_tree;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use source_tree::modules::{Module, between, circles, references};
use source_tree::{code, library_files, name};

/// A struct with more fields than this may be known by at most two rooms.
const FIELDS: usize = 8;

/// Known circles that are still to be cut, by the source folder of the crate.
const CIRCLES: &[(&str, &[&str])] = &[
    ("src", &[]),
    (
        "providers/core/src",
        &[
            "fingerprint report",
            "own_words own_words/judge own_words/scan own_words/siblings sanitize sanitize/program_words",
            "own_words/besides own_words/narrow",
            "platform runtime",
            "sanitize/detect/dispatch sanitize/detect/html sanitize/detect/scan sanitize/detect/token",
            "sanitize/detect/pair sanitize/detect/quoted_value",
            "sanitize/layers sanitize/text",
            "sanitize/report/naming sanitize/report/restore",
            "usage/declare usage/value",
        ],
    ),
    ("providers/http/src", &[]),
    ("providers/file/src", &[]),
    ("providers/sentry/src", &[]),
    ("providers/otlp/src", &[]),
];

fn written(circle: &BTreeSet<Module>) -> String {
    circle.iter().map(|module| module.join("/")).collect::<Vec<_>>().join(" ")
}

#[test]
fn no_modules_refer_to_each_other_in_a_circle() {
    let mut wrong = Vec::new();
    for (folder, known) in CIRCLES {
        let found: Vec<String> = circles(&references(folder)).iter().map(written).collect();
        wrong.extend(
            found.iter().filter(|circle| !known.contains(&&***circle)).map(|new| format!("{folder}: {new}")),
        );
        let gone = known.iter().filter(|circle| !found.iter().any(|found| found == *circle));
        wrong.extend(gone.map(|gone| format!("{folder}: cut, take it off the list: {gone}")));
    }
    assert!(wrong.is_empty(), "circles of modules:\n{}", wrong.join("\n"));
}

#[test]
fn circles_are_found_however_they_are_written() {
    let crate_of = |files: &[(&str, &str)]| {
        let sources = files.iter().map(|(path, code)| {
            let module = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
            (module, (*code).to_owned())
        });
        let found = circles(&between(&sources.collect::<BTreeMap<_, _>>()));
        found.iter().map(written).collect::<Vec<_>>().join(", ")
    };
    for (files, expected) in [
        (&[("", "mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "use super::a;")][..], "a b"),
        (&[("a", "use crate::{b::{self, B}};"), ("b", "fn f() { crate::a::f() }")], "a b"),
        (
            &[
                ("r", "mod a; mod b; pub(crate) use b::B;"),
                ("r/a", "use super::B;"),
                ("r/b", "use super::a;"),
            ],
            "r/a r/b",
        ),
        // A name that a room re-exports counts as a reference to the module that defines it.
        (
            &[("r", "mod a; pub(crate) use a::A;"), ("r/a", "use crate::s;"), ("s", "use crate::r::A;")],
            "r/a s",
        ),
        (&[("a", "mod c; use c::C;"), ("a/c", "use super::X; use super::*;")], ""),
        (&[("a", "use crate::b;"), ("b", "#[cfg(test)] mod tests { use crate::a; }")], ""),
        (&[("a", "use crate::b;"), ("b", "// crate::a\nfn f() { \"crate::a\" }")], ""),
        (&[("a", "use crate::b;"), ("b", "use crate::c;"), ("c", "fn f(a: super::a::A) {}")], "a b c"),
        (&[("a", "use other::b;"), ("b", "use crate::a;")], ""),
    ] {
        assert_eq!(crate_of(files), expected, "{files:?}");
    }
}

/// The structs with named fields that are not `pub`, each with its number of fields. Another test covers the public
/// interface.
fn structs(tokens: TokenStream) -> Vec<(String, usize)> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "struct" => {
                let is_public = at
                    .checked_sub(1)
                    .and_then(|at| tokens.get(at))
                    .is_some_and(|before| matches!(before, TokenTree::Ident(word) if word == "pub"));
                let rest = tokens.get(at + 1..).unwrap_or_default();
                let ends =
                    |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
                let body = rest.iter().take_while(|token| !ends(token)).find_map(|token| match token {
                    TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group.stream()),
                    TokenTree::Group(_)
                    | TokenTree::Ident(_)
                    | TokenTree::Punct(_)
                    | TokenTree::Literal(_) => None,
                });
                if let (Some(TokenTree::Ident(name)), Some(body), false) = (rest.first(), body, is_public) {
                    found.push((name.to_string(), fields(body)));
                }
            }
            TokenTree::Group(group) => found.extend(structs(group.stream())),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

/// Counts fields by their colons. Colons of paths and colons inside brackets do not count.
fn fields(body: TokenStream) -> usize {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let is =
        |at: usize, sign| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
    (1..tokens.len())
        .filter(|at| is(*at, ':') && !is(at - 1, ':') && !is(at + 1, ':'))
        .filter(|at| matches!(tokens.get(at - 1), Some(TokenTree::Ident(_))))
        .count()
}

/// Collects every identifier in this code.
fn names(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => {
                found.insert(word.to_string());
            }
            TokenTree::Group(group) => names(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

#[test]
fn no_struct_that_more_than_two_rooms_know_has_more_than_eight_fields() {
    let mut large = Vec::new();
    let mut known_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut count = 0;
    for path in library_files(&["src"]) {
        let tokens: TokenStream = code(&path).parse().expect("a source file");
        let file = name(&path);
        let room = file.trim_start_matches("src/").trim_end_matches(".rs");
        let room = room.split('/').next().unwrap_or_default().to_owned();
        let structs = structs(tokens.clone());
        count += structs.len();
        large.extend(
            structs.into_iter().filter(|(_, fields)| *fields > FIELDS).map(|found| (found, file.clone())),
        );
        let mut words = BTreeSet::new();
        names(tokens, &mut words);
        for word in words {
            known_by.entry(word).or_default().insert(room.clone());
        }
    }
    assert!(count > 80, "the structs were found: {count}");
    let wrong: Vec<String> = large
        .into_iter()
        .filter_map(|((name, fields), file)| {
            let rooms = known_by.get(&name).filter(|rooms| rooms.len() > 2)?;
            Some(format!("{file}: {name} has {fields} fields, and is known in {rooms:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn fields_are_counted_whatever_their_types_are() {
    for (code, expected) in [
        ("pub(crate) struct A<T: Clone> { #[x(y: z)] pub a: Vec<(u8, T)>, b: fn(u8) -> u8, }", "A 2"),
        ("struct A { a: std::sync::Arc<dyn Fn(&str) -> b::C>, b: [u8; 3] } struct B(u8); struct C;", "A 2"),
        ("mod m { struct A<'a> where T: 'a { a: &'a str } }", "A 1"),
        ("pub struct A { a: u8 }", ""),
    ] {
        let found = structs(code.parse().expect("code"));
        let found: Vec<String> = found.iter().map(|(name, fields)| format!("{name} {fields}")).collect();
        assert_eq!(found.join(", "), expected, "{code}");
    }
}
