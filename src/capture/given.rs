//! The parts of an error of another language besides its chain: the operations that it crossed, its thread, its
//! runtime.

use std::borrow::Cow;

use crawl4ai_telemetry_core::{Event, Level};

use super::interned;

/// The name of an operation of another language; part of [`Raised`](crate::Raised).
///
/// ```
/// use crawl4ai_telemetry::Operation;
///
/// let operations = [Operation::constant("crawl"), Operation::computed(format!("page {}", 7))];
/// assert_eq!(format!("{operations:?}"), "[Operation(constant), Operation(computed)]");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Operation {
    name: String,
    is_constant: bool,
}

impl Operation {
    /// A name that stands in the program as it is: it leaves at every level. A process takes 1024 different names of at
    /// most 128 bytes; others count as computed.
    pub fn constant(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_constant: true }
    }

    /// A name that was made when the program ran: it leaves only at [`Privacy::Standard`](crate::Privacy::Standard).
    pub fn computed(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_constant: false }
    }

    fn into_name(self) -> Cow<'static, str> {
        let constant = self.is_constant.then(|| interned::intern(&self.name)).flatten();
        constant.map_or(Cow::Owned(self.name), Cow::Borrowed)
    }
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_constant { "Operation(constant)" } else { "Operation(computed)" })
    }
}

/// The parts of an error of another language besides its chain.
pub(crate) struct Given {
    pub(super) level: Option<Level>,
    pub(super) operations: Vec<Operation>,
    pub(super) thread: Option<String>,
    pub(super) runtime: Option<String>,
}

impl Given {
    /// Notes these parts in the event.
    pub(crate) fn tell(self, event: &mut Event) {
        event.level = self.level.unwrap_or(event.level);
        event.operations.extend(self.operations.into_iter().map(Operation::into_name));
        if self.thread.is_some() {
            event.thread = self.thread;
        }
        event.runtime = self.runtime;
    }
}
