//! Sets up telemetry, ours and Sentry's, in the states in which calls are measured.

use std::sync::Arc;

use crawl4ai_telemetry::{App, Env, Environment, Guard, Limits, MemoryProvider, Telemetry};
use sentry::{ClientInitGuard, ClientOptions, Envelope, Transport};

/// Our telemetry, installed for the process, with a folder of its own.
pub(crate) struct Ours {
    pub(crate) guard: Guard,
    _folder: tempfile::TempDir,
}

impl Ours {
    /// The user said yes, and reports stay in memory.
    pub(crate) fn with_consent() -> Self {
        Self::with("1")
    }

    /// The user said no.
    pub(crate) fn refused() -> Self {
        Self::with("0")
    }

    fn with(answer: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let guard = Telemetry::builder(App::new("calls", "1.0.0").env_prefix("CALLS"))
            .env(Env::from_pairs("CALLS", [("CALLS_TELEMETRY", answer)]))
            .environment(Environment::Cli)
            .config_folder(folder.path())
            .limits(Limits::none())
            .provider(MemoryProvider::default())
            .install()
            .expect("installed");
        Self { guard, _folder: folder }
    }
}

/// Sentry's client, bound, with a transport that drops everything, which is its best case.
pub(crate) fn sentry(attach_stacktrace: bool) -> ClientInitGuard {
    struct Dropping;
    impl Transport for Dropping {
        fn send_envelope(&self, envelope: Envelope) {
            drop(envelope);
        }
    }
    let options = ClientOptions::new().dsn("http://key@127.0.0.1:9/1");
    sentry::init(options.attach_stacktrace(attach_stacktrace).transport(Arc::new(Dropping)))
}
