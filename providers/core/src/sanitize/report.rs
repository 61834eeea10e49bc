//! Makes reports from events and from stored bodies. One function cleans both.

mod draft;
mod naming;
mod restore;
mod restore_error;
mod store;

use super::frames::source_file;
use super::program_words::Marks;
use super::{Counts, Sanitizer, Text, limits};
use crate::platform::Platform;
use crate::report::{AppInfo, Body, Exception, Frame, Image, Location, SCHEMA, WordsState};
use crate::{App, Event, Fields, Fingerprint, Privacy, Report};

pub use naming::{FrameNames, FramePlace};
pub use restore_error::RestoreError;

use draft::{draft_exception, draft_image, draft_operation, is_build_id, is_source, keep_both_ends};

/// Most cleanings of a file's name until it is stable. Only a detector of the program that answers differently each
/// time can need more.
const ROUNDS: usize = 8;

impl Sanitizer {
    /// Makes the report of an event.
    ///
    /// The frames of `event` should be resolved already, because resolving reads files.
    #[must_use]
    pub fn report(&self, app: &App, event: Event, privacy: Privacy) -> Report {
        self.make(app, event, privacy, Narrow::Now)
    }

    /// For the library, if there is no time to read the program's words. It is like [`report`](Self::report), but the
    /// program's own words in a text do not count for the fingerprint. At [`Privacy::OwnWords`] it is the same as
    /// `report`.
    #[doc(hidden)]
    #[must_use]
    pub fn report_without_signature(&self, app: &App, event: Event, privacy: Privacy) -> Report {
        self.make(app, event, privacy, if privacy == Privacy::OwnWords { Narrow::Now } else { Narrow::Later })
    }

    fn make(&self, app: &App, event: Event, privacy: Privacy, narrow: Narrow) -> Report {
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
            words: None,
            signature: None,
            signature_due: None,
            app: AppInfo { name: app.name().to_owned(), version: app.version().to_owned() },
            environment: event.environment,
            platform: Platform::of_this_build(
                event.os_version.filter(|_| privacy != Privacy::Strict),
                event.runtime,
            ),
            fingerprint: Fingerprint::of(&[], &[], None),
            exceptions: event.exceptions.into_iter().map(|e| draft_exception(e, &own)).collect(),
            exceptions_cut,
            images: event.images.into_iter().map(draft_image).collect(),
            thread: event.thread,
            operations: event.operations.into_iter().map(|name| draft_operation(name, privacy)).collect(),
            context: event.context,
            user_email: event.email.clone(),
            redactions: Counts::default(),
            losses: event.losses,
        };
        self.clean(body, event.email.as_deref(), narrow)
    }

    fn clean(&self, mut body: Body<String>, agreed_email: Option<&str>, narrow: Narrow) -> Report {
        let mut counts = std::mem::take(&mut body.redactions);
        let marks = self.marks(&mut body, narrow);
        let texts = match (body.privacy, &body.words) {
            (Privacy::Standard, _) => Texts::Searched,
            (Privacy::OwnWords, Some(_)) if narrow == Narrow::Later => Texts::Searched,
            (Privacy::OwnWords, Some(state)) if state.narrowed => {
                marks.as_ref().map_or(Texts::Searched, Texts::Narrowed)
            }
            (Privacy::OwnWords, _) | (Privacy::Strict, _) => Texts::LeftOut,
        };
        if narrow == Narrow::Never
            && let Some(state) = &mut body.words
        {
            // No text is left to narrow, so narrowing need not be tried again.
            state.narrowed = true;
        }
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
            .map(|exception| self.exception(exception, images.len(), &texts, &mut counts))
            .collect();
        let email = body.user_email.filter(|e| agreed_email == Some(e) && e.len() <= limits::EMAIL);
        let thread = body.thread.and_then(|name| self.text_at(&texts, &name, limits::NAME, &mut counts));
        let operations = body
            .operations
            .iter()
            .take(limits::OPERATIONS)
            .map(|operation| self.name(operation, &mut counts))
            .collect();
        // At the strict level, only the target and the compiler of the build leave.
        let os_version = body.platform.version_of_os().filter(|_| body.privacy != Privacy::Strict);
        let context: Fields<Text> = self.clean_context_at(body.context, &texts, &mut counts);
        Report(Body {
            schema: body.schema,
            id: body.id,
            time: body.time,
            level: body.level,
            privacy: body.privacy,
            words: body.words.filter(|state| body.privacy == Privacy::OwnWords && is_build(&state.build)),
            signature: body.signature,
            signature_due: None,
            app: AppInfo {
                name: self.name(&body.app.name, &mut counts),
                version: self.name(&body.app.version, &mut counts),
            },
            environment: body.environment,
            platform: Platform {
                os: self.name(&body.platform.os, &mut counts),
                arch: self.name(&body.platform.arch, &mut counts),
                os_version: os_version.map(Text::cleaned),
                compiler: body.platform.version_of_compiler().map(Text::cleaned),
                runtime: body.platform.version_of_runtime().map(Text::cleaned),
            },
            fingerprint: Fingerprint::of(&exceptions, &images, body.signature),
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

    /// Marks the program's own parts of the texts, if the program's words can be read and the texts are not narrowed
    /// yet. Sets two things in `body`: the build whose words are used, and the hash of the texts.
    fn marks(&self, body: &mut Body<String>, narrow: Narrow) -> Option<Marks> {
        let is_own_level = body.privacy == Privacy::OwnWords;
        match narrow {
            Narrow::Now => {}
            Narrow::Never => return None,
            Narrow::Later if !is_own_level => return None,
            Narrow::Later => {
                let build = self.rules.words.get().ok()?.build.clone();
                body.words = Some(WordsState { build, narrowed: false });
                return None;
            }
            // A text that is narrowed already is only searched again, because a second narrowing could only remove
            // more.
            Narrow::IfNot if is_own_level && body.words.as_ref().is_some_and(|state| state.narrowed) => {
                return None;
            }
            Narrow::IfNot if body.privacy == Privacy::Standard && body.signature_due.is_none() => {
                return None;
            }
            Narrow::IfNot if body.privacy == Privacy::Strict => return None,
            Narrow::IfNot => {}
        }
        let program = self.rules.words.get().ok()?;
        let stored_by = body.words.as_ref().map(|state| &state.build).or(body.signature_due.as_ref());
        if stored_by.is_some_and(|build| *build != program.build) {
            return None;
        }
        let marks = Marks::of(&program.words, body, &self.rules.safe_values).ok()?;
        if body.signature.is_none() {
            body.signature = Some(self.signature_of(body, &marks));
        }
        if is_own_level {
            body.words = Some(WordsState { build: program.build.clone(), narrowed: true });
        }
        Some(marks)
    }

    /// Cleans a text as the report's level requires; `None` if no text leaves at that level.
    pub(super) fn text_at(
        &self,
        texts: &Texts<'_>,
        raw: &str,
        most: usize,
        counts: &mut Counts,
    ) -> Option<Text> {
        match texts {
            Texts::Searched => Some(self.scrub(raw, most, counts)),
            Texts::Narrowed(marks) => Some(self.narrowed(raw, &marks.runs(raw), most, counts)),
            Texts::LeftOut => None,
        }
    }

    fn exception(
        &self,
        raw: Exception<String>,
        images: usize,
        texts: &Texts<'_>,
        counts: &mut Counts,
    ) -> Exception {
        let (frames, cut) = keep_both_ends(raw.frames, limits::FRAMES);
        let frames = frames.into_iter().map(|f| self.frame(f, images, counts)).collect();
        Exception {
            kind: raw.kind,
            type_name: self.name(&raw.type_name, counts),
            value: raw.value.and_then(|value| self.text_at(texts, &value, limits::EXCEPTION_VALUE, counts)),
            location: raw.location.map(|place| self.place(place, counts)),
            frames,
            frames_cut: raw.frames_cut.saturating_add(cut),
            captured_in: raw.captured_in.map(|name| self.name(&name, counts)),
            captured_at: raw.captured_at.map(|place| self.place(place, counts)),
        }
    }

    fn place(&self, raw: Location<String>, counts: &mut Counts) -> Location {
        Location { file: self.source(&raw.file, counts), line: raw.line, column: raw.column }
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

    /// Cleans the path of a source file until nothing changes, because the rest of a hostile path may look like a file.
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

    /// Cleans a path once. A path that is not that of a source file is cleaned whole, because the end of a URL is not a
    /// file.
    fn source_once(&self, path: &str, counts: &mut Counts) -> Text {
        let file = source_file(path);
        self.name(if is_source(&file) { &file } else { path }, counts)
    }

    /// Cleans a name: a type, a function, a file, a thread, an operation.
    fn name(&self, name: &str, counts: &mut Counts) -> Text {
        self.scrub(name, limits::NAME, counts)
    }
}

/// Decides when texts are narrowed to the program's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Narrow {
    /// Texts of an event are narrowed at once.
    Now,
    /// Texts of an event are narrowed later, because there is no time now.
    Later,
    /// Texts of a file are narrowed now, if that has not been done.
    IfNot,
    /// Texts of a file are not narrowed, because the words are not read.
    Never,
}

/// How the texts of a report are treated.
pub(super) enum Texts<'a> {
    /// The finds of the search are removed.
    Searched,
    /// The finds of the search, and everything that the program did not write, are removed.
    Narrowed(&'a Marks),
    /// All text is removed.
    LeftOut,
}

/// Could this be the [identity of a build](super::ProgramWords::build)?
fn is_build(build: &str) -> bool {
    (8..=80).contains(&build.len()) && build.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests;
