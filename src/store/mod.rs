//! What lies on the disk: reports that wait, what was sent, the limits, the marks of crash loops. All of it goes through
//! [`files`].

pub(crate) mod crash_loop;
pub(crate) mod delivery_state;
pub(crate) mod files;
pub(crate) mod limits;
pub(crate) mod sent_log;
pub(crate) mod spool;
