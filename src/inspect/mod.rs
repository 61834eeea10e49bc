//! What the user can look at: the decision and its reason, a preview, what waits.

mod preview;
mod status;
mod waiting;

pub use preview::{Preview, PreviewError};
pub use status::Status;
pub use waiting::{Waiting, WaitsFor};

pub(crate) use preview::preview;
pub(crate) use waiting::waiting;
