//! The operations that this thread is in, outermost first: `crawl > fetch > parse`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::marker::PhantomData;

/// How many are kept. Deeper ones are counted, so that leaving them finds the right one again.
const MOST: usize = crawl4ai_telemetry_core::sanitize::limits::OPERATIONS;

thread_local! {
    static OPERATIONS: RefCell<Stack> = const { RefCell::new(Stack { names: Vec::new(), deeper: 0 }) };
}

struct Stack {
    names: Vec<Cow<'static, str>>,
    deeper: usize,
}

/// Keeps an operation open until it is dropped; belongs to the thread that opened it.
#[derive(Debug)]
#[must_use = "the operation ends when this guard is dropped"]
pub(crate) struct OperationGuard {
    opened: bool,
    /// Not `Send`: the stack is the thread's.
    _thread: PhantomData<*const ()>,
}

/// Opens an operation.
pub(crate) fn enter(name: impl Into<Cow<'static, str>>) -> OperationGuard {
    let name = name.into();
    let opened = with(|stack| {
        if stack.names.len() < MOST {
            stack.names.push(name);
        } else {
            stack.deeper = stack.deeper.saturating_add(1);
        }
    });
    OperationGuard { opened: opened.is_some(), _thread: PhantomData }
}

impl Drop for OperationGuard {
    fn drop(&mut self) {
        if self.opened {
            with(|stack| match stack.deeper.checked_sub(1) {
                Some(fewer) => stack.deeper = fewer,
                None => drop(stack.names.pop()),
            });
        }
    }
}

/// The operations that are open.
pub(crate) fn current() -> Vec<Cow<'static, str>> {
    with(|stack| stack.names.clone()).unwrap_or_default()
}

/// Nothing when the thread's locals are gone, or in use by the very code that panicked.
fn with<T>(act: impl FnOnce(&mut Stack) -> T) -> Option<T> {
    OPERATIONS.try_with(|stack| stack.try_borrow_mut().ok().map(|mut stack| act(&mut stack))).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_nest_and_end_in_order() {
        let crawl = enter("crawl");
        {
            let _fetch = enter("fetch");
            assert_eq!(current(), ["crawl", "fetch"]);
        }
        assert_eq!(current(), ["crawl"]);
        drop(crawl);
        assert!(current().is_empty());
    }

    #[test]
    fn a_million_nested_ones_are_bounded() {
        let guards: Vec<_> = (0..1_000_000).map(|_| enter("again")).collect();
        assert_eq!(current().len(), MOST);
        drop(guards);
        assert!(current().is_empty());
    }
}
