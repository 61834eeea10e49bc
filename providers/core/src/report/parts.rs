//! Accessors for the parts of a report.

use std::borrow::Cow;

use crate::sanitize::frames::is_closure;

use super::{Exception, Frame, Image, Kind, Location, Report};

impl Report {
    /// The place in the program's source, even if no function is known: that of the panic, or where the program handed the
    /// error over.
    #[must_use]
    pub fn place(&self) -> Option<&Location> {
        let mut exceptions = self.0.exceptions.iter();
        let of_panic = exceptions.clone().find_map(Exception::location);
        of_panic.or_else(|| exceptions.find_map(Exception::captured_at))
    }
}

impl Exception {
    /// The kind: an error, a panic or a signal.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The type, with its path if known; `panic` for a panic.
    #[must_use]
    pub fn type_name(&self) -> &str {
        &self.type_name
    }

    /// The message, cleaned; `None` at the strict level.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// The place of a panic.
    #[must_use]
    pub const fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }

    /// The frames, innermost first.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The number of frames that were left out.
    #[must_use]
    pub const fn frames_cut(&self) -> u32 {
        self.frames_cut
    }

    /// The program's function in which the error was captured, if the error carries its own stack.
    #[must_use]
    pub fn captured_in(&self) -> Option<&str> {
        self.captured_in.as_deref()
    }

    /// The place where the program handed the error over; `None` for a panic, or if the place is not known.
    #[must_use]
    pub const fn captured_at(&self) -> Option<&Location> {
        self.captured_at.as_ref()
    }
}

impl Location {
    /// The source file, relative to its crate.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1; 0 if it is not known.
    #[must_use]
    pub const fn column(&self) -> u32 {
        self.column
    }
}

impl Frame {
    /// The function's name with its path, without its hash and without paths of the build machine in generic arguments.
    #[must_use]
    pub fn function(&self) -> Option<&str> {
        self.function.as_deref()
    }

    /// The function's name for people: `crawl (closure)` for `crawl::{closure#0}`, because `{closure#0}` alone tells
    /// nothing.
    #[must_use]
    pub fn title(&self) -> Option<Cow<'_, str>> {
        let name = self.function()?;
        Some(match name.rsplit_once("::").filter(|(_, last)| is_closure(last)) {
            Some((function, _)) => format!("{function} (closure)").into(),
            None => name.into(),
        })
    }

    /// The module that holds the function.
    #[must_use]
    pub fn module(&self) -> Option<&str> {
        self.module.as_deref()
    }

    /// The source file, relative to its crate.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(&self) -> Option<u32> {
        self.line
    }

    /// Is the frame in the program's own code?
    #[must_use]
    pub const fn in_app(&self) -> bool {
        self.in_app
    }

    /// The address, relative to the image.
    #[must_use]
    pub fn address(&self) -> Option<u64> {
        self.address.map(|a| a.0)
    }

    /// The index of the report's image that the address is relative to.
    #[must_use]
    pub const fn image(&self) -> Option<usize> {
        self.image
    }
}

impl Image {
    /// The file's name, without its folders.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The build id, as hexadecimal digits.
    #[must_use]
    pub fn build_id(&self) -> Option<&str> {
        self.build_id.as_deref()
    }

    /// Its size in memory, in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
}
