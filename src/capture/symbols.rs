//! From addresses to names: reads debug information, so it runs on a thread of ours, never on the program's.

use std::ops::Range;

use crawl4ai_telemetry_core::{RawFrame, RawImage};
use findshlibs::{SharedLibrary, TargetSharedLibrary};

use super::stack::Stack;

/// Frames with names, and the modules that their addresses are relative to.
#[derive(Default)]
pub(crate) struct Resolved {
    pub(crate) frames: Vec<RawFrame>,
    pub(crate) images: Vec<RawImage>,
}

/// Looks up every frame of a stack.
pub(crate) fn resolve(stack: &Stack) -> Resolved {
    resolve_with(stack, look_up)
}

/// The frames of a stack by their addresses only, unless the stack is a text.
pub(crate) fn leave(stack: &Stack) -> Resolved {
    resolve_with(stack, |_, _| {})
}

/// What finds the functions of an address.
type LookUp = fn(usize, &mut dyn FnMut(&backtrace::Symbol));

fn look_up(address: usize, each: &mut dyn FnMut(&backtrace::Symbol)) {
    backtrace::resolve(std::ptr::without_provenance_mut(address), each);
}

fn resolve_with(stack: &Stack, look_up: LookUp) -> Resolved {
    match stack {
        Stack::Addresses(addresses) => resolve_addresses(addresses, look_up),
        Stack::Text(text) => Resolved { frames: parse(text), images: Vec::new() },
    }
}

fn resolve_addresses(addresses: &[usize], look_up: LookUp) -> Resolved {
    if addresses.is_empty() {
        return Resolved::default();
    }
    let modules = Modules::loaded();
    let mut used = Used::default();
    let mut frames = Vec::with_capacity(addresses.len());
    for address in addresses {
        let place = modules.find(*address).map(|(at, module)| {
            (used.index(at, module), (*address as u64).wrapping_sub(module.span.start as u64))
        });
        let frame = || RawFrame {
            image: place.map(|(image, _)| image),
            address: place.map(|(_, relative)| relative),
            ..RawFrame::default()
        };
        let before = frames.len();
        // One address may stand for several functions that were inlined into each other.
        look_up(*address, &mut |symbol| {
            frames.push(RawFrame {
                function: symbol.name().map(|name| name.to_string()),
                file: symbol.filename().map(|file| file.to_string_lossy().into_owned()),
                line: symbol.lineno(),
                ..frame()
            });
        });
        if frames.len() == before && place.is_some() {
            frames.push(frame());
        }
    }
    Resolved { frames, images: used.images }
}

/// What is loaded into this process.
struct Modules(Vec<Module>);

struct Module {
    span: Range<usize>,
    image: RawImage,
}

impl Modules {
    fn loaded() -> Self {
        let mut modules = Vec::new();
        TargetSharedLibrary::each(|library| {
            let start = library.actual_load_addr().0;
            let image = RawImage {
                path: library.name().to_string_lossy().into_owned(),
                build_id: library.id().map(|id| id.to_string().replace('-', "").to_ascii_lowercase()),
                size: library.len() as u64,
            };
            modules.push(Module { span: start..start.saturating_add(library.len()), image });
        });
        Self(modules)
    }

    fn find(&self, address: usize) -> Option<(usize, &Module)> {
        self.0.iter().enumerate().find(|(_, module)| module.span.contains(&address))
    }
}

/// The modules that a stack touches, in the order in which it does.
#[derive(Default)]
struct Used {
    of: Vec<usize>,
    images: Vec<RawImage>,
}

impl Used {
    fn index(&mut self, at: usize, module: &Module) -> usize {
        self.of.iter().position(|known| *known == at).unwrap_or_else(|| {
            self.of.push(at);
            self.images.push(module.image.clone());
            self.of.len() - 1
        })
    }
}

/// Reads what `std::backtrace::Backtrace` prints: `  3: tool::fetch` and below it `at src/main.rs:7:5`.
fn parse(text: &str) -> Vec<RawFrame> {
    let mut frames: Vec<RawFrame> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(place) = line.strip_prefix("at ") {
            let Some(frame) = frames.last_mut() else { continue };
            // From the right: a Windows path has a colon of its own.
            let mut parts = place.rsplitn(3, ':');
            let (_column, line, file) = (parts.next(), parts.next(), parts.next());
            frame.line = line.and_then(|n| n.parse().ok());
            frame.file = file.map(str::to_owned);
        } else if let Some((number, name)) = line.split_once(": ")
            && !number.is_empty()
            && number.bytes().all(|b| b.is_ascii_digit())
        {
            frames.push(RawFrame { function: Some(name.to_owned()), ..RawFrame::default() });
        }
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_is_on_its_own_stack() {
        let resolved = resolve(&Stack::here());
        let own = resolved
            .frames
            .iter()
            .find(|f| f.function.as_deref().is_some_and(|n| n.contains("this_test_is_on_its_own_stack")))
            .expect("the test's own frame");
        assert!(own.file.as_deref().is_some_and(|f| f.ends_with("symbols.rs")));
        let image = &resolved.images[own.image.expect("its module")];
        assert!(own.address.expect("its address") < image.size);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_module_has_the_build_id_that_the_linker_wrote() {
        let resolved = resolve(&Stack::here());
        let ids: Vec<_> = resolved.images.iter().filter_map(|i| i.build_id.as_deref()).collect();
        assert!(ids.iter().any(|id| id.len() >= 16 && id.bytes().all(|b| b.is_ascii_hexdigit())), "{ids:?}");
    }

    #[test]
    fn the_text_of_a_std_backtrace_is_understood() {
        let text = std::backtrace::Backtrace::force_capture().to_string();
        let frames = parse(&text);
        let own = frames
            .iter()
            .find(|f| f.function.as_deref().is_some_and(|n| n.contains("the_text_of_a_std_backtrace")))
            .expect("the test's own frame");
        assert!(own.file.as_deref().is_some_and(|f| f.ends_with("symbols.rs")), "{own:?}");
        assert!(own.line.is_some());
    }

    #[test]
    fn texts_that_are_no_backtrace_give_no_frames() {
        for text in ["", "disabled backtrace", "at nowhere:1:2", "a: b", "\u{0}\n: \n"] {
            assert!(parse(text).is_empty(), "{text:?}");
        }
        assert_eq!(parse("0: f\n at C:\\x\\a.rs:7:9")[0].file.as_deref(), Some("C:\\x\\a.rs"));
    }
}
