//! A report in the form of Sentry's event, field by field, so that no default adds anything.

use std::borrow::Cow;

use crawl4ai_telemetry_core::{Level, Report};
use sentry::protocol::{
    ClientSdkInfo, Context, DebugMeta, Event, Level as SentryLevel, Map, OsContext, RuntimeContext, User,
    Uuid, Value,
};
use serde_json::json;

use crate::fields::{self, cut};
use crate::{images, stack};

/// The longest transaction name that Relay does not cut, in characters. A context of 32 operations with names of this
/// length also fits into the 8 KiB to which Relay cuts a context.
const NAME: usize = 200;

/// The event as JSON, with the fields that the types of `sentry` do not write.
///
/// # Errors
/// When a value cannot be written as JSON.
pub(crate) fn write(report: &Report) -> serde_json::Result<Value> {
    let event = build(report)?;
    let level = event.level;
    let mut event = serde_json::to_value(event)?;
    if let Some(fields) = event.as_object_mut() {
        // `sentry` does not write the level `error`, but the log of what was sent must show it.
        fields.insert("level".to_owned(), level.to_string().into());
    }
    // Without `infer_ip`, Relay stores the address of the connection as the user's address, for some platforms
    // (<https://develop.sentry.dev/sdk/data-model/event-payloads/sdk/>).
    if let Some(sdk) = event.get_mut("sdk").and_then(Value::as_object_mut) {
        sdk.insert("settings".to_owned(), json!({ "infer_ip": "never" }));
    }
    Ok(event)
}

fn build(report: &Report) -> serde_json::Result<Event<'static>> {
    Ok(Event {
        event_id: Uuid::from_bytes(report.id().to_bytes()),
        level: level(report.level()),
        // The library's fingerprint is made of the type chain and the program's functions. So one bug is one issue,
        // even if text was redacted or the binary is stripped, and it is the issue that the program counts.
        fingerprint: Cow::Owned(vec![report.fingerprint().to_string().into()]),
        transaction: transaction(report),
        platform: report.platform().language().unwrap_or("native").into(),
        timestamp: report.time().into(),
        release: Some(fields::release(report.app_name(), report.app_version()).into()),
        environment: Some(report.environment().name().into()),
        user: report.user_email().map(|email| User { email: Some(email.to_owned()), ..User::default() }),
        contexts: contexts(report)?,
        // `extra` holds the caller's context, because Relay cuts each entry of `contexts` to 8 KiB.
        extra: extra(report)?,
        exception: stack::exceptions(report).into(),
        tags: tags(report),
        debug_meta: Cow::Owned(DebugMeta { images: images::debug_images(report), ..DebugMeta::default() }),
        sdk: Some(Cow::Owned(ClientSdkInfo {
            name: "crawl4ai-telemetry".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            integrations: Vec::new(),
            packages: Vec::new(),
        })),
        ..Event::default()
    })
}

fn level(level: Level) -> SentryLevel {
    match level {
        Level::Info => SentryLevel::Info,
        Level::Warning => SentryLevel::Warning,
        Level::Fatal => SentryLevel::Fatal,
        Level::Error => SentryLevel::Error,
        // A level that this version does not know is at least an error.
        _ => SentryLevel::Error,
    }
}

/// The function that failed, which servers show beside the title of an issue. If the function is unknown, the place of
/// the panic or of the capture.
fn transaction(report: &Report) -> Option<String> {
    let function = report.culprit().and_then(|frame| frame.title()).map(Cow::into_owned);
    let place = || report.place().map(stack::place);
    function.or_else(place).map(|name| cut(&name, NAME))
}

fn tags(report: &Report) -> Map<String, String> {
    let kind = report.exceptions().first().map(|exception| exception.kind().name());
    let fingerprint = report.fingerprint().to_string();
    let tags = [
        ("fingerprint", Some(&*fingerprint)),
        ("privacy", Some(report.privacy().name())),
        ("kind", kind),
        ("arch", Some(report.platform().arch())),
        ("operation", report.operations().last()),
    ];
    tags.into_iter().filter_map(|(key, value)| Some((key.to_owned(), fields::tag(value?)?))).collect()
}

/// The context that the caller attached.
fn extra(report: &Report) -> serde_json::Result<Map<String, Value>> {
    report.context().iter().map(|(key, value)| Ok((key.to_string(), serde_json::to_value(value)?))).collect()
}

fn contexts(report: &Report) -> serde_json::Result<Map<String, Context>> {
    let (name, version) = report.platform().os_name_and_version().unwrap_or((report.platform().os(), ""));
    let version = Some(version.to_owned()).filter(|version| !version.is_empty());
    let os = OsContext { name: Some(name.to_owned()), version, ..OsContext::default() };
    let mut contexts = Map::new();
    contexts.insert("os".to_owned(), Context::Os(Box::new(os)));
    let built_or_run_by = report.platform().runtime().or(report.platform().compiler());
    if let Some((name, version)) = built_or_run_by.and_then(|said| said.split_once(' ')) {
        let (name, version) = (Some(name.to_owned()), Some(version.to_owned()));
        let runtime = RuntimeContext { name, version, ..RuntimeContext::default() };
        contexts.insert("runtime".to_owned(), Context::Runtime(Box::new(runtime)));
    }
    let about = about(report)?;
    if !about.is_empty() {
        contexts.insert("report".to_owned(), Context::Other(about));
    }
    Ok(contexts)
}

/// Fields of the report for which Sentry's event has no field.
fn about(report: &Report) -> serde_json::Result<Map<String, Value>> {
    let mut about = Map::new();
    let mut add = |key: &str, value: Value| about.insert(key.to_owned(), value);
    if let Some(thread) = report.thread() {
        add("thread", cut(thread, NAME).into());
    }
    let operations: Vec<String> = report.operations().map(|name| cut(name, NAME)).collect();
    if !operations.is_empty() {
        add("operations", operations.into());
    }
    if !report.redactions().is_empty() {
        add("redactions", serde_json::to_value(report.redactions())?);
    }
    if !report.losses().is_empty() {
        add("losses", serde_json::to_value(report.losses())?);
    }
    let cut = [
        ("exceptions_cut", report.exceptions_cut()),
        ("frames_cut", report.exceptions().iter().map(|e| e.frames_cut()).fold(0, u32::saturating_add)),
    ];
    for (key, n) in cut.into_iter().filter(|(_, n)| *n > 0) {
        add(key, n.into());
    }
    Ok(about)
}
