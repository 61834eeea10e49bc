//! Checks the traits of public types that every program may rely on. Error types are errors that can be sent between
//! threads, and shared types can be shared between threads.

use std::error::Error;
use std::fmt::Debug;

use crawl4ai_telemetry::clock::{ManualClock, SystemClock};
use crawl4ai_telemetry::config::{ConfigError, ConfigProblem, ConfigStore, StoredConfig, StoredSettings};
use crawl4ai_telemetry::consent::{ActionError, Answer, Choice, ConsentPrompt, EmailError, TerminalPrompt};
use crawl4ai_telemetry::sanitize::{Detector, Pattern, PatternError, RestoreError, SanitizerBuilder};
use crawl4ai_telemetry::usage::{Settings, Usage, UsageStatus};
use crawl4ai_telemetry::{
    App, BuildError, Builder, ChoiceStoreError, Context, DestinationError, Env, Guard, MemoryProvider,
    NullProvider, Operation, Outcome, ParseError, Preview, PreviewError, ProviderError, Raised, Report,
    Sanitizer, SendError, SentEntry, SentLogError, Status, Telemetry, TelemetryProvider, UsageSpan, Waiting,
};

const fn error<E: Error + Send + Sync + 'static>() {}
const fn value<T: Clone + Debug + Send + Sync + 'static>() {}
const fn shared<T: Debug + Send + Sync + 'static>() {}

/// The test is that this compiles.
#[test]
fn errors_are_errors_and_what_is_shared_can_be() {
    error::<ActionError>();
    error::<BuildError>();
    error::<ChoiceStoreError>();
    error::<ConfigError>();
    error::<ConfigProblem>();
    error::<DestinationError>();
    error::<EmailError>();
    error::<SentLogError>();
    error::<ParseError>();
    error::<PatternError>();
    error::<PreviewError>();
    error::<ProviderError>();
    error::<RestoreError>();
    error::<SendError>();

    value::<Answer>();
    value::<App>();
    value::<Choice>();
    value::<ConfigStore>();
    value::<Context>();
    value::<SentEntry>();
    value::<Env>();
    value::<MemoryProvider>();
    value::<NullProvider>();
    value::<Operation>();
    value::<Outcome>();
    value::<Pattern>();
    value::<Preview>();
    value::<Raised>();
    value::<Report>();
    value::<Sanitizer>();
    value::<Status>();
    value::<StoredConfig>();
    value::<StoredSettings>();
    value::<SystemClock>();
    value::<Telemetry>();
    value::<TerminalPrompt>();
    value::<Usage>();
    value::<UsageSpan>();
    value::<UsageStatus>();
    value::<Waiting>();

    shared::<Guard>();
    shared::<ManualClock>();
}

/// A builder can be sent to another thread, but need not be shareable between threads.
#[test]
fn builders_can_be_handed_over() {
    const fn sent<T: Debug + Send + 'static>() {}
    sent::<Builder>();
    sent::<SanitizerBuilder>();
    sent::<Settings>();
}

/// The traits that programs implement can be used as trait objects.
#[test]
fn traits_for_programs_are_object_safe() {
    fn kept(_: &[&(dyn Send + Sync)]) {}
    fn all(a: &dyn TelemetryProvider, b: &dyn Detector, c: &dyn ConsentPrompt) {
        kept(&[&a, &b, &c]);
    }
    let _ = all;
}

#[cfg(feature = "sentry")]
#[test]
fn sentrys_error_is_one_too() {
    error::<crawl4ai_telemetry::DsnError>();
    value::<crawl4ai_telemetry::DsnError>();
}

#[cfg(feature = "otlp")]
#[test]
fn otlps_error_is_one_too() {
    error::<crawl4ai_telemetry::AddressError>();
    value::<crawl4ai_telemetry::AddressError>();
}

#[cfg(any(feature = "otlp", feature = "sentry"))]
#[test]
fn errors_of_addresses_and_authorities_are_too() {
    error::<crawl4ai_telemetry::EndpointError>();
    error::<crawl4ai_telemetry::CaCertificatesError>();
    value::<crawl4ai_telemetry::RequestLimits>();
    value::<crawl4ai_telemetry::CaCertificates>();
}
