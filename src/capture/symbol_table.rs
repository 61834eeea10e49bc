//! Names functions by the symbol table of the program's own file, for when there is no time to read debug information.

use crawl4ai_telemetry_core::RawFrame;
use crawl4ai_telemetry_core::sanitize::FramePlace;
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::stack::Stack;
    use crate::capture::symbols::{leave, resolve};

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
        let named = resolve(&stack).frames;
        let mut compared = 0;
        for (frame, found) in nameless.frames.iter().zip(table.look_up(&places)) {
            // The table knows only the outermost of functions that were inlined into each other.
            let outermost = named.iter().rfind(|named| named.address == frame.address).unwrap();
            // The innermost frames belong to the walk itself, and one of the two walks does not know them.
            if let ([known], true) = (found.as_slice(), outermost.function.is_some()) {
                assert_eq!(known.function, outermost.function);
                compared += 1;
            }
        }
        assert!(compared > 5, "{compared} of {}", nameless.frames.len());
        let other = FramePlace { build_id: "0123456789abcdef", ..places[0] };
        assert!(table.look_up(&[other]).concat().is_empty(), "of another build nothing is known");
    }
}
