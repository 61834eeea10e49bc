//! Recording of crashes by signal: when the handler is installed, which data of the program it gets, and whether it may
//! write.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crawl4ai_telemetry_core::__private::COMPILER;
use crawl4ai_telemetry_core::{App, Environment, Privacy};
use crawl4ai_telemetry_native::{Consent, Handler, InstallError, Plan, Stamp};

/// Was the handler installed in this process?
static IS_INSTALLED: AtomicBool = AtomicBool::new(false);

/// The handler, and the files whose answers the handler follows.
pub(crate) struct NativeCrashes {
    handler: Handler,
    configuration: Option<PathBuf>,
    machine_policy: Option<PathBuf>,
}

impl NativeCrashes {
    /// Installs the handler. It records nothing before [`follow`](Self::follow) permits it.
    ///
    /// # Errors
    /// When the system has no such handler, or a path cannot be used.
    pub(crate) fn install(
        handler: Handler,
        spool: &Path,
        [configuration, machine_policy]: [Option<&Path>; 2],
        app: &App,
        environment: Environment,
    ) -> Result<Self, InstallError> {
        let absolute = |path: &Path| std::path::absolute(path).map_err(|_| InstallError::Path);
        let spool = absolute(spool)?;
        let configuration = configuration.map(absolute).transpose()?;
        let machine_policy = machine_policy.map(absolute).transpose()?;
        handler.install(&Plan {
            spool: &spool,
            configuration: configuration.as_deref(),
            machine_policy: machine_policy.as_deref(),
            head: &head(app, environment),
            // The kind is not `signal`, because older versions know only two kinds of exceptions. The type says that it
            // is a signal.
            kind: "panic",
            tail: r#","operations":[],"context":{}}"#,
        })?;
        IS_INSTALLED.store(true, Ordering::Relaxed);
        Ok(Self { handler, configuration, machine_policy })
    }

    /// The state of the configuration file and of the administrator's file, before they are read.
    pub(crate) fn stamp(&self) -> Stamp {
        self.handler.stamp(self.configuration.as_deref(), self.machine_policy.as_deref())
    }

    /// Tells the handler what was read from the files of `stamp`: a yes, a question that is still open, or (`None`) a
    /// no.
    pub(crate) fn follow(&self, stamp: Stamp, consent: Option<Consent>) {
        match consent {
            Some(consent) => self.handler.arm(consent, stamp),
            None => self.handler.disarm(),
        }
    }
}

/// Deletes the record of a signal that another handler repaired, because the program ends normally.
pub(crate) fn survived() {
    if IS_INSTALLED.load(Ordering::Relaxed) {
        crawl4ai_telemetry_native::handler().survived();
    }
}

/// The beginning of the record. The level is strict, because the record holds no text.
fn head(app: &App, environment: Environment) -> String {
    let string = |text: &str| serde_json::Value::from(text).to_string();
    let compiler = COMPILER.map(|name| format!(r#","compiler":{}"#, string(name))).unwrap_or_default();
    format!(
        r#"{{"schema":1,"level":"fatal","privacy":"{}","app":{{"name":{},"version":{}}},"environment":"{environment}","platform":{{"os":"{}","arch":"{}"{compiler}}},"fingerprint":"0000000000000000""#,
        Privacy::Strict,
        string(app.name()),
        string(app.version()),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}
