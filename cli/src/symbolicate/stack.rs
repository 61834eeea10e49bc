//! A stack of either form, and its names. They are looked up in debug files, and then cleaned and cut as the library
//! does in a program that has its names.

use crawl4ai_telemetry::{App, Sanitizer};
use crawl4ai_telemetry_core::sanitize::{FrameNames, FramePlace};
use crawl4ai_telemetry_core::{Frame, Kind, RawFrame};
use serde_json::json;

use super::debug_file::Found;
use super::debug_files::DebugFiles;
use super::handover::handed_over;

/// The frames of one exception, innermost first.
#[derive(Clone, Debug, Default)]
pub(super) struct Stack {
    /// Whether this is the stack of a signal. Its first address is that of the instruction; all other addresses are
    /// return addresses.
    pub(super) is_signal: bool,
    /// The place of a panic.
    pub(super) location: Option<(String, u32)>,
    pub(super) frames: Vec<StackFrame>,
}

/// One frame of a report.
#[derive(Clone, Debug, Default)]
pub(super) struct StackFrame {
    pub(super) function: Option<String>,
    pub(super) module: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) in_app: bool,
    /// Relative to the start of its module, if the report lists that.
    pub(super) address: Option<u64>,
    /// The index of its module in the report.
    pub(super) image: Option<usize>,
    /// The build of the module: a build id or a debug id.
    pub(super) build: Option<String>,
    /// The number of the frame in the report. Functions that were inlined into each other share it.
    pub(super) number: usize,
}

impl StackFrame {
    /// The build and the address to look up. `None` if they are unknown, or if the frame is already complete.
    pub(super) fn question(&self) -> Option<(&str, u64)> {
        // A name alone is not enough, because exported functions of a stripped program keep their names but nothing
        // else.
        let is_open = self.function.is_none() || self.file.is_none();
        Some((self.build.as_deref()?, self.address?)).filter(|_| is_open)
    }

    fn raw(&self) -> RawFrame {
        RawFrame {
            function: self.function.clone(),
            module: self.module.clone(),
            file: self.file.clone(),
            line: self.line,
            in_app: Some(self.in_app),
            ..RawFrame::default()
        }
    }
}

/// A build id that no program has. In its module, the address of each frame is the frame's number.
const NUMBERED: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Stack {
    /// The stack with names; `None` if no file has any. `app` is the program and its version.
    pub(super) fn named(&self, files: &DebugFiles, app: &App) -> Option<Self> {
        let found: Vec<_> = (0..self.frames.len()).map(|number| self.look_up(number, files)).collect();
        if found.iter().all(|found| found.functions.is_empty()) {
            return None;
        }
        // A report of an error does not record where the program passed it to the library.
        let place = self.location.clone().or_else(|| handed_over(&found));
        let names = Names { stack: self, found };
        let report = Sanitizer::new().restore_named(&self.numbered(place), app, &names).ok()??;
        let frames = report.exceptions().first()?.frames().iter().map(|frame| self.placed(frame));
        Some(Self { frames: frames.collect(), ..self.clone() })
    }

    /// The names that debug files have for a frame.
    fn look_up(&self, number: usize, files: &DebugFiles) -> Found {
        let question = self.frames.get(number).and_then(StackFrame::question);
        let Some((build, address)) = question else { return Found::default() };
        let is_exact = self.is_signal && number == 0;
        // One is subtracted, because a return address points to the next instruction, which may belong to another line.
        files.look_up(build, if is_exact { address } else { address.saturating_sub(1) })
    }

    /// A report of this stack, in which the address of each frame is its number. Frames inside of `place` are cut.
    fn numbered(&self, place: Option<(String, u32)>) -> Vec<u8> {
        let frame = |at| json!({ "in_app": false, "address": format!("{at:#x}"), "image": 0 });
        let frames: Vec<_> = (0..self.frames.len()).map(frame).collect();
        // The type of a crash record. It does not matter which signal it names.
        let kind = if self.is_signal { "SIGSEGV: signal" } else { "panic" };
        let place = place.map(|(file, line)| json!({ "file": file, "line": line, "column": 1 }));
        let report = json!({
            "schema": 1, "id": "00000000000000000000000000000000", "time": "1970-01-01T00:00:00Z", "level": "error",
            "privacy": "standard", "app": { "name": "", "version": "" }, "environment": "unknown",
            "platform": { "os": "", "arch": "" }, "fingerprint": "0000000000000000",
            "exceptions": [{ "kind": "panic", "type": kind, "location": place, "frames": frames }],
            "images": [{ "name": "numbered", "build_id": NUMBERED, "size": self.frames.len() }],
        });
        report.to_string().into_bytes()
    }

    /// A named frame, with the position of the original frame that has its number.
    fn placed(&self, frame: &Frame) -> StackFrame {
        let number = frame.address().and_then(|number| usize::try_from(number).ok());
        let original = number.and_then(|number| self.frames.get(number)).cloned().unwrap_or_default();
        StackFrame {
            function: frame.function().map(str::to_owned),
            module: frame.module().map(str::to_owned),
            file: frame.file().map(str::to_owned),
            line: frame.line(),
            in_app: frame.in_app(),
            ..original
        }
    }
}

/// Names the frames of a stack by their numbers.
struct Names<'a> {
    stack: &'a Stack,
    found: Vec<Found>,
}

impl Names<'_> {
    fn of(&self, number: u64) -> Vec<RawFrame> {
        let Ok(number) = usize::try_from(number) else { return Vec::new() };
        match self.found.get(number) {
            Some(found) if !found.functions.is_empty() => found.functions.clone(),
            // A frame that has a name keeps it.
            Some(_) | None => {
                let frame = self.stack.frames.get(number).filter(|frame| frame.function.is_some());
                frame.map(|frame| vec![frame.raw()]).unwrap_or_default()
            }
        }
    }
}

impl FrameNames for Names<'_> {
    fn functions(&self, numbers: &[FramePlace<'_>], _: Kind) -> Vec<Vec<RawFrame>> {
        numbers.iter().map(|number| self.of(number.address)).collect()
    }
}
