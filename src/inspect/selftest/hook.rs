//! What the test says of the panic hook.

/// Is the panic hook in place?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PanicHook {
    InPlace,
    /// The program sets no hook.
    LeftAlone,
    /// Nothing is installed in this process.
    NotInstalled,
}
