//! Names frames that were stored as addresses: in the first phase of a panic, by a signal handler, or at the end of a
//! program.

use super::draft::draft_frame;
use super::restore::read;
use super::{Narrow, RestoreError};
use crate::event::RawFrame;
use crate::report::{Body, Exception, Frame};
use crate::sanitize::Sanitizer;
use crate::sanitize::frames::trim;
use crate::{App, Kind, Privacy, Report};

/// Reads the debug information of the running program.
///
/// The library implements it, because this crate reads no files.
#[doc(hidden)]
pub trait FrameNames {
    /// The functions at each place of one stack, in the order of inlining, innermost first. A place's list is empty if
    /// no module of that build is loaded. If `kind` is not a signal, frames of the system's libraries need no names.
    fn functions(&self, places: &[FramePlace<'_>], kind: Kind) -> Vec<Vec<RawFrame>>;
}

/// The place of a frame in the code.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FramePlace<'a> {
    /// The build id of the module.
    pub build_id: &'a str,
    /// The return address of a call, or the address that the processor was at, relative to the start of the loaded
    /// module.
    pub address: u64,
    /// Was the processor at this address, as in the innermost frame of a signal? Otherwise it is a return address.
    pub is_exact: bool,
}

impl Sanitizer {
    /// For the library's spool: makes a report from stored bytes, at the stored level, and names frames that have no
    /// name. `None` if no frame can be named.
    ///
    /// # Errors
    /// Those of [`restore`](Self::restore).
    #[doc(hidden)]
    pub fn restore_named(
        &self,
        bytes: &[u8],
        app: &App,
        names: &dyn FrameNames,
    ) -> Result<Option<Report>, RestoreError> {
        let mut body = read(bytes, Privacy::Standard)?;
        if !name(&mut body, app, names) {
            return Ok(None);
        }
        let email = body.user_email.clone();
        Ok(Some(self.clean(body, email.as_deref(), Narrow::IfNot)))
    }
}

/// Names frames that have no name. Returns whether any frame got a name.
pub(super) fn name(body: &mut Body<String>, app: &App, names: &dyn FrameNames) -> bool {
    let own: Vec<String> = app.in_app_crates().map(str::to_owned).collect();
    let builds: Vec<Option<String>> = body.images.iter().map(|image| image.build_id.clone()).collect();
    let mut named = false;
    for exception in &mut body.exceptions {
        named |= name_exception(exception, &builds, &own, names);
    }
    named
}

fn name_exception(
    exception: &mut Exception<String>,
    builds: &[Option<String>],
    own: &[String],
    names: &dyn FrameNames,
) -> bool {
    let is_nameless = exception.frames.iter().all(|frame| frame.function.is_none());
    if exception.frames.is_empty() || !is_nameless {
        return false;
    }
    let is_signal = exception.kind == Kind::Signal;
    let place = |(at, frame): (usize, &Frame<String>)| {
        let build_id = frame.image.and_then(|image| builds.get(image)).and_then(Option::as_deref)?;
        Some(FramePlace { build_id, address: frame.address?.0, is_exact: is_signal && at == 0 })
    };
    let places: Vec<Option<FramePlace<'_>>> = exception.frames.iter().enumerate().map(place).collect();
    let known: Vec<FramePlace<'_>> = places.iter().flatten().copied().collect();
    let mut functions = names.functions(&known, exception.kind).into_iter();
    let mut found = Vec::with_capacity(exception.frames.len());
    for (frame, place) in exception.frames.iter().zip(&places) {
        let nameless =
            RawFrame { address: frame.address.map(|a| a.0), image: frame.image, ..RawFrame::default() };
        let functions = place.and_then(|_| functions.next()).unwrap_or_default();
        if functions.is_empty() {
            found.push(nameless);
        } else {
            let placed = |named| RawFrame { address: nameless.address, image: nameless.image, ..named };
            found.extend(functions.into_iter().map(placed));
        }
    }
    if found.iter().all(|frame| frame.function.is_none()) {
        return false;
    }
    if !is_signal {
        let place = exception.location.as_ref().or(exception.captured_at.as_ref());
        let place = place.map(|place| (place.file.as_str(), place.line));
        trim(&mut found, place);
    }
    exception.frames = found.into_iter().map(|frame| draft_frame(frame, own)).collect();
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{RawException, RawImage};
    use crate::{Event, Level, ReportId, Timestamp};

    const RECORD: &str = r#"{"schema":1,"id":"60fd8e31df9c49ab89e4148aa4c2af98","time":"2026-11-27T01:00:00Z","level":"fatal","privacy":"standard","app":{"name":"tool","version":"1.0.0"},"environment":"cli","platform":{"os":"linux","arch":"x86_64"},"fingerprint":"0000000000000000","exceptions":[{"kind":"panic","type":"SIGSEGV: null pointer","frames":[{"in_app":false,"address":"0x1000","image":0},{"in_app":false,"address":"0x2000","image":1},{"in_app":false,"address":"0x3000","image":0}]}],"images":[{"name":"tool","build_id":"0123456789abcdef","size":4096},{"name":"libc.so.6","build_id":"fedcba9876543210","size":4096}],"operations":[],"context":{}}"#;

    struct Names;

    impl FrameNames for Names {
        fn functions(&self, places: &[FramePlace<'_>], kind: Kind) -> Vec<Vec<RawFrame>> {
            assert_eq!(kind, Kind::Signal);
            places.iter().map(functions).collect()
        }
    }

    fn functions(place: &FramePlace<'_>) -> Vec<RawFrame> {
        assert_eq!(place.is_exact, place.address == 0x1000);
        let function = match (place.build_id, place.address) {
            ("0123456789abcdef", 0x1000) => "tool::crash",
            ("0123456789abcdef", 0x3000) => "tool::main",
            _ => return Vec::new(),
        };
        let file = Some("/build/tool/src/main.rs".to_owned());
        vec![RawFrame { function: Some(function.to_owned()), file, line: Some(7), ..RawFrame::default() }]
    }

    struct OfAnotherBuild;

    impl FrameNames for OfAnotherBuild {
        fn functions(&self, _: &[FramePlace<'_>], _: Kind) -> Vec<Vec<RawFrame>> {
            Vec::new()
        }
    }

    #[test]
    fn a_record_of_a_signal_gets_its_kind_and_names_and_keeps_its_fingerprint() {
        let (sanitizer, app) = (Sanitizer::new(), App::new("tool", "1.0.0"));
        let stored = sanitizer.restore(RECORD.as_bytes(), None, Privacy::Strict).unwrap();
        assert_eq!(stored.exceptions()[0].kind(), Kind::Signal, "older versions know two kinds");
        assert_eq!(stored.exceptions()[0].type_name(), "SIGSEGV: null pointer", "the strict level keeps it");
        let named = sanitizer.restore_named(RECORD.as_bytes(), &app, &Names).unwrap().unwrap();
        let frames = named.exceptions()[0].frames();
        let functions: Vec<_> = frames.iter().map(|frame| frame.function()).collect();
        assert_eq!(functions, [Some("tool::crash"), None, Some("tool::main")]);
        assert!(frames[0].in_app() && frames[0].file() == Some("src/main.rs"));
        assert_eq!(
            named.fingerprint(),
            stored.fingerprint(),
            "before names are known and after, it is one crash"
        );
        // A second naming finds no frame without a name.
        let bytes = named.to_stored().unwrap();
        assert!(sanitizer.restore_named(&bytes, &app, &Names).unwrap().is_none());
        assert!(sanitizer.restore_named(RECORD.as_bytes(), &app, &OfAnotherBuild).unwrap().is_none());
    }

    /// The names of a build with line tables only. They lack their paths, so that they do not tell whose frames they
    /// are.
    struct LineTables;

    impl FrameNames for LineTables {
        fn functions(&self, places: &[FramePlace<'_>], _: Kind) -> Vec<Vec<RawFrame>> {
            let of = |function: &str, file: &str, line| {
                let (function, file) = (Some(function.to_owned()), Some(file.to_owned()));
                vec![RawFrame { function, file, line: Some(line), ..RawFrame::default() }]
            };
            let name = |place: &FramePlace<'_>| match place.address {
                0x1000 => of("here", "/home/ada/reporter/src/capture/stack.rs", 30),
                0x2000 => of("capture_exception", "/home/ada/reporter/src/api/mod.rs", 80),
                _ => of("main", "/home/ada/tool/src/main.rs", 96),
            };
            places.iter().map(name).collect()
        }
    }

    /// The place where the program handed its error over tells which frames are the reporter's. It leaves without the
    /// folders of the machine that built the program.
    #[test]
    fn an_error_that_was_stored_by_its_addresses_has_the_program_on_top() {
        let (app, sanitizer) = (App::new("tool", "1.0.0"), Sanitizer::new());
        let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::default(), Level::Error);
        let mut raised = RawException::new(Kind::Error, "tool::FetchError");
        raised.captured_at = Some(("/home/ada/tool/src/main.rs".into(), 96, 5));
        let frame = |address| RawFrame { address: Some(address), image: Some(0), ..RawFrame::default() };
        raised.frames = [0x1000, 0x2000, 0x3000].map(frame).to_vec();
        event.exceptions.push(raised);
        let build_id = Some("0123456789abcdef".to_owned());
        event.images.push(RawImage { path: "/home/ada/tool".to_owned(), build_id, size: 0x4000 });
        for privacy in [Privacy::Standard, Privacy::OwnWords, Privacy::Strict] {
            let bytes = sanitizer.stored_by_addresses(&app, event.clone(), privacy).unwrap();
            let stored = String::from_utf8_lossy(&bytes);
            assert!(stored.contains("captured_at") && !stored.contains("/home"), "{privacy:?}: {stored}");
            let named = sanitizer.restore_named(&bytes, &app, &LineTables).unwrap().unwrap();
            let frames: Vec<_> =
                named.exceptions()[0].frames().iter().map(|frame| frame.function()).collect();
            assert_eq!(frames, [Some("main")], "{privacy:?}");
            for report in [named, sanitizer.restore(&bytes, None, privacy).unwrap()] {
                let place =
                    report.exceptions()[0].captured_at().map(|at| (at.file(), at.line(), at.column()));
                assert_eq!(place, Some(("src/main.rs", 96, 5)), "{privacy:?}");
            }
        }
    }
}
