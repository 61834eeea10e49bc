//! The JSON text of the administrator's file. No word in it allows anything.

use crawl4ai_telemetry_core::Privacy;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{MachinePolicy, MachinePolicyProblem};

/// Some editors write it before the first character. JSON does not allow it (RFC 8259, section 8.1).
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The fields of the file. A missing field, or `null`, says nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Document {
    reports: Option<Forbidden>,
    usage: Option<Forbidden>,
    level: Option<Level>,
    question: Option<Hidden>,
    address: Option<String>,
    proxy: Option<String>,
}

#[derive(Debug, Deserialize)]
enum Forbidden {
    #[serde(rename = "forbidden")]
    Forbidden,
}

#[derive(Debug, Deserialize)]
enum Hidden {
    #[serde(rename = "hidden")]
    Hidden,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    OwnWords,
    Strict,
}

/// The address for reports and the proxy that the administrator names. Neither is shown, because an address may hold a
/// key and a proxy a password.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Destinations {
    pub(crate) address: Option<String>,
    pub(crate) proxy: Option<String>,
}

impl std::fmt::Debug for Destinations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { address, proxy } = self;
        f.debug_struct("Destinations")
            .field("address", &address.is_some())
            .field("proxy", &proxy.is_some())
            .finish()
    }
}

/// Reads the whole file.
///
/// # Errors
/// When its meaning is not certain.
pub(super) fn read(bytes: &[u8]) -> Result<(MachinePolicy, Destinations), MachinePolicyProblem> {
    let damaged_at = |at: usize| {
        let before = bytes.get(..at).unwrap_or_default();
        MachinePolicyProblem::Damaged(before.iter().filter(|byte| **byte == b'\n').count() + 1)
    };
    let text = std::str::from_utf8(bytes).map_err(|error| damaged_at(error.valid_up_to()))?;
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    // `serde` also takes an array of the fields in their order, which the documentation does not describe.
    if !text.trim_start().starts_with('{') {
        return Err(damaged_at(0));
    }
    let said: Document =
        serde_json::from_str(text).map_err(|unknown| match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => MachinePolicyProblem::Unknown(unknown.line()),
            Err(damaged) => MachinePolicyProblem::Damaged(damaged.line()),
        })?;
    let policy = MachinePolicy {
        forbids_reports: said.reports.is_some(),
        forbids_usage: said.usage.is_some(),
        level: said.level.map(|level| match level {
            Level::OwnWords => Privacy::OwnWords,
            Level::Strict => Privacy::Strict,
        }),
        hides_question: said.question.is_some(),
    };
    let given = |value: Option<String>| value.map(|value| value.trim().to_owned());
    Ok((policy, Destinations { address: given(said.address), proxy: given(said.proxy) }))
}
