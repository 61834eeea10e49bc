//! Takes the parts of an event that become a report, before they are cleaned, and checks names.

use std::borrow::Cow;

use crate::Privacy;
use crate::event::{RawException, RawFrame, RawImage};
use crate::report::{Address, Exception, Frame, Image, Location};
use crate::sanitize::Redaction;
use crate::sanitize::frames::{function_name, in_app, module_of, trim};

/// An operation's name. A computed name may hold anything, so it leaves only at [`Privacy::Standard`], cleaned.
pub(super) fn draft_operation(name: Cow<'static, str>, privacy: Privacy) -> String {
    match name {
        Cow::Owned(_) if privacy != Privacy::Standard => Redaction::Redacted.placeholder().to_owned(),
        Cow::Owned(_) | Cow::Borrowed(_) => name.into_owned(),
    }
}

pub(super) fn draft_exception(raw: RawException, own: &[String]) -> Exception<String> {
    let mut frames = raw.frames;
    let panicked_at = raw.location.as_ref().map(|(file, line, _)| (&**file, *line));
    let captured_at = raw.captured_at.as_ref().map(|(file, line, _)| (&**file, *line));
    let mut captured = raw.captured_frames;
    // If the error's stack was taken elsewhere, it does not contain the line of the capture.
    let place = panicked_at.or(captured_at.filter(|_| captured.is_empty()));
    // A caller that marks its own frames has left out the reporter's frames already.
    if frames.iter().all(|frame| frame.in_app.is_none()) {
        trim(&mut frames, place);
    }
    trim(&mut captured, captured_at);
    let mut captured = captured.into_iter().map(|frame| draft_frame(frame, own));
    Exception {
        kind: raw.kind,
        type_name: raw.type_name.into_owned(),
        value: raw.message,
        location: raw.location.map(draft_place),
        frames: frames.into_iter().map(|frame| draft_frame(frame, own)).collect(),
        frames_cut: raw.frames_cut,
        captured_in: captured.find_map(|frame| frame.function.filter(|_| frame.in_app)),
        captured_at: raw.captured_at.map(draft_place),
    }
}

fn draft_place((file, line, column): (Cow<'static, str>, u32, u32)) -> Location<String> {
    Location { file: file.into_owned(), line, column }
}

pub(super) fn draft_frame(raw: RawFrame, own: &[String]) -> Frame<String> {
    let function = raw.function.as_deref().map(function_name);
    Frame {
        module: raw.module.or_else(|| function.as_deref().and_then(module_of).map(str::to_owned)),
        in_app: raw.in_app.unwrap_or_else(|| in_app(function.as_deref(), raw.file.as_deref(), own)),
        file: raw.file,
        function,
        line: raw.line,
        address: raw.address.map(Address),
        image: raw.image,
    }
}

pub(super) fn draft_image(raw: RawImage) -> Image<String> {
    let name = raw.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = if is_plain_name(name) { name } else { &raw.path };
    Image { name: name.to_owned(), build_id: raw.build_id, size: raw.size }
}

/// Is this the name of a source file, by its extension?
pub(super) fn is_source(file: &str) -> bool {
    const EXTENSIONS: [&str; 15] =
        ["rs", "c", "h", "cc", "cpp", "cxx", "hpp", "inc", "s", "S", "asm", "m", "mm", "py", "go"];
    is_plain_name(file) && file.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// Could a compiler or a linker have written this file's name?
pub(super) fn is_plain_name(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'+' | b'<' | b'>'))
}

/// Keeps the inner half and the outer half of a list that is too long, and returns the number of items that it cut.
pub(super) fn keep_both_ends<T>(mut list: Vec<T>, most: usize) -> (Vec<T>, u32) {
    let cut = list.len().saturating_sub(most);
    if cut > 0 {
        let inner = most.div_ceil(2);
        list.drain(inner..inner.saturating_add(cut));
    }
    (list, u32::try_from(cut).unwrap_or(u32::MAX))
}

/// Is this 4 to 32 bytes as hexadecimal digits? GNU build ids have 20 bytes, Mach-O and PDB ids have 16.
pub(super) fn is_build_id(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit())
}
