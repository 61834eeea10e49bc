//! Opens, creates, replaces, locks and deletes the files that a crash reporter keeps for its user.
//!
//! # The owner of a folder
//!
//! A program keeps its own folder (`~/.tool`), and below it the folders of the reporter (`~/.tool/telemetry/spool`).
//!
//! - The folders of the reporter must belong to the user and must not be links. Nobody else may write to them, because
//!   the names of their files record what the user agreed to. For deletions only, others may write to them.
//! - The program's own folder must belong to the user or to root. It may be a link, as dotfile managers make them, if
//!   the link belongs to the user or to root and leads to such a folder. Others may be allowed to write to it: they can
//!   rename and remove its content, but cannot make a file or folder that belongs to the user.
//! - The folder that contains the program's own must belong to the user or to root. Under `sudo` the home folder is
//!   often still the user's. Then nothing is read, written or deleted there, because the user could lead root anywhere
//!   with a link, and could neither read nor remove the files that root writes.
//! - Folders above that are not checked, because somebody who can change them can remove a folder, but cannot make
//!   one that belongs to the user.
//!
//! A file that an administrator keeps for everybody is read by another rule, [`open_kept_by`].
//!
//! Each folder is opened from its parent (`openat`, `O_NOFOLLOW`), and every file by its name in an open folder, so
//! that nobody can exchange one between the check and the use. On Windows, paths are used, and owners and modes are not
//! checked, because there the access list of the user's profile folder decides who may write.
//!
//! ```
//! use crawl4ai_telemetry_files::OwnedFolder;
//! use std::io::{Read, Write};
//!
//! # let home = tempfile::tempdir()?;
//! let spool = OwnedFolder::at(home.path().join(".tool")).folder("telemetry").folder("spool");
//! let folder = spool.create()?;
//! let mut draft = folder.draft("notes.tmp")?;
//! draft.file().write_all(b"whole or not at all")?;
//! draft.place("notes")?;
//!
//! let mut text = String::new();
//! folder.open("notes")?.take(1024).read_to_string(&mut text)?;
//! assert_eq!(text, "whole or not at all");
//! assert_eq!(folder.remove_named(|name| name == "notes")?, 1);
//! # Ok::<(), std::io::Error>(())
//! ```

mod delete;
mod folder;
mod found;
mod kept;
mod kept_by;
mod linked;
mod lock;
mod open;
#[cfg(unix)]
mod private_group;
mod replace;

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "elsewhere.rs")]
mod platform;

pub use folder::{OwnedFolder, make_folders};
pub use found::{Found, Kind, Owner, Refusal};
pub use kept::KeptFile;
pub use kept_by::{Keeper, open_kept_by};
pub use linked::{follow, look_linked, open_linked};
pub use lock::{Lock, LockError, Obstacle, Patience, hold, is_held, is_held_alone, wait_for};
pub use open::{Folder, read_at_most};
pub use replace::Draft;

#[cfg(test)]
mod tests;
