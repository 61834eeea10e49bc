//! The annotated function. Its signature is parsed, but its body remains a list of tokens, so that an editor can
//! complete code in a body that does not parse yet.

use proc_macro2::{Group, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Result, Signature, Token, Visibility, token};

/// A function.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// The body with its braces, but without its inner attributes, which are in `attrs`.
    pub(crate) body: Group,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let ahead = input.fork();
        let sig: Signature = match ahead.parse() {
            Ok(sig) => sig,
            Err(error) => return Err(not_a_function(input).unwrap_or(error)),
        };
        input.advance_to(&ahead);
        refuse(&attrs, &sig)?;
        if !input.peek(token::Brace) {
            let message =
                "`#[telemetry]` needs a body; put it on the function where the trait is implemented";
            return Err(Error::new(sig.ident.span(), message));
        }
        let TokenTree::Group(body) = input.parse()? else { return Err(input.error("expected a body")) };
        let (inner, rest) = split_inner(&body)?;
        attrs.extend(inner);
        let mut lifted = Group::new(body.delimiter(), rest);
        lifted.set_span(body.span());
        Ok(Self { attrs, vis, sig, body: lifted })
    }
}

/// An error for an item that is not a function. It names the kind of the item if that is recognized. `None` for a
/// half-typed function.
fn not_a_function(input: ParseStream<'_>) -> Option<Error> {
    const OTHERS: &[(&str, &str)] = &[
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("trait", "a trait; put it on the methods that implement it"),
        ("impl", "an impl block; put it on each of its methods that should be an operation"),
        ("mod", "a module; put it on each of its functions that should be an operation"),
        ("type", "a type"),
        ("static", "a static"),
        ("const", "a constant"),
        ("use", "an import"),
        ("let", "a statement; `telemetry_context` makes an operation of an expression"),
        ("macro_rules", "a macro"),
    ];
    let ahead = input.fork();
    let mut words = std::iter::from_fn(|| ahead.parse::<TokenTree>().ok()).map_while(|token| match token {
        TokenTree::Ident(word) => Some(word),
        TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    });
    let first = words.next();
    let Some(first) = first else {
        return Some(Error::new(input.span(), "`#[telemetry]` goes on a function"));
    };
    if std::iter::once(first.clone()).chain(words).any(|word| word == "fn") {
        return None;
    }
    let other = OTHERS.iter().find(|(word, _)| first == word).map(|(_, other)| *other);
    let what = other.map_or_else(String::new, |other| format!("; this is {other}"));
    Some(Error::new(first.span(), format!("`#[telemetry]` goes on a function{what}")))
}

fn refuse(attrs: &[Attribute], sig: &Signature) -> Result<()> {
    if let Some(token) = &sig.constness {
        let message =
            "a `const fn` may run inside the compiler, where nothing can be reported; annotate its callers";
        return Err(Error::new(token.span(), message));
    }
    if let Some(abi) = &sig.abi {
        let message = "an `extern` function is called by other languages, which have no operations; annotate the Rust function that it calls";
        return Err(Error::new(abi.span(), message));
    }
    let twice = attrs.iter().find(|a| a.path().segments.last().is_some_and(|last| last.ident == "telemetry"));
    if let Some(twice) = twice {
        return Err(Error::new(twice.span(), "`#[telemetry]` stands on this function twice"));
    }
    Ok(())
}

/// The inner attributes of a body, and the rest of the body.
fn split_inner(body: &Group) -> Result<(Vec<Attribute>, TokenStream)> {
    let split = |input: ParseStream<'_>| {
        let mut inner = Vec::new();
        while input.peek(Token![#]) && input.peek2(Token![!]) {
            inner.extend(input.call(Attribute::parse_inner)?);
        }
        let outer = inner.into_iter().map(|mut attr: Attribute| {
            attr.style = syn::AttrStyle::Outer;
            attr
        });
        Ok((outer.collect(), input.parse()?))
    };
    split.parse2(body.stream())
}
