use std::cell::Cell;

use super::*;
use crate::capture::error::ErrorBacktrace;
use crate::capture::operations::Scope;
use crate::environment::Env;
use crate::{Environment, Limits, MemoryProvider};

/// An error that counts how often its stack was printed.
#[derive(Default)]
struct Carrying(Cell<u32>);

impl ErrorBacktrace for Carrying {
    fn print(&self) -> Option<String> {
        self.0.set(self.0.get() + 1);
        Some("0: tool::fetch\n at src/fetch.rs:7:9".to_owned())
    }
}

#[test]
fn the_stack_of_an_error_is_printed_only_for_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let builder = |consent: &'static str| {
        Telemetry::builder(App::new("tool", "1.0.0").env_prefix("TOOL"))
            .env(Env::from_pairs("TOOL", [("TOOL_TELEMETRY", consent)]))
            .environment(Environment::Cli)
            .config_folder(folder.path())
            .limits(Limits { per_hour: 2, ..Limits::none() })
            .provider(MemoryProvider::default())
    };
    let telemetry = builder("1").build().unwrap();
    let error = Carrying::default();
    let capture = |telemetry: &Telemetry, asked| {
        let taken =
            || (Chain { backtrace: Some(&error), ..Chain::message("no route to host") }, Context::new());
        (telemetry.capture(asked, Level::Error, None, taken), error.0.get())
    };

    let refused = capture(&builder("0").build().unwrap(), CaptureMode::Explicit);
    assert_eq!(refused, (Outcome::Suppressed(Reason::NoConsent(Rule::KillSwitch)), 0));
    {
        let _outer = Scope::enter("outer");
        {
            let _inner = Scope::enter("inner");
            assert!(matches!(capture(&telemetry, CaptureMode::Leaving), (Outcome::Queued(_), 1)));
        }
        let again = capture(&telemetry, CaptureMode::Leaving);
        assert_eq!(again, (Outcome::Suppressed(Reason::AlreadyReported), 1));
    }
    assert!(matches!(capture(&telemetry, CaptureMode::Explicit), (Outcome::Queued(_), 2)));
    let flood = capture(&telemetry, CaptureMode::Explicit);
    assert_eq!(flood, (Outcome::Suppressed(Reason::RateLimited), 2));
}
