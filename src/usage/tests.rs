mod delivery;
mod refused;
mod started;
mod wanted;

use std::collections::BTreeSet;
use std::sync::Mutex;

use crawl4ai_telemetry_core::{
    App, Loss, MemoryProvider, Timestamp, UsageSpan, usage_attributes, usage_span,
};

use super::*;
use crate::clock::ManualClock;
use crate::consent::{UsageConsent, UsageRule};
use crate::{Env, Telemetry};

const PATIENCE: Duration = Duration::from_secs(20);

usage_span! {
    /// That a feature was used.
    struct FeatureUsed = "Feature Used" {
        /// Which features are used.
        feature: Name => Default since 1,
    }
}

usage_span! {
    /// A run, from start to end.
    struct Run = "Run" {
        /// What came of it, when it is shared.
        output: Option<SharedText> => Shared since 1,
    }
}

usage_attributes! {
    /// What every span carries.
    struct OnEach {
        /// To find faults that only one version has.
        version: Name => Default since 1,
        /// Builds must not be counted as people.
        ci: bool => Default since 1,
        /// Programs that assistants run are used otherwise.
        assisted: bool => Default since 1,
    }
}

const SPANS: &[&SpanSpec] = &[FeatureUsed::SPEC, Run::SPEC];

fn feature(name: &str) -> FeatureUsed {
    FeatureUsed { feature: name.into() }
}

struct Stage {
    memory: MemoryProvider,
    telemetry: Telemetry,
    _folder: tempfile::TempDir,
}

/// Builds usage telemetry in a temporary folder of its own, with these variables.
fn stage(settings: impl FnOnce(Settings) -> Settings, variables: &[(&str, &str)]) -> Stage {
    let memory = MemoryProvider::default();
    let (folder, builder) = builder(variables);
    let settings = settings(Settings::provider(memory.clone(), SPANS));
    Stage { memory, telemetry: builder.usage(settings).build().unwrap(), _folder: folder }
}

fn builder(variables: &[(&str, &str)]) -> (tempfile::TempDir, crate::Builder) {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::from_pairs("APP", variables.iter().copied());
    let builder = Telemetry::builder(App::new("app", "1.2.3")).config_folder(folder.path()).env(env);
    (folder, builder)
}

fn on() -> Stage {
    stage(Settings::on_by_default, &[])
}

impl Stage {
    fn usage(&self) -> &Usage {
        self.telemetry.usage()
    }

    fn sent(&self) -> Vec<UsageSpan> {
        assert!(self.usage().flush(PATIENCE));
        self.memory.spans()
    }

    fn names(&self) -> Vec<&'static str> {
        self.sent().iter().map(|span| span.spec().name()).collect()
    }
}

#[test]
fn nothing_is_recorded_unless_the_program_asks_for_it() {
    let (_folder, builder) = builder(&[]);
    let telemetry = builder.provider(MemoryProvider::default()).build().unwrap();
    telemetry.usage().record(feature("x"));
    assert!(telemetry.usage().flush(PATIENCE));
    assert_eq!(telemetry.usage().status(), None);
    let nobody = Usage::default();
    nobody.start(true, Run { output: None }).end();
    assert!(nobody.flush(PATIENCE) && nobody.enable().is_ok());
}

#[test]
fn off_until_somebody_says_yes_and_off_again_when_somebody_says_no() {
    let stage = stage(|settings| settings, &[]);
    stage.usage().record(feature("before"));
    assert!(stage.sent().is_empty());
    stage.usage().enable().unwrap();
    stage.usage().record(feature("after"));
    assert_eq!(stage.names(), ["Feature Used"]);
    stage.usage().record(feature("waits while the answer changes"));
    stage.usage().disable().unwrap();
    stage.usage().record(feature("after the no"));
    assert_eq!(stage.sent().len(), 1, "what waited is dropped");
    let status = stage.usage().status().unwrap();
    assert_eq!(
        (status.enabled, status.consent, status.decided_by),
        (false, UsageConsent::Denied, UsageRule::StoredDenial)
    );
    stage.usage().enable().unwrap();
    stage.usage().record(feature("again"));
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn a_no_to_crash_reports_is_a_no_to_usage() {
    let stage = on();
    stage.usage().record(feature("before"));
    assert_eq!(stage.sent().len(), 1);
    stage.telemetry.disable().unwrap();
    stage.usage().record(feature("after"));
    assert_eq!(stage.sent().len(), 1);
    // A yes to crash reports, here or in another process, does not cover usage figures, whatever the program declares.
    stage.telemetry.enable().unwrap();
    stage.usage().record(feature("after a yes to crash reports"));
    assert_eq!(stage.sent().len(), 1);
    let (_folder, builder) = builder(&[]);
    let folder = stage.telemetry.config().folder().unwrap();
    let next =
        builder.config_folder(folder).usage(Settings::provider(stage.memory.clone(), SPANS).on_by_default());
    let next = next.build().unwrap();
    next.usage().record(feature("in the next process"));
    assert!(next.usage().flush(PATIENCE));
    assert_eq!(stage.memory.spans().len(), 1);
    stage.usage().enable().unwrap();
    stage.usage().record(feature("after a yes to usage figures"));
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn every_kill_switch_holds_whatever_is_stored() {
    let switches = [
        ("APP_TELEMETRY", "0"),
        ("APP_DISABLE_TELEMETRY", "true"),
        ("APP_DISABLE_TRACKING", "true"),
        ("OTEL_SDK_DISABLED", "true"),
        ("DO_NOT_TRACK", "1"),
    ];
    for switch in switches {
        let stage = stage(Settings::on_by_default, &[switch]);
        let _ = stage.usage().enable();
        stage.usage().record(feature("x"));
        assert!(stage.sent().is_empty(), "{switch:?}");
    }
    let shown = stage(Settings::on_by_default, &[("APP_TELEMETRY_DEBUG", "1")]);
    shown.usage().record(feature("shown"));
    assert!(shown.sent().is_empty());
}

#[test]
fn refreshed_kill_switches_count_at_each_send() {
    let switches =
        ["OTEL_SDK_DISABLED", "APP_DISABLE_TELEMETRY", "APP_DISABLE_TRACKING", "APP_TELEMETRY_DEBUG"];
    for switch in switches {
        let value = Arc::new(Mutex::new("false"));
        let source = {
            let value = Arc::clone(&value);
            move || vec![(switch.to_owned(), value.lock().unwrap().to_string())]
        };
        let (_folder, builder) = builder(&[]);
        let (memory, clock) = (MemoryProvider::default(), Arc::new(ManualClock::default()));
        let telemetry = builder
            .env(Env::from_source("APP", source))
            .clock(Arc::clone(&clock))
            .usage(Settings::provider(memory.clone(), SPANS).on_by_default())
            .build()
            .unwrap();
        let usage = telemetry.usage();
        let sent = || {
            assert!(usage.flush(PATIENCE));
            memory.spans().len()
        };
        usage.record(feature("before"));
        assert_eq!(sent(), 1, "{switch}");

        usage.record(feature("waits"));
        *value.lock().unwrap() = "true";
        telemetry.refresh_environment();
        assert_eq!(sent(), 1, "{switch} was set before the send");
        assert!(!usage.status().unwrap().enabled);

        *value.lock().unwrap() = "false";
        telemetry.refresh_environment();
        // A no is cached for a second.
        clock.advance(Duration::from_secs(2));
        usage.record(feature("after"));
        assert_eq!(sent(), 2, "{switch} can be taken back");
    }
}

#[test]
fn spans_carry_the_programs_names_and_version_unless_it_declares_others() {
    let stage = on();
    stage.usage().record(feature("x"));
    let span = &stage.sent()[0];
    assert_eq!((span.service(), span.tracer()), ("app", "app.telemetry"));
    let names: Vec<&str> = span.attributes().map(|(name, _)| name).collect();
    assert_eq!(names, ["service.version", "feature"]);
    assert_eq!(span.attribute("service.version"), Some(UsageValue::Text("1.2.3")));

    let stage = self::stage(
        |settings| {
            let common = |run: &ProgramRun<'_>| OnEach {
                version: run.version().into(),
                ci: run.is_ci(),
                assisted: run.is_set("ASSISTANT"),
            };
            settings.on_by_default().named("other", "other.tracer").common(common)
        },
        &[("ASSISTANT", "a-secret-value"), ("GITHUB_ACTIONS", "true")],
    );
    stage.usage().record(feature("x"));
    let span = &stage.sent()[0];
    assert_eq!((span.service(), span.tracer()), ("other", "other.tracer"));
    let attributes: Vec<_> = span.attributes().collect();
    let expected = [("version", "1.2.3"), ("ci", "true"), ("assisted", "true"), ("feature", "x")];
    assert_eq!(attributes, expected.map(|(name, text)| (name, UsageValue::Text(text))));
    let schema = stage.usage().schema().unwrap();
    assert_eq!((schema.common(), schema.spans()), (OnEach::ATTRIBUTES, SPANS));
    assert!(!format!("{:?}", stage.usage().run()).contains("secret"));
}

#[test]
fn a_span_that_the_program_did_not_list_is_not_recorded_and_counted() {
    let memory = MemoryProvider::default();
    let (_folder, builder) = builder(&[]);
    let settings = Settings::provider(memory.clone(), &[FeatureUsed::SPEC]).on_by_default();
    let telemetry = builder.usage(settings).build().unwrap();
    let usage = telemetry.usage();
    usage.start_with(true, || -> Run { panic!("a span that is not recorded is not made") }).end();
    usage.record(feature("x"));
    assert!(usage.flush(PATIENCE));
    let names: Vec<_> = memory.spans().iter().map(|span| span.spec().name()).collect();
    assert_eq!(names, ["Feature Used"]);
    assert_eq!(usage.status().unwrap().losses.count(Loss::Internal), 1);
}

#[test]
fn a_span_ends_once_and_one_that_is_dropped_stands_for_a_failure() {
    let (_folder, builder) = builder(&[]);
    let (memory, clock) =
        (MemoryProvider::default(), Arc::new(ManualClock::new(Timestamp::from_millis(90_000))));
    let settings = Settings::provider(memory.clone(), SPANS).on_by_default();
    let telemetry = builder.clock(Arc::clone(&clock)).usage(settings).build().unwrap();
    let usage = telemetry.usage();

    let ended = usage.start(false, Run { output: None });
    clock.advance(Duration::from_secs(3));
    clock.set(Timestamp::from_millis(5)); // somebody set the time of day back
    ended.end_with(|run| run.output = Some("output".into()));
    drop(usage.start(false, Run { output: None }));
    usage.start(false, Run { output: None }).fail();
    let never = Box::leak(Box::new(usage.start(false, Run { output: None })));
    assert!(!never.is_shared());
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _span = usage.start(false, Run { output: None });
        panic!("in a run");
    }));
    assert!(panicked.is_err());
    usage.start(true, Run { output: Some("output".into()) }).end();

    assert!(usage.flush(PATIENCE));
    let spans = memory.spans();
    assert_eq!(spans.iter().map(UsageSpan::failed).collect::<Vec<_>>(), [false, true, true, true, false]);
    assert_eq!((spans[0].start().as_millis(), spans[0].end().as_millis()), (90_000, 93_000));
    assert!(spans.iter().all(|run| run.end() >= run.start()));
    assert_eq!(spans[0].attribute("output"), None, "not shared");
    assert_eq!(spans[4].attribute("output"), Some(UsageValue::Text("output")));
    let ids: BTreeSet<_> = spans.iter().map(|span| span.ids().trace()).collect();
    assert_eq!(ids.len(), spans.len(), "every span has a trace of its own");
}

#[cfg(feature = "otlp")]
#[test]
fn only_the_program_and_its_user_say_where_spans_go() {
    use crate::deliver::providers::ProviderChoice;
    let ours = "https://ours.example.com";
    let host = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://host.example.com");
    let user = ("APP_OTLP_ENDPOINT", "https://user.example.com");
    let authorities = ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/host.pem");
    let table = [
        (vec![], false, ours, None),
        (vec![host, authorities], false, ours, None),
        (vec![host], true, host.1, None),
        (vec![host, authorities], true, host.1, Some(authorities.1)),
        (vec![(host.0, " "), authorities], true, ours, None),
        (vec![host, user, authorities], true, user.1, None),
        (vec![user], false, user.1, None),
    ];
    for (variables, follows, expected, trusted) in table {
        let env = Env::from_pairs("APP", variables.iter().copied());
        let settings = Settings::otlp(ours, SPANS);
        let mut settings = if follows { settings.follow_host_endpoint() } else { settings };
        let (ProviderChoice::Otlp(base), file) = settings.take_choice(&env) else { panic!("OTLP") };
        assert_eq!((&*base, file), (expected, trusted), "{variables:?} {follows}");
    }
}
