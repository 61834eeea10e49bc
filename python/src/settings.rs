//! Converts the arguments of `init` into a builder of the library.

use std::sync::Arc;

use crawl4ai_telemetry::{App, Builder, Environment, Privacy, Telemetry, runtime};
use pyo3::prelude::*;

use crate::environment::{self, Pairs};
use crate::given::Lossy;
use crate::prompt::Never;
use crate::waiting::time;
use crate::words::{Modules, Version};

/// The settings, all of which Python passes.
#[derive(FromPyObject)]
pub(crate) struct Settings {
    #[pyo3(item)]
    app: String,
    #[pyo3(item)]
    version: String,
    /// The implementation of Python, and its version.
    #[pyo3(item)]
    runtime: (String, String),
    #[pyo3(item)]
    environ: Vec<(Lossy, Lossy)>,
    #[pyo3(item)]
    dsn: Option<String>,
    #[pyo3(item)]
    file: Option<std::path::PathBuf>,
    #[pyo3(item)]
    otlp: Option<String>,
    #[pyo3(item)]
    config_folder: Option<std::path::PathBuf>,
    #[pyo3(item)]
    env_prefix: Option<String>,
    #[pyo3(item)]
    command: Option<String>,
    #[pyo3(item)]
    environment: Option<String>,
    #[pyo3(item)]
    privacy: String,
    #[pyo3(item)]
    ask: String,
    #[pyo3(item)]
    exit_timeout: f64,
    #[pyo3(item)]
    privacy_notice: Option<String>,
    /// Identifies the compiled modules of this Python: minor version, tag in their file names, and first bytes.
    #[pyo3(item)]
    compiled: (u8, String, [u8; 4]),
}

impl Settings {
    /// The implementation of Python, as it is named in reports.
    pub(crate) fn runtime(&self) -> Option<String> {
        runtime(&self.runtime.0, &self.runtime.1)
    }

    /// Whether questions are allowed.
    pub(crate) fn may_ask(&self) -> bool {
        self.ask != "never"
    }

    /// The version that `--version` prints.
    pub(crate) fn version(&self) -> String {
        self.version.clone()
    }

    /// The builder, with the own words of `modules`.
    pub(crate) fn builder(self, modules: &Arc<Modules>) -> Builder {
        let app = self.app();
        let pairs: Pairs = self.environ.into_iter().map(|(name, value)| (name.0, value.0)).collect();
        let env = environment::first(app.env_prefix_name(), pairs);
        let mut builder = Telemetry::builder(app)
            .env(env)
            .privacy(privacy(&self.privacy))
            .own_words(modules.source())
            .exit_timeout(time(self.exit_timeout))
            .without_panic_hook();
        if let Some(folder) = self.config_folder {
            builder = builder.config_folder(folder);
        }
        if let Some(dsn) = self.dsn {
            builder = builder.sentry_dsn(dsn);
        } else if let Some(base) = self.otlp {
            builder = builder.otlp_endpoint(base);
        } else if let Some(file) = self.file {
            builder = builder.file(file);
        }
        let environment = self.environment.map(serde_json::Value::from);
        // If the environment is not set or not known, the builder determines it.
        if let Some(environment) =
            environment.and_then(|word| serde_json::from_value::<Environment>(word).ok())
        {
            builder = builder.environment(environment);
        }
        match &*self.ask {
            "end" => builder.ask_at_end(),
            _ => builder.prompt(Never),
        }
    }

    /// The modules whose texts count as own words. The list is empty at first.
    pub(crate) fn modules(&self) -> Arc<Modules> {
        let (minor, tag, magic) = &self.compiled;
        let name = format!("modules of {} {} for {tag}", self.app, self.version);
        Modules::new(name, Version { minor: *minor, tag: tag.clone(), magic: *magic })
    }

    fn app(&self) -> App {
        let mut app = App::new(self.app.clone(), self.version.clone());
        if let Some(prefix) = self.env_prefix.clone() {
            app = app.env_prefix(prefix);
        }
        if let Some(command) = self.command.clone() {
            app = app.command(command);
        }
        if let Some(url) = self.privacy_notice.clone() {
            // Leaked once per process.
            app = app.privacy_notice(Box::leak(url.into_boxed_str()));
        }
        app
    }
}

fn privacy(word: &str) -> Privacy {
    match word {
        "standard" => Privacy::Standard,
        "strict" => Privacy::Strict,
        _ => Privacy::OwnWords,
    }
}
