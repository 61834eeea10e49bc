//! Looks up the names of addresses. Runs on a thread of the library, never on the program's, because it reads debug
//! information.

use std::ops::Range;

use crawl4ai_telemetry_core::__private::innermost_own;
use crawl4ai_telemetry_core::sanitize::FramePlace;
use crawl4ai_telemetry_core::{Kind, RawFrame, RawImage};
use findshlibs::{SharedLibrary, TargetSharedLibrary};

use super::printed::{Printed, parse};
use super::reporter;
use super::stack::Stack;
use super::symbol_table::name_compiled;
use crate::environment::is_address_space_scarce;

/// Frames with names, and the modules that their addresses are relative to.
#[derive(Default)]
pub(crate) struct Resolved {
    pub(crate) frames: Vec<RawFrame>,
    pub(crate) images: Vec<RawImage>,
    /// The frames of the place of capture, if `frames` come from the error itself.
    pub(crate) captured: Vec<RawFrame>,
    /// The indices of the frames that are the outermost function of an address.
    outermost: Vec<usize>,
}

impl Resolved {
    /// Names the functions that others were inlined into as the program's symbol table does. A fingerprint is made of
    /// such names, because there is always time for them.
    fn with_compiled_names(mut self) -> Self {
        if !is_address_space_scarce() {
            name_compiled(&mut self.frames, &self.images, &self.outermost);
        }
        self
    }

    fn carried(text: &str, captured: Vec<RawFrame>) -> Self {
        let frames = parse(text).into_iter().map(reporter::marked).collect();
        Self { frames, captured, ..Self::default() }
    }
}

/// Looks up every frame of a stack. If address space is scarce, frames keep only their addresses.
pub(crate) fn resolve(stack: &Stack) -> Resolved {
    if is_address_space_scarce() {
        return leave(stack);
    }
    match stack {
        Stack::Addresses(addresses) => resolve_addresses(addresses, look_up).with_compiled_names(),
        Stack::Unoptimized(addresses, backtrace) => {
            let printed = Printed::read(&format!("{backtrace:#}"));
            resolve_addresses(addresses, |address, each| printed.look_up(address, each)).with_compiled_names()
        }
        Stack::Carried(text, here) => Resolved::carried(text, own_place(here)),
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

/// Makes frames that get their names later. The place of capture of an error that carries its own stack gets its name
/// now, because later the frames have names and no address tells that place.
pub(crate) fn leave_for_later(stack: &Stack) -> Resolved {
    if matches!(stack, Stack::Carried(..)) { leave_in_time(stack) } else { leave(stack) }
}

/// Makes frames for a capture whose time is up. Functions are named by the program's symbol table, which takes
/// milliseconds, because the program's own function is a part of the bug's fingerprint.
pub(crate) fn leave_in_time(stack: &Stack) -> Resolved {
    match stack {
        Stack::Carried(text, here) => Resolved::carried(text, own_place(here)),
        Stack::Addresses(_) | Stack::Unoptimized(..) | Stack::Given => leave(stack).with_compiled_names(),
    }
}

/// The place of capture of an error that carries its own stack: the frames from the function on that counts for the
/// fingerprint. There need be no time for debug information.
fn own_place(here: &Stack) -> Vec<RawFrame> {
    let Resolved { mut frames, .. } = leave(here).with_compiled_names();
    if frames.iter().all(|frame| frame.function.is_none()) && !is_address_space_scarce() {
        // There is no table, so that nothing else has names.
        return resolve(here).frames;
    }
    let names: Vec<&str> = frames.iter().map(|frame| frame.function.as_deref().unwrap_or_default()).collect();
    match innermost_own(&names) {
        Some(own) => frames.split_off(own),
        // One frame that names nothing still says that the error's own stack was taken elsewhere.
        None => vec![RawFrame::default()],
    }
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
    let mut outermost = Vec::with_capacity(addresses.len());
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
                frames.push(RawFrame { image, address, ..reporter::marked(named) });
            });
        }
        if frames.len() == before && place.is_some() {
            frames.push(frame());
        }
        if frames.len() > before {
            outermost.push(frames.len() - 1);
        }
    }
    Resolved { frames, images: used.images, captured: Vec::new(), outermost }
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
            look_up(address + usize::from(place.is_exact), &mut |named| found.push(reporter::marked(named)));
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
mod tests;
