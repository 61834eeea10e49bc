//! The `#[telemetry]` attribute of `crawl4ai-telemetry`, which re-exports it. Nothing else is for use.

mod args;
mod expand;
mod function;
mod returns;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;

use args::Args;
use function::Function;

/// Makes a function an operation: the errors that leave it are reported, and the panics in it carry its name.
#[proc_macro_attribute]
pub fn telemetry(args: TokenStream, item: TokenStream) -> TokenStream {
    let kept = TokenStream2::from(item.clone());
    let expanded = syn::parse::<Args>(args)
        .and_then(|args| syn::parse::<Function>(item).and_then(|function| expand::expand(&args, &function)));
    let tokens = expanded.unwrap_or_else(|error| {
        // The item stays, so that one mistake here is not a hundred names that cannot be found elsewhere.
        let error = error.into_compile_error();
        quote::quote!(#error #kept)
    });
    tokens.into()
}
