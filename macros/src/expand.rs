//! Expands an annotated function to its code.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Error, ReturnType};

use crate::args::Args;
use crate::function::Function;
use crate::returns::{self, Kind};

/// The function, with its body inside the operation.
pub(crate) fn expand(args: &Args, function: &Function) -> Result<TokenStream, Error> {
    let parts = Parts::new(args, function)?;
    let body = match Kind::of(&function.sig) {
        Kind::Plain => parts.plain(),
        Kind::Async => parts.asynchronous(),
        Kind::Future => parts.future(),
        Kind::BoxedFuture => parts.boxed_future(),
        Kind::Never => parts.never(),
    };
    let Function { attrs, vis, sig, body: braces } = function;
    let mut block = Group::new(Delimiter::Brace, body);
    block.set_span(braces.span());
    let apart = stays_apart(function);
    Ok(quote!(#(#attrs)* #apart #vis #sig #block))
}

/// Keeps the function on the stack under its own name. Without debug information a function that was inlined has none,
/// and the errors of two such functions would be one bug. An attribute of the program's own is respected.
fn stays_apart(function: &Function) -> Option<TokenStream> {
    let is_own = |attribute: &Attribute| {
        let path = attribute.path();
        // `cfg_attr(…, inline)` may be one.
        let may_be = path.is_ident("cfg_attr") && attribute.to_token_stream().to_string().contains("inline");
        path.is_ident("inline") || may_be
    };
    let is_future = match Kind::of(&function.sig) {
        Kind::Plain => false,
        Kind::Never => function.sig.asyncness.is_some(),
        Kind::Async | Kind::Future | Kind::BoxedFuture => true,
    };
    (!is_future && !function.attrs.iter().any(is_own)).then(|| quote!(#[inline(never)]))
}

struct Parts<'a> {
    function: &'a Function,
    /// `::crawl4ai_telemetry::__private`
    private: TokenStream,
    name: TokenStream,
    /// Code that fills a context, if there is one.
    attach: Option<TokenStream>,
    args: &'a Args,
}

/// An identifier that the body cannot see, and that hides no name of the body.
fn ours(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

impl<'a> Parts<'a> {
    fn new(args: &'a Args, function: &'a Function) -> Result<Self, Error> {
        if Kind::of(&function.sig) == Kind::Never
            && let Some(at) =
                args.only_if.as_ref().map(Spanned::span).or(args.level.as_ref().map(Ident::span))
        {
            return Err(Error::new(at, "`if` and `level` are about errors, and this function never returns"));
        }
        let krate = &args.krate;
        let private = quote!(#krate::__private);
        let name = match &args.operation {
            Some(name) => name.to_token_stream(),
            None => function.sig.ident.unraw().to_string().to_token_stream(),
        };
        let context = ours("context");
        let attach = (!args.context.is_empty()).then(|| {
            let puts = args.context.iter().map(|attached| {
                let (key, value) = (&attached.key, &attached.value);
                let at = value.span();
                quote_spanned!(at=> #private::put(#context, #key, &(#value));)
            });
            quote!(#private::attach(|#context| { #(#puts)* }))
        });
        Ok(Self { function, private, name, attach, args })
    }

    fn output_span(&self) -> Span {
        match &self.function.sig.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => self.function.sig.ident.span(),
        }
    }

    /// The statement `let operation = …;`.
    fn enter(&self) -> TokenStream {
        let Self { private, name, attach, .. } = self;
        let operation = ours("operation");
        match attach {
            None => quote!(let #operation = #private::Scope::enter(&#name);),
            Some(attach) => quote!(let #operation = #private::AttachedScope::enter(&#name, #attach);),
        }
    }

    /// The context of a future, as an expression.
    fn context(&self) -> TokenStream {
        self.attach.clone().unwrap_or_else(|| quote!(::core::option::Option::None))
    }

    /// Reports the error in the reference `outcome`, if there is one.
    fn report(&self, outcome: &TokenStream) -> TokenStream {
        if Kind::of(&self.function.sig) == Kind::Never {
            return TokenStream::new();
        }
        let private = &self.private;
        // If the error's type does not fit, the compiler points at the return type, where the program names it.
        let at = Span::mixed_site().located_at(self.output_span());
        let level = match &self.args.level {
            Some(level) => quote!(#private::Level::#level),
            None => quote!(#private::Level::Error),
        };
        let every = quote!(|_| true);
        match (&self.args.only_if, &self.args.level) {
            (None, None) => quote_spanned! {at=> {
                #[allow(unused_imports, reason = "needed only where no `Result` is returned")]
                use #private::LeavingWithoutError as _;
                #private::Leaving(#outcome).report(#level);
            }},
            (Some(wanted), _) => quote_spanned!(at=> #private::report_if(#outcome, #level, #wanted);),
            (None, Some(_)) => quote_spanned!(at=> #private::report_if(#outcome, #level, #every);),
        }
    }

    /// The body as a closure that is called at once, so that `return` and `?` leave only the closure.
    fn called(&self) -> TokenStream {
        let (private, body) = (&self.private, &self.function.body);
        let output = returns::nameable(&self.function.sig.output);
        quote!(#private::once(move || -> #output #body)())
    }

    fn plain(&self) -> TokenStream {
        let (enter, called) = (self.enter(), self.called());
        let outcome = ours("outcome");
        let (mutable, report) = match self.report_by_value(&outcome) {
            Some(report) => (Some(quote!(mut)), report),
            None => (None, self.report(&quote!(&#outcome))),
        };
        quote! {
            #enter
            #[allow(clippy::redundant_closure_call, clippy::let_unit_value, reason = "the body must be able to return")]
            let #mutable #outcome = #called;
            #report
            #outcome
        }
    }

    /// Reports an error and ends the operation. The report takes the outcome and returns it, so that a function that
    /// succeeds keeps no value across a call, which saves half of its instructions.
    fn report_by_value(&self, outcome: &Ident) -> Option<TokenStream> {
        if self.args.only_if.is_some() || self.args.level.is_some() {
            return None;
        }
        let private = &self.private;
        let [operation, error] = ["operation", "error"].map(ours);
        let at = Span::mixed_site().located_at(self.output_span());
        Some(quote_spanned! {at=>
            #[allow(unused_imports, reason = "needed only where no `Result` is returned")]
            use #private::LeavingWithoutError as _;
            #[allow(clippy::unit_arg, reason = "whatever the function returns")]
            let #operation = if #private::Leaving(&#outcome).is_error() {
                let (#error, #operation) = #private::Leaving(#outcome).reported(#operation);
                #outcome = #error;
                #operation
            } else {
                #operation
            };
        })
    }

    fn never(&self) -> TokenStream {
        if self.function.sig.asyncness.is_some() {
            let body = &self.function.body;
            return self.awaited(&quote!(async move #body), &self.context());
        }
        let (enter, called) = (self.enter(), self.called());
        quote! {
            #enter
            #[allow(clippy::redundant_closure_call, reason = "the body must be able to return")]
            #called
        }
    }

    /// Awaits `future` inside the operation.
    fn awaited(&self, future: &TokenStream, context: &TokenStream) -> TokenStream {
        let (private, name) = (&self.private, &self.name);
        let [operation, body, outcome] = ["operation", "body", "outcome"].map(ours);
        let report = self.report(&quote!(#outcome));
        quote! {
            let #operation = #private::Suspended::new(#context);
            #[allow(unused_braces, reason = "those of a body that is one expression")]
            let #body = ::core::pin::pin!(#future);
            #private::in_operation(|| &#name, #operation, #body, |#outcome| {
                let _ = #outcome;
                #report
            })
            .await
        }
    }

    fn asynchronous(&self) -> TokenStream {
        let body = &self.function.body;
        let output = returns::nameable(&self.function.sig.output);
        let hint = ours("hint");
        // This code never runs. It tells the compiler the type for `?` and `return` in the body, because an `async`
        // block cannot declare one.
        let future = quote! {
            async move {
                #[allow(
                    unreachable_code, clippy::diverging_sub_expression, clippy::empty_loop,
                    clippy::let_unit_value, clippy::needless_return, reason = "never runs"
                )]
                if false {
                    let #hint: #output = loop {};
                    return #hint;
                }
                #body
            }
        };
        self.awaited(&future, &self.context())
    }

    fn future(&self) -> TokenStream {
        let (context, future) = (ours("context"), ours("future"));
        let (attach, made) = (self.context(), self.made());
        let awaited = self.awaited(&quote!(#future), &quote!(#context));
        quote! {
            let #context = #attach;
            let #future = #made;
            async move { #awaited }
        }
    }

    fn boxed_future(&self) -> TokenStream {
        let (context, future) = (ours("context"), ours("future"));
        let attach = self.context();
        let context_value = quote!(#context);
        let (made, awaited) = match only_a_boxed_block(&self.function.body) {
            // No second box is needed, because the block is awaited in the box below.
            Some(block) => (TokenStream::new(), self.awaited(&block, &context_value)),
            None => {
                let made = self.made();
                (quote!(let #future = #made;), self.awaited(&quote!(#future), &context_value))
            }
        };
        quote! {
            let #context = #attach;
            #made
            ::std::boxed::Box::pin(async move { #awaited })
        }
    }

    /// Makes the future of the body. Code of the body that runs before the future exists is in the operation too.
    fn made(&self) -> TokenStream {
        let (private, name, called) = (&self.private, &self.name, self.called());
        let operation = format_ident!("_operation", span = Span::mixed_site());
        quote! {{
            let #operation = #private::Scope::enter(&#name);
            #[allow(clippy::redundant_closure_call, reason = "the body must be able to return")]
            #called
        }}
    }
}

/// The block of a body that is only `Box::pin(async move { … })`, as `async-trait` makes it.
fn only_a_boxed_block(body: &Group) -> Option<TokenStream> {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let (TokenTree::Group(call), path) = tokens.split_last()? else { return None };
    let is_path = path.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    });
    let ends_in_pin = matches!(path.last(), Some(TokenTree::Ident(name)) if name == "pin");
    let inside: Vec<TokenTree> = call.stream().into_iter().collect();
    let [TokenTree::Ident(first), TokenTree::Ident(second), TokenTree::Group(block)] = inside.as_slice()
    else {
        return None;
    };
    let is_block = first == "async" && second == "move" && block.delimiter() == Delimiter::Brace;
    (is_path && ends_in_pin && is_block).then(|| call.stream())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_future_is_not_inlined_unless_it_says_so() {
        for (text, expected) in [
            ("fn f() -> Result<(), E> { g() }", true),
            ("#[must_use] pub fn f() -> u8 { 1 }", true),
            ("fn f() -> ! { loop {} }", true),
            ("#[inline] fn f() -> Result<(), E> { g() }", false),
            ("#[inline(always)] fn f() {}", false),
            ("#[cfg_attr(test, inline)] fn f() {}", false),
            ("async fn f() -> Result<(), E> { g() }", false),
            ("async fn f() -> ! { loop {} }", false),
            ("fn f() -> impl Future<Output = ()> { g() }", false),
        ] {
            let function: Function = syn::parse_str(text).unwrap();
            let args: Args = syn::parse_str("").unwrap();
            let expanded = expand(&args, &function).unwrap().to_string().replace(' ', "");
            assert_eq!(expanded.contains("#[inline(never)]"), expected, "{text}: {expanded}");
        }
    }
}
