//! Names functions by the symbol table of the program's own file. There is always time for it, so that the names that
//! count for fingerprints are taken from it.

use crawl4ai_telemetry_core::sanitize::FramePlace;
use crawl4ai_telemetry_core::{RawFrame, RawImage};
use crawl4ai_telemetry_words::Program;
use rustc_demangle::demangle;

/// The symbol table of the running program.
pub(crate) struct SymbolTable {
    program: Program,
    build_id: String,
}

impl SymbolTable {
    /// Returns `None` if the program's file cannot be read, or has no build id that distinguishes it from another
    /// build.
    pub(crate) fn of_this_program() -> Option<Self> {
        let program = Program::running().ok()?;
        let build_id = program.build_id().ok()?;
        Some(Self { program, build_id })
    }

    /// The function that the table names for each place, without functions that were inlined into it.
    pub(crate) fn look_up(&self, places: &[FramePlace<'_>]) -> Vec<Vec<RawFrame>> {
        let own = |place: &&FramePlace<'_>| place.build_id == self.build_id;
        // A return address points behind its call, so one is subtracted.
        let inside = |place: &FramePlace<'_>| place.address.saturating_sub(u64::from(!place.is_exact));
        let addresses: Vec<u64> = places.iter().filter(own).map(inside).collect();
        let mut names = self.program.functions(&addresses).unwrap_or_default().into_iter();
        let mut named = |place: &FramePlace<'_>| {
            let name = (place.build_id == self.build_id).then(|| names.next()).flatten().flatten();
            name.map(|name| RawFrame { function: Some(demangle(&name).to_string()), ..RawFrame::default() })
        };
        places.iter().map(|place| named(place).into_iter().collect()).collect()
    }

    /// Gives the outermost function of each place the name that the table has for it. Line tables name it without its
    /// path.
    pub(crate) fn rename<'a>(
        &self,
        places: &[FramePlace<'_>],
        outermost: impl Iterator<Item = Option<&'a mut RawFrame>>,
    ) {
        for (outermost, known) in outermost.zip(self.look_up(places)) {
            if let (Some(outermost), Some(known)) = (outermost, known.into_iter().next()) {
                outermost.function = known.function;
            }
        }
    }
}

/// Names frames of this run as [`SymbolTable::rename`] does. `outermost` are the indices, in order, of the frames that
/// are the outermost function of an address.
pub(super) fn name_compiled(frames: &mut [RawFrame], images: &[RawImage], outermost: &[usize]) {
    // Without a build id the program cannot be told from its libraries, and its file is not read.
    if images.iter().all(|image| image.build_id.is_none()) {
        return;
    }
    let Some(table) = SymbolTable::of_this_program() else { return };
    let build_of = |frame: &RawFrame| images.get(frame.image?)?.build_id.as_deref();
    let place = |frame: &RawFrame| FramePlace {
        build_id: build_of(frame).unwrap_or_default(),
        address: frame.address.unwrap_or_default(),
        is_exact: false,
    };
    let places: Vec<_> = outermost.iter().filter_map(|at| frames.get(*at)).map(place).collect();
    let compiled = frames.iter_mut().enumerate().filter(|(at, _)| outermost.binary_search(at).is_ok());
    table.rename(&places, compiled.map(|(_, frame)| Some(frame)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::stack::Stack;
    use crate::capture::symbols::{LoadedModules, leave};
    use crawl4ai_telemetry_core::Kind;

    /// The table gives a function the same name as debug information does, so that a bug has the same fingerprint with
    /// either.
    #[test]
    #[cfg(all(target_os = "linux", target_pointer_width = "64"))]
    fn it_names_what_debug_information_names() {
        let stack = Stack::here();
        let table = SymbolTable::of_this_program().unwrap();
        let nameless = leave(&stack);
        let build_of = |frame: &RawFrame| nameless.images[frame.image?].build_id.as_deref();
        let place = |frame: &RawFrame| {
            let (build_id, address) = (build_of(frame).unwrap_or("none"), frame.address.unwrap_or_default());
            FramePlace { build_id, address, is_exact: false }
        };
        let places: Vec<FramePlace<'_>> = nameless.frames.iter().map(place).collect();
        let modules = LoadedModules::look();
        let mut compared = 0;
        for (place, found) in places.iter().zip(table.look_up(&places)) {
            // The table knows only the outermost of functions that were inlined into each other.
            let outermost = modules.look_up(place, Kind::Error).pop();
            if let ([known], Some(outermost)) = (found.as_slice(), outermost) {
                assert_eq!(known.function, outermost.function);
                compared += 1;
            }
        }
        assert!(compared > 5, "{compared} of {}", nameless.frames.len());
        let other = FramePlace { build_id: "0123456789abcdef", ..places[0] };
        assert!(table.look_up(&[other]).concat().is_empty(), "of another build nothing is known");
    }
}
