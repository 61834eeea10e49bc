//! Looks up the names of addresses. Runs on a thread of the library, never on the program's, because it reads debug
//! information.

use std::ops::Range;

use crawl4ai_telemetry_core::sanitize::FramePlace;
use crawl4ai_telemetry_core::{Kind, RawFrame, RawImage};
use findshlibs::{SharedLibrary, TargetSharedLibrary};

use super::printed::{Printed, parse};
use super::stack::Stack;
use super::symbol_table::SymbolTable;
use crate::environment::is_address_space_scarce;

/// Frames with names, and the modules that their addresses are relative to.
#[derive(Default)]
pub(crate) struct Resolved {
    pub(crate) frames: Vec<RawFrame>,
    pub(crate) images: Vec<RawImage>,
    /// The frames of the place of capture, if `frames` come from the error itself.
    pub(crate) captured: Vec<RawFrame>,
}

impl Resolved {
    fn carried(text: &str, captured: Vec<RawFrame>) -> Self {
        Self { frames: parse(text), images: Vec::new(), captured }
    }
}

/// Looks up every frame of a stack. If address space is scarce, frames keep only their addresses.
pub(crate) fn resolve(stack: &Stack) -> Resolved {
    if is_address_space_scarce() {
        return leave(stack);
    }
    match stack {
        Stack::Addresses(addresses) => resolve_addresses(addresses, look_up),
        Stack::Unoptimized(addresses, backtrace) => {
            let printed = Printed::read(&format!("{backtrace:#}"));
            resolve_addresses(addresses, |address, each| printed.look_up(address, each))
        }
        Stack::Carried(text, here) => Resolved::carried(text, resolve(here).frames),
        Stack::Given => Resolved::default(),
    }
}

/// Makes frames that have only addresses. A printed stack keeps its names.
pub(crate) fn leave(stack: &Stack) -> Resolved {
    match stack {
        Stack::Addresses(addresses) | Stack::Unoptimized(addresses, _) => {
            resolve_addresses(addresses, |_, _| {})
        }
        Stack::Carried(text, here) => Resolved::carried(text, leave(here).frames),
        Stack::Given => Resolved::default(),
    }
}

/// Makes frames for a capture whose time is up. Of a printed stack, the place of capture is named by the program's symbol
/// table, which takes milliseconds, because that place is a part of the bug's fingerprint.
pub(crate) fn leave_in_time(stack: &Stack) -> Resolved {
    match stack {
        Stack::Carried(text, here) if !is_address_space_scarce() => {
            Resolved::carried(text, named_by_table(leave(here)))
        }
        Stack::Addresses(_) | Stack::Unoptimized(..) | Stack::Carried(..) | Stack::Given => leave(stack),
    }
}

fn named_by_table(nameless: Resolved) -> Vec<RawFrame> {
    let Resolved { frames, images, .. } = nameless;
    let Some(table) = SymbolTable::of_this_program() else { return frames };
    let build_of = |frame: &RawFrame| images.get(frame.image?)?.build_id.as_deref();
    let place = |frame: &RawFrame| FramePlace {
        build_id: build_of(frame).unwrap_or_default(),
        address: frame.address.unwrap_or_default(),
        is_exact: false,
    };
    let functions = table.look_up(&frames.iter().map(place).collect::<Vec<_>>());
    let name = |(frame, functions): (RawFrame, Vec<RawFrame>)| {
        let function = functions.into_iter().next().and_then(|named| named.function);
        RawFrame { function, ..frame }
    };
    frames.into_iter().zip(functions).map(name).collect()
}

/// Calls `each` with the functions of an address, the innermost first if some were inlined.
fn look_up(address: usize, each: &mut dyn FnMut(RawFrame)) {
    backtrace::resolve(std::ptr::without_provenance_mut(address), |symbol| {
        each(RawFrame {
            function: symbol.name().map(|name| name.to_string()),
            file: symbol.filename().map(|file| file.to_string_lossy().into_owned()),
            line: symbol.lineno(),
            ..RawFrame::default()
        });
    });
}

fn resolve_addresses(addresses: &[usize], look_up: impl Fn(usize, &mut dyn FnMut(RawFrame))) -> Resolved {
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
        if modules.find(*address).is_none_or(|(_, module)| !module.is_runtime()) {
            // One address may stand for several functions that were inlined into each other.
            look_up(*address, &mut |named| {
                let RawFrame { image, address, .. } = frame();
                frames.push(RawFrame { image, address, ..named });
            });
        }
        if frames.len() == before && place.is_some() {
            frames.push(frame());
        }
    }
    Resolved { frames, images: used.images, captured: Vec::new() }
}

/// The modules of this process, for looking up addresses that an earlier run stored.
pub(crate) struct LoadedModules(Modules);

impl LoadedModules {
    pub(crate) fn look() -> Self {
        Self(Modules::loaded())
    }

    /// The functions at a place; none if no module of the same build is loaded.
    pub(crate) fn look_up(&self, place: &FramePlace<'_>, kind: Kind) -> Vec<RawFrame> {
        let mut found = Vec::new();
        let of_build = |module: &&Module| module.image.build_id.as_deref() == Some(place.build_id);
        // The functions of a crash by signal are named even in [`RUNTIME`] libraries, because the crash may have
        // happened there.
        let named = |module: &&Module| kind == Kind::Signal || !module.is_runtime();
        let module = self.0.0.iter().find(of_build).filter(named);
        let address = module.and_then(|module| {
            let address = module.span.start.checked_add(usize::try_from(place.address).ok()?)?;
            module.span.contains(&address).then_some(address)
        });
        if let Some(address) = address.filter(|_| !is_address_space_scarce()) {
            // The lookup subtracts one, because a return address points behind its call. So one is added to an exact
            // address first.
            look_up(address + usize::from(place.is_exact), &mut |named| found.push(named));
        }
        found
    }
}

/// The modules that are loaded into this process.
struct Modules(Vec<Module>);

struct Module {
    span: Range<usize>,
    image: RawImage,
}

/// Libraries that every program on Linux uses. They start the program and its threads, so their frames say nothing
/// about it.
const RUNTIME: &[&str] =
    &["libc.so", "libc-", "libc.musl", "ld-linux", "ld-musl", "libpthread", "libgcc_s.so"];

impl Module {
    /// Is it one of [`RUNTIME`]? The frames of these libraries get no names. Their debug information, where it is
    /// installed, takes four times as long to read as that of a small program, and stays in memory.
    fn is_runtime(&self) -> bool {
        let file = self.image.path.rsplit('/').next().unwrap_or_default();
        RUNTIME.iter().any(|name| file.starts_with(name))
    }
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

/// The modules that the frames of a stack lie in, in the order of the frames.
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

    /// Otherwise the fingerprint of an error with its own stack would differ where there is no time.
    #[test]
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    fn in_time_the_place_of_capture_has_its_name() {
        let resolved = leave_in_time(&Stack::Carried("0: tool::main".to_owned(), Box::new(Stack::here())));
        assert_eq!(resolved.frames.len(), 1);
        let names: Vec<_> = resolved.captured.iter().filter_map(|frame| frame.function.as_deref()).collect();
        assert!(names.iter().any(|name| name.contains("in_time_the_place_of_capture")), "{names:?}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_module_has_the_build_id_that_the_linker_wrote() {
        let resolved = resolve(&Stack::here());
        let ids: Vec<_> = resolved.images.iter().filter_map(|i| i.build_id.as_deref()).collect();
        assert!(ids.iter().any(|id| id.len() >= 16 && id.bytes().all(|b| b.is_ascii_hexdigit())), "{ids:?}");
    }
}
