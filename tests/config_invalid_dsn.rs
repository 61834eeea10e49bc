//! For an invalid DSN the builder returns an error and never panics. `init` continues without a provider and prints the
//! reason.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use crawl4ai_telemetry::{
    App, BuildError, Env, Environment, Outcome, Reason, Telemetry, capture_exception, context,
};

const BAD: [&str; 9] = [
    "",
    " ",
    "nonsense",
    "https://",
    "https://example.com/1",
    "https://key@/1",
    "ftp://key@example.com/1",
    "http://key@example.com/1",
    "https://key@example.com",
];

fn builder() -> crawl4ai_telemetry::Builder {
    Telemetry::builder(App::new("tool", "1.0"))
        .environment(Environment::Cli)
        .config_folder("/nonexistent/telemetry")
        .without_panic_hook()
}

#[test]
fn the_builder_says_so() {
    for dsn in BAD {
        let no_variables = Env::from_pairs::<&str, &str>("TOOL", []);
        let built = builder().env(no_variables).sentry_dsn(dsn).build();
        let Err(BuildError::Provider(error)) = built else { panic!("{dsn:?} was taken: {built:?}") };
        assert!(!error.to_string().contains("key@"), "{error} quotes a key");
    }
}

#[test]
fn init_goes_on_without() {
    let env = Env::from_pairs("TOOL", [("TOOL_SENTRY_DSN", "nonsense"), ("TOOL_TELEMETRY", "1")]);
    let _guard = builder().env(env).init();
    let outcome = capture_exception(&std::io::Error::other("x"), context! {});
    assert_eq!(outcome, Outcome::Suppressed(Reason::NoProvider));
    let status = crawl4ai_telemetry::status().expect("installed");
    assert_eq!(status.provider, "none");
    assert!(status.last_failure.is_some_and(|failure| failure.contains("DSN")));
}
