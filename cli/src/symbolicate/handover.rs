//! Finds the place where a program passed an error to the library, in a stack that begins inside the library.
//!
//! A program with names records this place itself, but the report of a stripped one begins with the library's own
//! frames. The frames can be recognized by their names if the debug information has paths. Line tables alone have none.

use crawl4ai_telemetry_core::RawFrame;

use super::debug_file::Found;

/// The first frame after the library's own frames that belongs neither to the library nor to a dependency.
pub(super) fn handed_over(found: &[Found]) -> Option<(String, u32)> {
    let mut was_inside = false;
    for address in found {
        let outermost = address.functions.len().saturating_sub(1);
        for (at, function) in address.functions.iter().enumerate() {
            let symbol = address.symbol.as_deref().filter(|_| at == outermost);
            if is_library(function, symbol) {
                was_inside = true;
            } else if !is_dependency(function) {
                return was_inside.then(|| function.file.clone().zip(function.line)).flatten();
            }
        }
    }
    None
}

/// Whether this is a function of the library. Its functions that take errors of the program have the library's types in
/// their names.
fn is_library(function: &RawFrame, symbol: Option<&str>) -> bool {
    let names = [function.function.as_deref(), symbol].into_iter().flatten();
    let file = function.file.as_deref().unwrap_or_default().replace('\\', "/");
    names.into_iter().any(|name| name.contains("crawl4ai_telemetry::"))
        || file.contains("/crawl4ai-telemetry-")
}

/// Whether the source belongs to the standard library or to a package, or is unknown.
fn is_dependency(function: &RawFrame) -> bool {
    let Some(file) = function.file.as_deref() else { return true };
    let file = file.replace('\\', "/");
    ["/rustc/", "/rustlib/src/", "/registry/src/", "/git/checkouts/"].iter().any(|place| file.contains(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(functions: &[(&str, &str)], symbol: &str) -> Found {
        let frame = |(name, file): &(&str, &str)| RawFrame {
            function: Some((*name).to_owned()),
            file: Some((*file).to_owned()),
            line: Some(7),
            ..RawFrame::default()
        };
        Found { functions: functions.iter().map(frame).collect(), symbol: Some(symbol.to_owned()) }
    }

    #[test]
    fn the_place_is_the_first_of_the_program_behind_the_library() {
        let place = |file: &str| Some((file.to_owned(), 7));
        let here =
            found(&[("here", "/w/src/capture/stack.rs")], "crawl4ai_telemetry::capture::stack::Stack::here");
        let of_package =
            found(&[("here", "/r/registry/src/i/crawl4ai-telemetry-1.0.0/src/capture/stack.rs")], "");
        let std =
            found(&[("call_once<fn()>", "/rustc/0/library/core/src/ops/function.rs")], "core::call_once");
        let inlined = found(
            &[
                ("capture<crawl4ai_telemetry::ByError, tool::Error>", "/w/src/api/mod.rs"),
                ("fetch", "/home/ada/tool/src/fetch.rs"),
            ],
            "tool::fetch",
        );
        let main = found(&[("main", "/home/ada/tool/src/main.rs")], "tool::main");
        let run =
            found(&[("main", "src/main.rs"), ("run<crawl4ai_telemetry::Guard>", "/w/src/api/run.rs")], "run");
        for (stack, expected) in [
            (
                vec![std.clone(), here.clone(), std.clone(), inlined.clone(), main.clone()],
                place("/home/ada/tool/src/fetch.rs"),
            ),
            (vec![of_package, std.clone(), main.clone()], place("/home/ada/tool/src/main.rs")),
            (vec![here.clone(), run.clone()], place("src/main.rs")),
            // A stack that begins with the program is not cut.
            (vec![main, inlined], None),
            (vec![run], None),
            (vec![here, std], None),
            (Vec::new(), None),
        ] {
            assert_eq!(handed_over(&stack), expected);
        }
    }
}
