//! The state of the panic hook, for the self-test.

/// Is the panic hook in place?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PanicHook {
    InPlace,
    /// The program asked for no hook.
    LeftAlone,
    /// Nothing is installed in this process.
    NotInstalled,
}
