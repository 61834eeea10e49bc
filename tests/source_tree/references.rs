//! The modules of the crate that a source file refers to: by `use crate::a`, by `use crate::{a, b::c}` over any number
//! of lines, by `crate::a::f()` in an expression or a macro, and by `super` if it reaches the crate's root. Comments,
//! string literals and code for tests are ignored.

use std::collections::BTreeSet;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The first names of all paths that start at the crate's root; `*` for a glob import.
pub(crate) fn of(code: &str, depth: usize) -> BTreeSet<String> {
    let tokens: TokenStream = code.parse().expect("a source file");
    let mut found = BTreeSet::new();
    walk(tokens, depth, &mut found);
    found
}

/// The depth of a file's module below the crate's root: one for src/a.rs and src/a/mod.rs, two for src/a/b.rs.
pub(crate) fn depth(inside_src: &Path) -> usize {
    let parts = inside_src.components().count();
    if inside_src.ends_with("mod.rs") || inside_src.ends_with("lib.rs") { parts - 1 } else { parts }
}

fn walk(tokens: TokenStream, depth: usize, found: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = tokens.get(at + 1..).unwrap_or_default();
        at += 1;
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_for_tests(rest) => at += item(rest),
            TokenTree::Ident(name) if name == "crate" => found.extend(heads(rest)),
            TokenTree::Ident(name) if name == "super" => {
                let mut ups = 1;
                let mut after = rest;
                while let [TokenTree::Punct(_), TokenTree::Punct(_), TokenTree::Ident(next), more @ ..] =
                    after
                    && next == "super"
                {
                    (ups, after) = (ups + 1, more);
                }
                at += 3 * (ups - 1);
                if ups == depth {
                    found.extend(heads(after));
                }
            }
            TokenTree::Ident(name) if name == "mod" => {
                if let [TokenTree::Ident(_), TokenTree::Group(body), ..] = rest {
                    walk(body.stream(), depth + 1, found);
                    at += 2;
                }
            }
            TokenTree::Group(group) => walk(group.stream(), depth, found),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The first names after `crate`: one, or those of a group.
fn heads(after: &[TokenTree]) -> Vec<String> {
    let [TokenTree::Punct(a), TokenTree::Punct(b), next, ..] = after else { return Vec::new() };
    if (a.as_char(), b.as_char()) != (':', ':') {
        return Vec::new();
    }
    match next {
        TokenTree::Ident(name) => vec![name.to_string()],
        TokenTree::Punct(punct) => vec![punct.to_string()],
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let parts: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma = |t: &TokenTree| matches!(t, TokenTree::Punct(p) if p.as_char() == ',');
            let firsts = parts.split(is_comma).filter_map(|part| part.first());
            firsts.map(ToString::to_string).filter(|name| name != "self").collect()
        }
        TokenTree::Group(_) | TokenTree::Literal(_) => Vec::new(),
    }
}

/// Whether these tokens continue `#[cfg(test)]`, or another attribute that requires `test`.
pub(super) fn is_for_tests(after_the_hash: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(attribute)) = after_the_hash.first() else { return false };
    let text = attribute.stream().to_string();
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.next() == Some("cfg")
        && words.clone().any(|word| word == "test")
        && !words.any(|word| word == "not")
}

/// The number of tokens up to the end of the item: including its braces or its semicolon.
pub(super) fn item(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    };
    tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1)
}

/// The number of tokens up to the semicolon of a `use`.
pub(super) fn end_of_use(tokens: &[TokenTree]) -> usize {
    let ends = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    tokens.iter().position(ends).unwrap_or(tokens.len())
}
