//! The arguments of the attribute: `#[telemetry(operation = "fetch", context(retries), …)]`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Lit, LitStr, Path, Result, Token, parenthesized, parse_quote, token};

const KNOWN: &str = "`operation`, `context`, `if`, `level` and `crate`";

/// The levels: their names in the attribute, and their variants.
const LEVELS: &[(&str, &str)] =
    &[("info", "Info"), ("warning", "Warning"), ("error", "Error"), ("fatal", "Fatal")];

/// The arguments of the attribute.
pub(crate) struct Args {
    pub(crate) operation: Option<LitStr>,
    pub(crate) context: Vec<Attached>,
    pub(crate) only_if: Option<Expr>,
    pub(crate) level: Option<Ident>,
    pub(crate) krate: Path,
}

/// One value of `context(…)`.
pub(crate) struct Attached {
    pub(crate) key: LitStr,
    pub(crate) value: Expr,
}

impl Parse for Args {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut args = Self {
            operation: None,
            context: Vec::new(),
            only_if: None,
            level: None,
            krate: parse_quote!(::crawl4ai_telemetry),
        };
        let mut given: Vec<String> = Vec::new();
        while !input.is_empty() {
            let key = key(input)?;
            let name = key.to_string();
            if given.contains(&name) {
                return Err(Error::new(key.span(), format!("`{name}` is given twice")));
            }
            match name.as_str() {
                "operation" => args.operation = Some(operation(&key, input)?),
                "context" => args.context = context(&key, input)?,
                "if" => {
                    equals(&key, input, "if = |error| !error.is_timeout()")?;
                    args.only_if = Some(input.parse()?);
                }
                "level" => args.level = Some(level(&key, input)?),
                "crate" => args.krate = krate(&key, input)?,
                _ => {
                    let message = format!("`{name}` is no argument of `#[telemetry]`; there are {KNOWN}");
                    return Err(Error::new(key.span(), message));
                }
            }
            given.push(name);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(args)
    }
}

fn key(input: ParseStream<'_>) -> Result<Ident> {
    if let Ok(name) = input.fork().parse::<LitStr>() {
        let message = format!("the name of the operation is written `operation = {:?}`", name.value());
        return Err(Error::new(name.span(), message));
    }
    input
        .call(Ident::parse_any)
        .map_err(|error| Error::new(error.span(), format!("expected an argument: {KNOWN}")))
}

fn equals(key: &Ident, input: ParseStream<'_>, example: &str) -> Result<()> {
    if !input.peek(Token![=]) {
        return Err(Error::new(key.span(), format!("`{key}` needs a value: `{example}`")));
    }
    input.parse::<Token![=]>().map(drop)
}

fn operation(key: &Ident, input: ParseStream<'_>) -> Result<LitStr> {
    equals(key, input, "operation = \"fetch\"")?;
    let name = literal(input).map_err(|span| {
        let reason = "`operation` takes a text in quotes: a name that is computed could hold anybody's data";
        Error::new(span, reason)
    })?;
    if name.value().trim().is_empty() {
        return Err(Error::new(name.span(), "the name of an operation must not be empty"));
    }
    Ok(name)
}

/// Parses a text in quotes. For anything else, returns its position.
fn literal(input: ParseStream<'_>) -> core::result::Result<LitStr, Span> {
    match input.parse::<Expr>() {
        Ok(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Ok(text),
        Ok(other) => Err(other.span()),
        Err(error) => Err(error.span()),
    }
}

fn context(key: &Ident, input: ParseStream<'_>) -> Result<Vec<Attached>> {
    if !input.peek(token::Paren) {
        let message = "`context` lists what to attach: `context(retries, depth = options.depth)`";
        return Err(Error::new(key.span(), message));
    }
    let inside;
    parenthesized!(inside in input);
    let list = Punctuated::<Attached, Token![,]>::parse_terminated(&inside)?;
    if list.is_empty() {
        return Err(Error::new(key.span(), "`context()` attaches nothing; leave it out"));
    }
    let mut known: Vec<String> = Vec::new();
    for attached in &list {
        let name = attached.key.value();
        if known.contains(&name) {
            return Err(Error::new(attached.key.span(), format!("`{name}` is attached twice")));
        }
        known.push(name);
    }
    Ok(list.into_iter().collect())
}

impl Parse for Attached {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let key = input.parse()?;
            input.parse::<Token![=]>()?;
            return Ok(Self { key, value: input.parse()? });
        }
        if input.peek(syn::Ident) && (input.peek2(Token![,]) || is_last(input)) {
            let name: Ident = input.parse()?;
            let key = LitStr::new(&name.unraw().to_string(), name.span());
            return Ok(Self { key, value: parse_quote!(#name) });
        }
        if input.peek(syn::Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let name = input.call(Ident::parse_any)?;
            input.parse::<Token![=]>()?;
            let key = LitStr::new(&name.unraw().to_string(), name.span());
            return Ok(Self { key, value: input.parse()? });
        }
        let span = input.span();
        let message =
            "an argument's name or `name = expression` stands here: `context(retries, depth = self.depth)`";
        Err(Error::new(span, message))
    }
}

/// Is the next word the last of the list?
fn is_last(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.call(Ident::parse_any).is_ok() && ahead.is_empty()
}

fn level(key: &Ident, input: ParseStream<'_>) -> Result<Ident> {
    equals(key, input, "level = \"warning\"")?;
    let expected = || {
        let names: Vec<String> = LEVELS.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        format!("a level is one of {}", names.join(", "))
    };
    let name = literal(input).map_err(|span| Error::new(span, expected()))?;
    let known = LEVELS.iter().find(|(known, _)| *known == name.value());
    known
        .map(|(_, variant)| Ident::new(variant, name.span()))
        .ok_or_else(|| Error::new(name.span(), expected()))
}

fn krate(key: &Ident, input: ParseStream<'_>) -> Result<Path> {
    equals(key, input, "crate = ::telemetry")?;
    if input.peek(LitStr) {
        return input.parse::<LitStr>()?.parse_with(Path::parse_mod_style);
    }
    input.call(Path::parse_mod_style).map_err(|error| {
        Error::new(error.span(), "`crate` takes the path of this library: `crate = ::telemetry`")
    })
}
