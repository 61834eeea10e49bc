//! Captures `eyre::Report`.

use std::error::Error;

use crate::capture::error::{Capturable, Chain, ErrorBacktrace, guarded};

/// The heading of the stack in the form that eyre itself prints.
const HEADING: &str = "\nStack backtrace:\n";

/// Marks `eyre::Report`. [`Capturable`] infers the marker, so that no program names it.
#[derive(Debug)]
pub enum ByEyre {}

impl Capturable<ByEyre> for eyre::Report {
    /// Takes the stack from where the report was made, when eyre's own handler captured one (`RUST_BACKTRACE`).
    ///
    /// The handler gives no access to the stack, but prints it. Other handlers print it in their own form, in colours
    /// and with lines of source, so they are not asked. The stack is then that of the capture.
    fn chain(&self) -> Chain<'_> {
        let error: &(dyn Error + Send + Sync + 'static) = &**self;
        let mut chain = Chain::of_dyn(error);
        if self.handler().is::<eyre::DefaultHandler>() {
            chain.backtrace = Some(self);
        }
        chain
    }
}

impl ErrorBacktrace for eyre::Report {
    fn print(&self) -> Option<String> {
        guarded(|| format!("{self:?}"))?.rsplit_once(HEADING).map(|(_, stack)| stack.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use eyre::WrapErr;

    #[test]
    fn the_chain_and_where_it_was_made() {
        let report = Err::<(), _>(std::fmt::Error).wrap_err("cannot write").unwrap_err();
        let chain = Capturable::chain(&report);
        let texts: Vec<_> = chain.exceptions.iter().filter_map(|e| e.message.as_deref()).collect();
        assert_eq!(texts, ["cannot write", &std::fmt::Error.to_string()]);
        // The stack is present exactly when eyre was told to capture one.
        let printed = format!("{report:?}").contains("Stack backtrace");
        let stack = chain.backtrace.and_then(|backtrace| backtrace.print());
        assert_eq!(stack.is_some(), printed);
        assert!(stack.is_none_or(|stack| stack.contains("the_chain_and_where_it_was_made")));
    }
}
