//! The return type of a function, as far as its source shows it.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    GenericArgument, PathArguments, ReturnType, Signature, Type, TypeParamBound, TypePath, parse_quote,
};

/// How a function produces its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The function returns the outcome.
    Plain,
    /// The function is an `async fn`.
    Async,
    /// The function returns a future of the outcome: `-> impl Future<…>`.
    Future,
    /// The function returns a boxed future of the outcome: `-> Pin<Box<dyn Future<…>>>`, as `async-trait` makes it.
    BoxedFuture,
    /// The function never returns.
    Never,
}

impl Kind {
    pub(crate) fn of(sig: &Signature) -> Self {
        match &sig.output {
            ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => Self::Never,
            _ if sig.asyncness.is_some() => Self::Async,
            ReturnType::Type(_, ty) if is_future(ty) => Self::Future,
            ReturnType::Type(_, ty) if is_boxed_future(ty) => Self::BoxedFuture,
            ReturnType::Type(..) | ReturnType::Default => Self::Plain,
        }
    }
}

/// The returned type, with `_` for each `impl Trait`, because `impl Trait` may be written in signatures only.
pub(crate) fn nameable(output: &ReturnType) -> TokenStream {
    match output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => {
            let mut ty = (**ty).clone();
            erase(&mut ty);
            quote!(#ty)
        }
    }
}

fn erase(ty: &mut Type) {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "syn's list of types is open, and the others hold none"
    )]
    match ty {
        Type::ImplTrait(_) => *ty = parse_quote!(_),
        Type::Path(path) => arguments_mut(path).for_each(erase),
        Type::Reference(reference) => erase(&mut reference.elem),
        Type::Paren(paren) => erase(&mut paren.elem),
        Type::Group(group) => erase(&mut group.elem),
        Type::Array(array) => erase(&mut array.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(erase),
        _ => {}
    }
}

fn arguments_mut(path: &mut TypePath) -> impl Iterator<Item = &mut Type> {
    let lists = path.path.segments.iter_mut().filter_map(|segment| match &mut segment.arguments {
        PathArguments::AngleBracketed(list) => Some(list),
        PathArguments::None | PathArguments::Parenthesized(_) => None,
    });
    let arguments = lists.flat_map(|list| list.args.iter_mut());
    arguments.filter_map(|argument| if let GenericArgument::Type(ty) = argument { Some(ty) } else { None })
}

fn is_future(ty: &Type) -> bool {
    matches!(ty, Type::ImplTrait(opaque) if opaque.bounds.iter().any(is_future_bound))
}

fn is_boxed_future(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
        return true;
    }
    let dynamic =
        |ty: &Type| matches!(ty, Type::TraitObject(object) if object.bounds.iter().any(is_future_bound));
    last.ident == "Pin"
        && argument(ty).is_some_and(|boxed| is_named(boxed, "Box") && argument(boxed).is_some_and(dynamic))
}

/// The first type in the angle brackets.
fn argument(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let PathArguments::AngleBracketed(list) = &path.path.segments.last()?.arguments else { return None };
    list.args
        .iter()
        .find_map(|argument| if let GenericArgument::Type(ty) = argument { Some(ty) } else { None })
}

fn is_named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

fn is_future_bound(bound: &TypeParamBound) -> bool {
    matches!(bound, TypeParamBound::Trait(bound)
        if bound.path.segments.last().is_some_and(|last| last.ident == "Future"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_the_signature() {
        let cases: &[(&str, Kind)] = &[
            ("fn f()", Kind::Plain),
            ("fn f() -> anyhow::Result<()>", Kind::Plain),
            ("fn f() -> impl Iterator<Item = u8>", Kind::Plain),
            ("fn f() -> !", Kind::Never),
            ("async fn f() -> Result<(), E>", Kind::Async),
            ("async fn f() -> !", Kind::Never),
            ("fn f() -> impl Future<Output = ()> + Send", Kind::Future),
            ("fn f() -> impl Send + core::future::Future<Output = ()>", Kind::Future),
            ("fn f() -> Pin<Box<dyn Future<Output = ()> + Send + 'static>>", Kind::BoxedFuture),
            ("fn f() -> ::core::pin::Pin<Box<dyn ::core::future::Future<Output = ()>>>", Kind::BoxedFuture),
            ("fn f() -> BoxFuture<'static, ()>", Kind::BoxedFuture),
            ("fn f() -> Pin<Box<u8>>", Kind::Plain),
        ];
        for (text, kind) in cases {
            let sig: Signature = syn::parse_str(text).unwrap();
            assert_eq!(Kind::of(&sig), *kind, "{text}");
        }
    }

    #[test]
    fn what_only_signatures_may_say_is_left_to_inference() {
        let cases = [
            ("()", "fn f()"),
            ("Result < _ , E >", "fn f() -> Result<impl Iterator<Item = u8>, E>"),
            ("& 'a [_ ; 3]", "fn f() -> &'a [impl Send; 3]"),
            ("(_ , u8)", "fn f() -> (impl Send, u8)"),
        ];
        for (expected, text) in cases {
            let sig: Signature = syn::parse_str(text).unwrap();
            assert_eq!(nameable(&sig.output).to_string(), expected, "{text}");
        }
    }
}
