//! The JSON text of the file: reads our key, and changes it in the text.

use crawl4ai_telemetry_core::{Privacy, Timestamp};

use super::object::{self, Member, Style, members};
use super::{ConfigProblem, Consent, StoredConfig, StoredSettings, UsageConsent};

/// Some editors write it before the first character. JSON does not allow it (RFC 8259, section 8.1), so it is taken off
/// before parsing, and written back.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The levels that a yes can be given for.
const LEVELS: [Privacy; 3] = [Privacy::Standard, Privacy::OwnWords, Privacy::Strict];

/// The text of a new file before our key is added.
pub(super) const EMPTY: &str = "{}\n";

/// Reads our settings. An uncertain value is a problem, never a guess.
pub(super) fn read(text: &str) -> StoredConfig {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let Some(root) = members(text) else { return ConfigProblem::Damaged.into() };
    let telemetry = match only(&root, "telemetry", "telemetry") {
        Ok(Some(member)) => member.value,
        Ok(None) => return StoredConfig::default(),
        Err(problem) => return problem.into(),
    };
    if telemetry == "null" {
        return StoredConfig::default();
    }
    match members(telemetry) {
        Some(members) => settings(&members),
        None => ConfigProblem::Unknown("telemetry").into(),
    }
}

/// Reads the members of `telemetry`. Of several problems the first is kept, but one that hides a decision goes before.
fn settings(members: &[Member<'_>]) -> StoredConfig {
    let mut stored = StoredConfig::default();
    let mut note = |problem: ConfigProblem| {
        if stored.problem.is_none_or(|old| !old.hides_consent() && problem.hides_consent()) {
            stored.problem = Some(problem);
        }
    };
    let mut read = |key: &'static str, full: &'static str| match only(members, key, full) {
        Ok(member) => member.map_or(Scalar::Null, |m| Scalar::read(m.value)),
        Err(problem) => {
            note(problem);
            Scalar::Null
        }
    };
    let consent = read("consent", "telemetry.consent");
    let usage = read("usage", "telemetry.usage");
    let policy = read("policy", "telemetry.policy");
    let email = read("email", "telemetry.email");
    let decided_at = read("decided_at", "telemetry.decided_at");
    let level = read("level", "telemetry.level");
    let destination = read("destination", "telemetry.destination");

    let consent = match consent {
        Scalar::Null => Some(Consent::NotSet),
        Scalar::Bool(true) => Some(Consent::Always),
        Scalar::Bool(false) => Some(Consent::Denied),
        Scalar::Text(word) => Consent::from_name(&word),
        Scalar::Number(_) | Scalar::Other => None,
    };
    let usage = match usage {
        Scalar::Null => Some(UsageConsent::NotSet),
        Scalar::Bool(true) => Some(UsageConsent::Always),
        Scalar::Bool(false) => Some(UsageConsent::Denied),
        Scalar::Text(word) => UsageConsent::from_name(&word),
        Scalar::Number(_) | Scalar::Other => None,
    };
    let policy = match policy {
        Scalar::Null => Some(None),
        Scalar::Number(digits) => digits.parse().ok().map(Some),
        Scalar::Bool(_) | Scalar::Text(_) | Scalar::Other => None,
    };
    let email = match email {
        Scalar::Null => Some(None),
        Scalar::Text(address) => Some(Some(address)),
        Scalar::Bool(_) | Scalar::Number(_) | Scalar::Other => None,
    };
    let decided_at = match decided_at {
        Scalar::Null => Some(None),
        Scalar::Text(time) => time.parse::<Timestamp>().ok().map(Some),
        Scalar::Bool(_) | Scalar::Number(_) | Scalar::Other => None,
    };
    let level = match level {
        Scalar::Null => Some(None),
        Scalar::Text(word) => LEVELS.into_iter().find(|level| level.name() == word).map(Some),
        Scalar::Bool(_) | Scalar::Number(_) | Scalar::Other => None,
    };
    let destination = match destination {
        Scalar::Null => Some(None),
        Scalar::Text(destination) => Some(Some(destination)),
        Scalar::Bool(_) | Scalar::Number(_) | Scalar::Other => None,
    };
    for (known, key) in [
        (consent.is_some(), "telemetry.consent"),
        (usage.is_some(), "telemetry.usage"),
        (policy.is_some(), "telemetry.policy"),
        (email.is_some(), "telemetry.email"),
        (decided_at.is_some(), "telemetry.decided_at"),
        (level.is_some(), "telemetry.level"),
        (destination.is_some(), "telemetry.destination"),
    ] {
        if !known {
            note(ConfigProblem::Unknown(key));
        }
    }
    if stored.hides_consent() {
        return StoredConfig { settings: StoredSettings::default(), problem: stored.problem };
    }
    stored.settings = StoredSettings {
        consent: consent.unwrap_or_default(),
        email: email.unwrap_or_default(),
        usage: usage.unwrap_or_default(),
        decided_at: decided_at.unwrap_or_default(),
        policy: policy.unwrap_or_default(),
        level: level.unwrap_or_default(),
        destination: destination.unwrap_or_default(),
    };
    stored
}

/// The member with this key, `None` when there is none. Several are a problem.
fn only<'m, 'a>(
    members: &'m [Member<'a>],
    key: &str,
    full: &'static str,
) -> Result<Option<&'m Member<'a>>, ConfigProblem> {
    let mut found = members.iter().filter(|member| member.is(key));
    match (found.next(), found.next()) {
        (member, None) => Ok(member),
        (_, Some(_)) => Err(ConfigProblem::Duplicate(full)),
    }
}

/// A value, of the kind that its first byte tells. Arrays and objects are not parsed.
enum Scalar<'a> {
    Null,
    Bool(bool),
    Number(&'a str),
    Text(String),
    Other,
}

impl<'a> Scalar<'a> {
    fn read(raw: &'a str) -> Self {
        match raw.as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'"') => serde_json::from_str(raw).map_or(Self::Other, Self::Text),
            Some(b'-' | b'0'..=b'9') => Self::Number(raw),
            Some(_) | None => Self::Other,
        }
    }
}

/// The document with our settings changed from `old` to `new`. Settings that did not change keep their bytes.
///
/// `None` when the document is no JSON object. When `old` is `None`, each key of ours is written, whatever it held.
pub(super) fn write(text: &str, old: Option<&StoredSettings>, new: &StoredSettings) -> Option<String> {
    let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let root = members(text)?;
    let style = Style::of(text).unwrap_or_else(Style::plain);
    let inner = style.nested();
    let before = root.iter().rev().find(|member| member.is("telemetry")).map(|member| member.value);
    let mut telemetry = match before {
        Some(value) if members(value).is_some() => value.to_owned(),
        Some(_) | None => "{}".to_owned(),
    };
    for (key, value) in changes(old, new)? {
        telemetry = object::set(&telemetry, key, value.as_deref(), &inner)?;
    }
    Some(format!("{mark}{}", object::set(text, "telemetry", Some(&telemetry), &style)?))
}

/// The keys whose settings changed, each with its new value as JSON, or `None` to remove it.
fn changes(
    old: Option<&StoredSettings>,
    new: &StoredSettings,
) -> Option<Vec<(&'static str, Option<String>)>> {
    let text = |s: &str| serde_json::to_string(s).ok();
    let changed = |same: fn(&StoredSettings, &StoredSettings) -> bool| old.is_none_or(|old| !same(old, new));
    let mut out = Vec::new();
    if changed(|a, b| a.consent == b.consent) {
        out.push(("consent", Some(text(new.consent.name())?)));
    }
    if changed(|a, b| a.email == b.email) {
        out.push(("email", new.email.as_deref().and_then(text)));
    }
    if changed(|a, b| a.usage == b.usage) {
        let set = new.usage != UsageConsent::NotSet;
        out.push(("usage", if set { text(new.usage.name()) } else { None }));
    }
    if changed(|a, b| a.decided_at == b.decided_at) {
        out.push(("decided_at", new.decided_at.and_then(|time| text(&time.to_string()))));
    }
    if changed(|a, b| a.policy == b.policy) {
        out.push(("policy", new.policy.map(|version| version.to_string())));
    }
    if changed(|a, b| a.level == b.level) {
        out.push(("level", new.level.and_then(|level| text(level.name()))));
    }
    if changed(|a, b| a.destination == b.destination) {
        out.push(("destination", new.destination.as_deref().and_then(text)));
    }
    Some(out)
}

#[cfg(test)]
mod tests;
