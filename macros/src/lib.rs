//! The `#[telemetry]` attribute, which `crawl4ai-telemetry` re-exports. Use it from there.

mod args;
mod expand;
mod function;
mod returns;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;

use args::Args;
use function::Function;

/// The arguments name the operation, the values that it attaches, and the errors that it reports:
///
/// | argument | meaning |
/// |---|---|
/// | `operation = "name"` | the operation's name, a text in quotes; by default the function's name |
/// | `context(a, b, key = expr)` | the values that every report from inside carries; none by default |
/// | `if = \|error\| …` | reports only errors for which this is true; gets a reference to the error |
/// | `level = "warning"` | `"info"`, `"warning"`, `"error"` (the default) or `"fatal"` |
/// | `crate = path` | the path of this library, when it is renamed or re-exported |
///
/// # Where it can be used
///
/// It can be used on functions and methods, also generic ones and those of trait implementations; on `async fn`, on
/// functions that return `impl Future` or a boxed one, and on methods below `#[async_trait]`. It may be above or below
/// `#[tokio::main]` and similar attributes. It cannot be used on `const` and `extern` functions.
///
/// The return type decides what is reported. Of a `Result`, the errors are reported; they must be `Capturable` and,
/// like everything that can be reported, borrow nothing. Of any other type, nothing is reported. The operation is
/// opened in both cases. The return value, the error, and whether a future is `Send` stay as they are.
///
/// An error that crosses several annotated functions becomes one report, made where it leaves the first of them, with
/// the operations around it: `crawl > extract`. An error that `if` refuses in one function may be reported by the next
/// annotated function that it leaves.
///
/// # What is attached
///
/// `context(retries)` copies the argument before the body runs, and only while a telemetry is installed. It takes
/// numbers, booleans, texts, paths, durations, lists and options of those, and everything that converts into a `Value`.
/// The sanitizer cleans every value by its key and its content. Reports carry the context of all open operations. If
/// two of them use the same key, the outer one's key is prefixed with its operation, as in `crawl.retries`.
///
/// # What it costs
///
/// A function that returns `Ok` costs about fifteen instructions more and no allocation, whether or not a telemetry is
/// installed. While one is installed, `context(…)` adds the cost of the copies.
///
/// A function that is no future is not inlined, so that it has its name on the stack and its errors are bugs of their own,
/// also without debug information. With `#[inline]` of its own it may be.
///
/// # What it expands to
///
/// ```text
/// #[inline(never)]
/// fn extract(html: &str, retries: u32) -> Result<String, ExtractError> {
///     let operation = __private::AttachedScope::enter(&"extract", __private::attach(|context| {
///         __private::put(context, "retries", &retries);
///     }));
///     let outcome =
///         __private::once(move || -> Result<String, ExtractError> { /* the body, as it was written */ })();
///     __private::report_if(&outcome, Level::Error, |error| !error.is_expected());
///     outcome
/// }
///
/// async fn crawl(url: &str, retries: u32) -> anyhow::Result<String> {
///     let operation = __private::Suspended::new(None);
///     let body = pin!(async move { /* the body, as it was written */ });
///     // Opens the operation for each poll, on whatever thread it runs.
///     __private::in_operation(|| &"crawl", operation, body, |outcome| {
///         __private::Leaving(outcome).report(Level::Error);
///     })
///     .await
/// }
/// ```
///
/// The body is not parsed, so that editors can complete code in a half-typed body.
#[proc_macro_attribute]
pub fn telemetry(args: TokenStream, item: TokenStream) -> TokenStream {
    let kept = TokenStream2::from(item.clone());
    let expanded = syn::parse::<Args>(args)
        .and_then(|args| syn::parse::<Function>(item).and_then(|function| expand::expand(&args, &function)));
    let tokens = expanded.unwrap_or_else(|error| {
        // The item is kept, so that one mistake here does not cause a hundred unknown names elsewhere.
        let error = error.into_compile_error();
        quote::quote!(#error #kept)
    });
    tokens.into()
}
