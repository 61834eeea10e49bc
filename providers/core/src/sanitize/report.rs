//! Events and stored bodies become reports. One function cleans both.

use super::frames::{function_name, in_app, module_of, source_file, trim};
use super::{Counts, Sanitizer, Text, limits};
use crate::event::{RawException, RawFrame, RawImage};
use crate::report::{Address, AppInfo, Body, Exception, Frame, Image, Location, Platform, SCHEMA};
use crate::{App, Event, Fields, Fingerprint, Privacy, Report};

/// Stored bytes are no report.
///
/// ```
/// use crawl4ai_telemetry_core::sanitize::RestoreError;
/// use crawl4ai_telemetry_core::{Privacy, Sanitizer};
///
/// let torn = Sanitizer::new().restore(b"{", None, Privacy::Standard);
/// assert_eq!(torn.unwrap_err(), RestoreError::Malformed { line: 1, column: 1 });
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RestoreError {
    /// Longer than any report that is written.
    #[error("stored report: {found} bytes where at most {} are written", limits::STORED_REPORT)]
    TooLong {
        /// How long it is, in bytes.
        found: usize,
    },
    /// Not the JSON that we write.
    #[error("stored report: not in our form (line {line}, column {column})")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1. The text itself is not quoted: it has not been cleaned.
        column: usize,
    },
    /// Written by a newer version of this library.
    #[error("stored report: schema {found}, this version reads up to {SCHEMA}")]
    Newer {
        /// The schema it claims.
        found: u32,
    },
}

/// After so many cleanings a file's name does not change any more, unless a detector of the program answers differently each time.
const ROUNDS: usize = 8;

impl Sanitizer {
    /// Makes the report of an event.
    ///
    /// The frames of `event` should be resolved: symbols are looked up elsewhere, because that reads files.
    #[must_use]
    pub fn report(&self, app: &App, event: Event, privacy: Privacy) -> Report {
        let own: Vec<String> = app.in_app_crates().map(str::to_owned).collect();
        let exceptions_cut = event.exceptions.len().saturating_sub(limits::EXCEPTIONS);
        let exceptions_cut =
            event.exceptions_cut.saturating_add(u32::try_from(exceptions_cut).unwrap_or(u32::MAX));
        let body = Body {
            schema: SCHEMA,
            id: event.id,
            time: event.time,
            level: event.level,
            privacy,
            app: AppInfo { name: app.name().to_owned(), version: app.version().to_owned() },
            environment: event.environment,
            platform: Platform {
                os: std::env::consts::OS.to_owned(),
                arch: std::env::consts::ARCH.to_owned(),
            },
            fingerprint: Fingerprint::of(&[]),
            exceptions: event.exceptions.into_iter().map(|e| draft_exception(e, &own)).collect(),
            exceptions_cut,
            images: event.images.into_iter().map(draft_image).collect(),
            thread: event.thread,
            operations: event.operations.into_iter().map(std::borrow::Cow::into_owned).collect(),
            context: event.context,
            user_email: event.email.clone(),
            redactions: Counts::default(),
            losses: event.losses,
        };
        self.clean(body, event.email.as_deref())
    }

    /// Makes a report of bytes that a spool or a journal held: they are checked and cleaned again, so that a
    /// file that somebody tampered with cannot carry anything out.
    ///
    /// `email` is the address that the user agrees to send now; a stored one that differs is dropped.
    /// `privacy` is the level that holds now; the stricter of it and the stored one counts.
    ///
    /// # Errors
    /// When the bytes are too long, not in our form or of a newer schema.
    pub fn restore(
        &self,
        bytes: &[u8],
        email: Option<&str>,
        privacy: Privacy,
    ) -> Result<Report, RestoreError> {
        Ok(self.clean(read(bytes, privacy)?, email))
    }

    /// For the library's spool: as [`restore`](Self::restore), for a report that was stored before the user was
    /// asked about it: the address that they agree to send now is added.
    ///
    /// # Errors
    /// As for [`restore`](Self::restore).
    #[doc(hidden)]
    pub fn restore_agreed(
        &self,
        bytes: &[u8],
        email: Option<&str>,
        privacy: Privacy,
    ) -> Result<Report, RestoreError> {
        let body = read(bytes, privacy)?;
        Ok(self.clean(Body { user_email: email.map(str::to_owned), ..body }, email))
    }

    fn clean(&self, body: Body<String>, agreed_email: Option<&str>) -> Report {
        let mut counts = body.redactions;
        let strict = body.privacy == Privacy::Strict;
        let images: Vec<Image> = body
            .images
            .into_iter()
            .take(limits::IMAGES)
            .map(|image| Image {
                name: self.name(&image.name, &mut counts),
                build_id: image.build_id.filter(|id| is_build_id(id)).map(Text::cleaned),
                size: image.size,
            })
            .collect();
        let exceptions: Vec<Exception> = body
            .exceptions
            .into_iter()
            .take(limits::EXCEPTIONS)
            .map(|exception| self.exception(exception, images.len(), strict, &mut counts))
            .collect();
        let email = body.user_email.filter(|e| agreed_email == Some(e) && e.len() <= limits::EMAIL);
        let thread = body.thread.filter(|_| !strict).map(|name| self.name(&name, &mut counts));
        let operations = body
            .operations
            .iter()
            .take(limits::OPERATIONS)
            .map(|operation| self.name(operation, &mut counts))
            .collect();
        let context: Fields<Text> = self.clean_context(body.context, body.privacy, &mut counts);
        Report(Body {
            schema: body.schema,
            id: body.id,
            time: body.time,
            level: body.level,
            privacy: body.privacy,
            app: AppInfo {
                name: self.name(&body.app.name, &mut counts),
                version: self.name(&body.app.version, &mut counts),
            },
            environment: body.environment,
            platform: Platform {
                os: self.name(&body.platform.os, &mut counts),
                arch: self.name(&body.platform.arch, &mut counts),
            },
            fingerprint: Fingerprint::of(&exceptions),
            exceptions,
            exceptions_cut: body.exceptions_cut,
            images,
            thread,
            operations,
            context,
            user_email: email.map(Text::cleaned),
            redactions: counts,
            losses: body.losses,
        })
    }

    fn exception(
        &self,
        raw: Exception<String>,
        images: usize,
        strict: bool,
        counts: &mut Counts,
    ) -> Exception {
        let (frames, cut) = keep_both_ends(raw.frames, limits::FRAMES);
        let frames = frames.into_iter().map(|f| self.frame(f, images, counts)).collect();
        Exception {
            kind: raw.kind,
            type_name: self.name(&raw.type_name, counts),
            value: raw
                .value
                .filter(|_| !strict)
                .map(|value| self.scrub(&value, limits::EXCEPTION_VALUE, counts)),
            location: raw.location.map(|place| Location {
                file: self.source(&place.file, counts),
                line: place.line,
                column: place.column,
            }),
            frames,
            frames_cut: raw.frames_cut.saturating_add(cut),
        }
    }

    fn frame(&self, raw: Frame<String>, images: usize, counts: &mut Counts) -> Frame {
        Frame {
            function: raw.function.map(|name| self.name(&name, counts)),
            module: raw.module.map(|name| self.name(&name, counts)),
            file: raw.file.map(|file| self.source(&file, counts)),
            line: raw.line,
            in_app: raw.in_app,
            address: raw.address,
            image: raw.image.filter(|at| *at < images),
        }
    }

    /// A source file, cleaned until nothing changes: what is left of a hostile path may look like a file.
    fn source(&self, path: &str, counts: &mut Counts) -> Text {
        let mut text = self.source_once(path, counts);
        for _ in 0..ROUNDS {
            let again = self.source_once(&text, counts);
            if again == text {
                break;
            }
            text = again;
        }
        text
    }

    /// What is no source file is cleaned whole: the end of a URL is no file.
    fn source_once(&self, path: &str, counts: &mut Counts) -> Text {
        let file = source_file(path);
        self.name(if is_source(&file) { &file } else { path }, counts)
    }

    /// A name: a type, a function, a file, a thread, an operation.
    fn name(&self, name: &str, counts: &mut Counts) -> Text {
        self.scrub(name, limits::NAME, counts)
    }
}

fn read(bytes: &[u8], privacy: Privacy) -> Result<Body<String>, RestoreError> {
    if bytes.len() > limits::STORED_REPORT {
        return Err(RestoreError::TooLong { found: bytes.len() });
    }
    let mut body: Body<String> = serde_json::from_slice(bytes)
        .map_err(|e| RestoreError::Malformed { line: e.line(), column: e.column() })?;
    if body.schema > SCHEMA {
        return Err(RestoreError::Newer { found: body.schema });
    }
    body.privacy = body.privacy.max(privacy);
    Ok(body)
}

fn draft_exception(raw: RawException, own: &[String]) -> Exception<String> {
    let mut frames = raw.frames;
    let panicked_at = raw.location.as_ref().map(|(file, line, _)| (&**file, *line));
    trim(&mut frames, panicked_at.or(raw.captured_at.as_ref().map(|(file, line)| (&**file, *line))));
    Exception {
        kind: raw.kind,
        type_name: raw.type_name.into_owned(),
        value: raw.message,
        location: raw.location.map(|(file, line, column)| Location { file: file.into_owned(), line, column }),
        frames: frames.into_iter().map(|frame| draft_frame(frame, own)).collect(),
        frames_cut: 0,
    }
}

fn draft_frame(raw: RawFrame, own: &[String]) -> Frame<String> {
    let function = raw.function.as_deref().map(function_name);
    Frame {
        module: function.as_deref().and_then(module_of).map(str::to_owned),
        in_app: in_app(function.as_deref(), raw.file.as_deref(), own),
        file: raw.file,
        function,
        line: raw.line,
        address: raw.address.map(Address),
        image: raw.image,
    }
}

fn draft_image(raw: RawImage) -> Image<String> {
    let name = raw.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = if is_plain_name(name) { name } else { &raw.path };
    Image { name: name.to_owned(), build_id: raw.build_id, size: raw.size }
}

/// Is this a file that a compiler reads?
fn is_source(file: &str) -> bool {
    const EXTENSIONS: [&str; 15] =
        ["rs", "c", "h", "cc", "cpp", "cxx", "hpp", "inc", "s", "S", "asm", "m", "mm", "py", "go"];
    is_plain_name(file) && file.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// Could a compiler or a linker have written this file's name?
fn is_plain_name(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b'+' | b'<' | b'>'))
}

/// Keeps the inner half and the outer half of a list that is too long, and says how many it cut.
fn keep_both_ends<T>(mut list: Vec<T>, most: usize) -> (Vec<T>, u32) {
    let cut = list.len().saturating_sub(most);
    if cut > 0 {
        let inner = most.div_ceil(2);
        list.drain(inner..inner.saturating_add(cut));
    }
    (list, u32::try_from(cut).unwrap_or(u32::MAX))
}

/// 4 to 32 bytes as hexadecimal digits: GNU build ids have 20, Mach-O and PDB ids 16.
fn is_build_id(id: &str) -> bool {
    (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests;
