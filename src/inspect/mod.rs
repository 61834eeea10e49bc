//! Information for the user: the decision and its reason, a preview, the waiting reports, a test report, and erasure.

mod erasure;
mod preview;
mod selftest;
mod status;
mod waiting;

pub use erasure::Erasure;
pub use preview::{Preview, PreviewError};
pub use selftest::{Selftest, SelftestOutcome, SelftestPart, SelftestStep};
pub use status::Status;
pub use waiting::{Waiting, WaitsFor};

pub(crate) use erasure::{erase, sent_ids};
pub(crate) use preview::{preview, preview_of};
pub(crate) use selftest::{PanicHook, selftest};
pub(crate) use waiting::waiting;
