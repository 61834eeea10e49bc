//! The last answer of admission as one byte.

use crawl4ai_telemetry_core::Privacy;

use crate::consent::Rule;

/// The answer that admission gave last: none yet, yes at a level by the stored yes or by another rule, or no by a rule.
/// It is stored so that the next answer costs one load.
pub(super) const UNKNOWN: u8 = 0;
const STANDARD: u8 = 1;
const OWN_WORDS: u8 = 2;
const STRICT: u8 = 3;
/// Added to a level that the stored yes allows.
const STORED: u8 = 3;
const DENIED: u8 = 7;

pub(super) fn code_of(privacy: Privacy) -> u8 {
    match privacy {
        Privacy::Standard => STANDARD,
        Privacy::OwnWords => OWN_WORDS,
        Privacy::Strict => STRICT,
    }
}

pub(super) fn privacy_of(code: u8) -> Option<Privacy> {
    match code {
        STANDARD => Some(Privacy::Standard),
        OWN_WORDS => Some(Privacy::OwnWords),
        STRICT => Some(Privacy::Strict),
        _ => None,
    }
}

/// Yes at a level, and whether by the stored yes.
pub(super) fn allowed_by(privacy: Privacy, is_stored: bool) -> u8 {
    code_of(privacy).saturating_add(if is_stored { STORED } else { 0 })
}

/// The level of a yes, and whether it is the stored one.
pub(super) fn yes_of(code: u8) -> Option<(Privacy, bool)> {
    let stored = || Some((privacy_of(code.checked_sub(STORED)?)?, true));
    privacy_of(code).map(|privacy| (privacy, false)).or_else(stored)
}

pub(super) fn refused_by(rule: Rule) -> u8 {
    let at = Rule::ALL.iter().position(|known| *known == rule).unwrap_or_default();
    DENIED.saturating_add(u8::try_from(at).unwrap_or(u8::MAX))
}

pub(super) fn rule_of(answer: u8) -> Rule {
    let at = usize::from(answer.saturating_sub(DENIED));
    Rule::ALL.get(at).copied().unwrap_or(Rule::NoConsent)
}
