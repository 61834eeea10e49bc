//! Makes an [`Event`] of an error or a panic: chains, unresolved stacks, operations, the panic hook.
//!
//! Capturing happens on the program's own thread, so it is short: texts are formatted within bounds, stacks are walked
//! but not resolved, and nothing is read, started or waited for.

pub(crate) mod capturable;
mod departures;
pub(crate) mod duplicates;
pub(crate) mod error;
mod format;
pub(crate) mod given;
pub(crate) mod interned;
pub(crate) mod operations;
pub(crate) mod panic;
mod printed;
pub(crate) mod raised;
pub(crate) mod read_only;
pub(crate) mod reentrancy;
mod reporter;
mod signature;
pub(crate) mod stack;
pub(crate) mod symbol_table;
pub(crate) mod symbols;
mod typename;

use std::borrow::Cow;
use std::panic::Location;

use crawl4ai_telemetry_core::{Context, Event};

use error::{Chain, ErrorBacktrace};
use stack::Stack;

/// An event that the worker has not processed. Its stack consists of unresolved addresses.
#[derive(Clone)]
pub(crate) struct Captured {
    pub(crate) event: Event,
    pub(crate) stack: Stack,
}

impl Captured {
    /// Collects what this thread knows about an error: its chain, the place of the capture and the open operations. The
    /// stack is the one that the error carries, or else this thread's.
    pub(crate) fn here(
        mut event: Event,
        chain: Chain<'_>,
        context: Context,
        place: Option<&'static Location<'static>>,
    ) -> Self {
        let place = place.map(|place| (place.file().into(), place.line(), place.column()));
        let place = place.or(chain.place.map(|(file, line)| (file, line, 0)));
        event.exceptions = chain.exceptions;
        event.exceptions_cut = chain.cut;
        event.thread = std::thread::current().name().map(str::to_owned);
        event.operations = operations::current();
        event.context = operations::context_under(context);
        let stack = match chain.given {
            Some(given) => {
                given.tell(&mut event);
                Stack::Given
            }
            None => {
                let here = Stack::here();
                match chain.backtrace.and_then(ErrorBacktrace::print) {
                    Some(text) => Stack::Carried(text, Box::new(here)),
                    None => here,
                }
            }
        };
        if let (false, Some(raised)) = (stack.is_given(), event.exceptions.first_mut()) {
            raised.captured_at = place;
        }
        Self { event, stack }
    }

    /// Resolves the stack. This never runs on the program's thread, because it reads debug information.
    pub(crate) fn resolve(self) -> Event {
        let resolved = symbols::resolve(&self.stack);
        self.with(resolved)
    }

    /// Puts a resolved stack into the event and returns the event.
    pub(crate) fn with(mut self, resolved: symbols::Resolved) -> Event {
        if let Some(raised) = self.event.exceptions.first_mut().filter(|_| !self.stack.is_given()) {
            raised.frames = resolved.frames;
            raised.captured_frames = resolved.captured;
            self.event.images = resolved.images;
        }
        own_what_was_computed(&mut self.event.operations);
        self.event
    }
}

/// Makes owned texts of the names that are `&'static` only because they were leaked.
fn own_what_was_computed(operations: &mut [Cow<'static, str>]) {
    if operations.is_empty() {
        return;
    }
    let names: Vec<&str> = operations.iter().map(|name| &**name).collect();
    let constant = read_only::are_literals(&names);
    for (name, constant) in operations.iter_mut().zip(constant) {
        if let (Cow::Borrowed(borrowed), false) = (&*name, constant || interned::holds(name)) {
            *name = Cow::Owned((*borrowed).to_owned());
        }
    }
}
