//! Makes a report from bytes that a spool or a journal stored.

use super::naming::{FrameNames, name};
use super::{Narrow, RestoreError};
use crate::report::{Body, SCHEMA};
use crate::sanitize::{Sanitizer, limits};
use crate::{App, Privacy, Report};

impl Sanitizer {
    /// Makes a report from bytes that a spool or a journal stored. The bytes are checked and cleaned again, so that a
    /// file that somebody changed cannot leak anything.
    ///
    /// `email` is the address that the user agrees to send now; a different stored one is dropped. `privacy` is the
    /// level that holds now; the stricter of this level and the stored level counts.
    ///
    /// # Errors
    /// When the bytes are too long, not in this library's form, or of a newer schema.
    pub fn restore(
        &self,
        bytes: &[u8],
        email: Option<&str>,
        privacy: Privacy,
    ) -> Result<Report, RestoreError> {
        Ok(self.clean(read(bytes, privacy)?, email, Narrow::IfNot))
    }

    /// For the library's spool: like [`restore`](Self::restore), for a report that was stored before the user was asked
    /// about it. Adds the e-mail address that the user agrees to send now.
    ///
    /// # Errors
    /// Those of [`restore`](Self::restore).
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

    /// For the library's spool: like [`restore`](Self::restore), if there is no time to read the program's words. Texts
    /// that need the words are left out. `names` provides the names of frames that have none, in the program `app`.
    ///
    /// # Errors
    /// Those of [`restore`](Self::restore).
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
