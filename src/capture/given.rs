//! The data of an error from another language, apart from its chain: its operations, its thread and its runtime.

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
    /// A name that is a constant in the program. It is sent at every privacy level. A process accepts 1024 different
    /// constant names of at most 128 bytes; further names, and longer ones, count as computed.
    pub fn constant(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_constant: true }
    }

    /// A name that was computed at run time. It is sent only at [`Privacy::Standard`](crate::Privacy::Standard).
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

/// The data of an error from another language, apart from its chain.
pub(crate) struct Given {
    pub(super) level: Option<Level>,
    pub(super) operations: Vec<Operation>,
    pub(super) thread: Option<String>,
    pub(super) runtime: Option<String>,
}

impl Given {
    /// Stores this data in the event.
    pub(crate) fn tell(self, event: &mut Event) {
        event.level = self.level.unwrap_or(event.level);
        event.operations.extend(self.operations.into_iter().map(Operation::into_name));
        if self.thread.is_some() {
            event.thread = self.thread;
        }
        event.runtime = self.runtime;
    }
}
