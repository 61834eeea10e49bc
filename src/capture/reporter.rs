//! The reporter's own functions where line tables name them without their paths. A program that takes the reporter from
//! a folder beside it has its files among its own.

use crawl4ai_telemetry_core::RawFrame;

/// Puts the path before the name of a function of the reporter that was inlined, so that it is not taken for the
/// program's.
pub(super) fn marked(mut frame: RawFrame) -> RawFrame {
    if let (Some(function), Some(file)) = (&mut frame.function, &frame.file)
        && is_bare(function)
        && is_below(file, root(file!()))
    {
        function.insert_str(0, concat!(env!("CARGO_CRATE_NAME"), "::"));
    }
    frame
}

/// Has the name no path? Its generic arguments have one even so: `run<tool::Page>`.
fn is_bare(function: &str) -> bool {
    function.split('<').next().is_some_and(|name| !name.is_empty() && !name.contains("::"))
}

/// The folder of the reporter's package, as the compiler was told it: absolute, or relative to the workspace. It is
/// empty if the package is the workspace itself.
fn root(this: &str) -> &str {
    let this = this.strip_suffix("reporter.rs").unwrap_or_default();
    this.trim_end_matches(['/', '\\'])
        .strip_suffix("capture")
        .map_or("", |src| src.trim_end_matches(['/', '\\']).strip_suffix("src").unwrap_or_default())
}

/// Is this file in the `src` folder of the package?
fn is_below(file: &str, root: &str) -> bool {
    if root.is_empty() {
        return false;
    }
    let (file, source) = (file.replace('\\', "/"), format!("{}src/", root.replace('\\', "/")));
    let inside = file.find(&source).and_then(|at| file.get(..at));
    // Debug information puts the folder of the workspace before a relative path.
    inside.is_some_and(|before| before.is_empty() || before.ends_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_package_are_the_reporters() {
        for (this, file, expected) in [
            ("/home/ada/telemetry/src/capture/reporter.rs", "/home/ada/telemetry/src/api/run.rs", true),
            (
                "/home/ada/telemetry/src/capture/reporter.rs",
                "/home/ada/telemetry/tests/host/src/main.rs",
                false,
            ),
            ("/home/ada/telemetry/src/capture/reporter.rs", "/home/ada/tool/src/main.rs", false),
            (
                "vendor/telemetry/src/capture/reporter.rs",
                "/home/ada/tool/vendor/telemetry/src/api/run.rs",
                true,
            ),
            ("vendor/telemetry/src/capture/reporter.rs", "vendor/telemetry/src/api/run.rs", true),
            (
                "vendor/telemetry/src/capture/reporter.rs",
                "/home/ada/of-vendor/telemetry/src/api/run.rs",
                false,
            ),
            (r"C:\telemetry\src\capture\reporter.rs", r"C:\telemetry\src\api\run.rs", true),
            ("src/capture/reporter.rs", "/home/ada/tool/src/main.rs", false),
        ] {
            assert_eq!(is_below(file, root(this)), expected, "{this} {file}");
        }
        for (function, expected) in
            [("run", true), ("run<tool::Page>", true), ("tool::run", false), ("<tool::Page>::run", false)]
        {
            assert_eq!(is_bare(function), expected, "{function}");
        }
    }
}
