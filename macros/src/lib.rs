//! The `#[telemetry]` attribute of `crawl4ai-telemetry`, which re-exports it. Nothing else is for use.

mod args;
mod expand;
mod function;
mod returns;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;

use args::Args;
use function::Function;

/// The arguments say what the operation is called, what it attaches and what it reports:
///
/// | argument | meaning |
/// |---|---|
/// | `operation = "name"` | the operation's name, a text in quotes; the function's name unless given |
/// | `context(a, b, key = expr)` | what every report from inside carries. Nothing is attached by default |
/// | `if = \|error\| …` | reports only errors for which this is true; gets a reference to the error |
/// | `level = "warning"` | `"info"`, `"warning"`, `"error"` (unless given) or `"fatal"` |
/// | `crate = path` | where this library is, when it is renamed or re-exported |
///
/// # Where it goes
///
/// On functions and methods, also generic ones and those of trait implementations; on `async fn`, on functions
/// that return `impl Future` or a boxed one, and on methods beneath `#[async_trait]`. With `#[tokio::main]` and
/// its like on the same function, either may stand above the other. Not on `const` and `extern` functions.
///
/// What a function returns decides what is reported: errors of a `Result` (which must be `Capturable`, and, like
/// everything that can be reported, borrow nothing), and nothing of any other type; the operation is opened either
/// way. The return value, the error, and whether a future is `Send` stay as they are.
///
/// An error that crosses several annotated functions is one report, made where it leaves the first of them, with
/// the operations around it: `crawl > extract`. What `if` refuses in one function, the next one out may report.
///
/// # What is attached
///
/// `context(retries)` copies the argument before the body runs, and only while a telemetry is installed; numbers,
/// booleans, texts, paths, durations and lists and options of those, and whatever converts into a `Value`. Every
/// value passes the sanitizer, by its key and by what it says. Reports carry the context of all operations that are open; where
/// two use one key, the outer one's gets its operation in front, `crawl.retries`.
///
/// # What it costs
///
/// On a function that returns `Ok`: some fifteen instructions, and no allocation, whether or not a telemetry is
/// installed; `context(…)` adds what the copies cost while one is.
///
/// # What it expands to
///
/// ```text
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
/// The body stays a list of tokens, so that editors complete in a body that is half typed.
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
