//! From the bytes that a spool or a journal held back to a report.

use super::naming::{FrameNames, name};
use super::{Narrow, RestoreError};
use crate::report::{Body, SCHEMA};
use crate::sanitize::{Sanitizer, limits};
use crate::{App, Privacy, Report};

impl Sanitizer {
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
        Ok(self.clean(read(bytes, privacy)?, email, Narrow::IfNot))
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
        Ok(self.clean(Body { user_email: email.map(str::to_owned), ..body }, email, Narrow::IfNot))
    }

    /// For the library's spool: as [`restore`](Self::restore), where there is no time to look at the program's words: texts
    /// that need them are left out. `names` are for frames that have none, of the program that reports as `app`.
    ///
    /// # Errors
    /// As for [`restore`](Self::restore).
    #[doc(hidden)]
    pub fn restore_without_words(
        &self,
        bytes: &[u8],
        email: Option<&str>,
        privacy: Privacy,
        (app, names): (&App, Option<&dyn FrameNames>),
    ) -> Result<Report, RestoreError> {
        let mut body = read(bytes, privacy)?;
        if let Some(names) = names {
            name(&mut body, app, names);
        }
        Ok(self.clean(body, email, Narrow::Never))
    }
}

pub(super) fn read(bytes: &[u8], privacy: Privacy) -> Result<Body<String>, RestoreError> {
    if bytes.len() > limits::STORED_REPORT {
        return Err(RestoreError::TooLong { found: bytes.len() });
    }
    let mut body: Body<String> = serde_json::from_slice(bytes)
        .map_err(|e| RestoreError::Malformed { line: e.line(), column: e.column() })?;
    if body.schema > SCHEMA {
        return Err(RestoreError::Newer { found: body.schema });
    }
    if body.privacy == Privacy::Standard && body.words.is_some() {
        body.privacy = Privacy::OwnWords;
    }
    body.privacy = body.privacy.max(privacy);
    for exception in &mut body.exceptions {
        exception.kind = exception.kind.of_stored(&exception.type_name);
    }
    Ok(body)
}
