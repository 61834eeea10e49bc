//! An error or panic in raw form. It stays in memory: it has no `Serialize`, and its `Debug` shows kinds and sizes, not
//! contents.

use std::borrow::Cow;
use std::fmt;

use crate::{Context, Environment, Kind, Level, Losses, ReportId, Timestamp};

/// An error or a panic as it was caught: raw, and never on disk or on the wire.
///
/// Only [`Sanitizer::report`](crate::Sanitizer::report) turns it into a report that may leave.
///
/// ```
/// use crawl4ai_telemetry_core::{Event, Kind, Level, RawException, ReportId, Timestamp, context};
///
/// let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
/// let mut raised = RawException::new(Kind::Error, "std::io::Error");
/// raised.message = Some("cannot open /home/ada/notes.txt".to_owned());
/// event.exceptions.push(raised);
/// event.context = context! { "attempt" => 3 };
/// assert!(!format!("{event:?}").contains("ada"), "its Debug shows kinds and sizes, not contents");
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// The id that the report will carry.
    pub id: ReportId,
    /// The time of the capture.
    pub time: Timestamp,
    /// The severity.
    pub level: Level,
    /// The kind of place the program runs in.
    pub environment: Environment,
    /// The operating system's version; see [`os_version`](crate::os_version).
    pub os_version: Option<String>,
    /// The runtime of code that is not compiled; see [`runtime`](crate::runtime()).
    pub runtime: Option<String>,
    /// The chain, outermost error first; a panic has one link.
    pub exceptions: Vec<RawException>,
    /// Links of the chain that were not followed.
    pub exceptions_cut: u32,
    /// The modules that the frames' addresses are relative to.
    pub images: Vec<RawImage>,
    /// The name of the thread.
    pub thread: Option<String>,
    /// The operations that the error crossed, outermost first. A borrowed name is a constant of the program; an owned
    /// name was computed, and does not leave at the strict level.
    pub operations: Vec<Cow<'static, str>>,
    /// The context that the caller attached.
    pub context: Context,
    /// The address that the user agreed to send.
    pub email: Option<String>,
    /// Losses since the last report.
    pub losses: Losses,
}

impl Event {
    /// An event with only its id, time and level.
    #[must_use]
    pub fn new(id: ReportId, time: Timestamp, level: Level) -> Self {
        Self {
            id,
            time,
            level,
            environment: Environment::Unknown,
            os_version: None,
            runtime: None,
            exceptions: Vec::new(),
            exceptions_cut: 0,
            images: Vec::new(),
            thread: None,
            operations: Vec::new(),
            context: Context::new(),
            email: None,
            losses: Losses::default(),
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id)
            .field("level", &self.level)
            .field("exceptions", &self.exceptions)
            .field("operations", &self.operations.len())
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// One link of an error's chain, as it was caught.
///
/// ```
/// use crawl4ai_telemetry_core::{Kind, RawException, RawFrame};
///
/// let mut raised = RawException::new(Kind::Panic, "panic");
/// raised.location = Some(("src/fetch.rs".into(), 12, 9));
/// raised.frames.push(RawFrame { function: Some("my_tool::fetch::get".to_owned()), ..RawFrame::default() });
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RawException {
    /// An error or a panic.
    pub kind: Kind,
    /// The type, with its path if known.
    pub type_name: Cow<'static, str>,
    /// The error's message.
    pub message: Option<String>,
    /// The frames, innermost first, with the names and paths of the machine that built the program.
    pub frames: Vec<RawFrame>,
    /// Frames that the caller of this crate has left out already.
    pub frames_cut: u32,
    /// The place where the panic happened: file, line, column.
    pub location: Option<(Cow<'static, str>, u32, u32)>,
    /// The place where the program handed the error over: file, line, column; the column is 0 if it is not known. All
    /// frames inside of the function called there belong to the reporter and are cut, even if the build has no names for
    /// them.
    pub captured_at: Option<(Cow<'static, str>, u32, u32)>,
    /// The frames of the place of the capture, innermost first, if `frames` come from the error itself. The report
    /// keeps only the innermost of the program's own functions among them. It identifies the bug, because the same
    /// error carries a stack for some users and none for others.
    pub captured_frames: Vec<RawFrame>,
}

impl RawException {
    /// A link with only its kind and type.
    #[must_use]
    pub fn new(kind: Kind, type_name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind,
            type_name: type_name.into(),
            message: None,
            frames: Vec::new(),
            frames_cut: 0,
            location: None,
            captured_at: None,
            captured_frames: Vec::new(),
        }
    }
}

impl fmt::Debug for RawException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawException")
            .field("kind", &self.kind)
            .field("message", &self.message.as_ref().map(|m| format!("{} bytes", m.len())))
            .field("frames", &self.frames.len())
            .finish_non_exhaustive()
    }
}

/// One frame of a stack, with its facts from the debug information.
///
/// ```
/// use crawl4ai_telemetry_core::RawFrame;
///
/// let frame = RawFrame { function: Some("my_tool::main".to_owned()), line: Some(7), ..RawFrame::default() };
/// assert!(frame.image.is_none());
///
/// // Of another language, which says itself what is the program's own.
/// let frame = RawFrame {
///     function: Some("Crawler.fetch".to_owned()),
///     module: Some("my_tool.crawler".to_owned()),
///     file: Some("my_tool/crawler.py".to_owned()),
///     in_app: Some(true),
///     ..frame
/// };
/// assert!(frame.address.is_none());
/// ```
#[derive(Clone, Default)]
pub struct RawFrame {
    /// The demangled name with its path, `my_tool::fetch::get`.
    pub function: Option<String>,
    /// The source file, as an absolute path of the machine that built it, or relative to the package that holds it.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The address, relative to the start of the image.
    pub address: Option<u64>,
    /// The index of the event's image that the address is relative to.
    pub image: Option<usize>,
    /// The module, if the language does not write it before the function's name.
    pub module: Option<String>,
    /// Whether the frame is the program's own code, if the caller knows. If the caller has set this for a frame, the
    /// frames of the panic machinery and of the reporter are not searched for, because the caller has left them out.
    pub in_app: Option<bool>,
}

impl fmt::Debug for RawFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawFrame").field("line", &self.line).finish_non_exhaustive()
    }
}

/// One loaded module.
///
/// ```
/// use crawl4ai_telemetry_core::RawImage;
///
/// let image = RawImage { path: "/usr/bin/my-tool".to_owned(), build_id: None, size: 1 << 20 };
/// ```
#[derive(Clone, Default)]
pub struct RawImage {
    /// The module's file; only the last component of the path may leave.
    pub path: String,
    /// The build id that the linker wrote, as hexadecimal digits.
    pub build_id: Option<String>,
    /// Its size in memory, in bytes.
    pub size: u64,
}

impl fmt::Debug for RawImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawImage").field("size", &self.size).finish_non_exhaustive()
    }
}
