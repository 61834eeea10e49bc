//! The last answer of admission as one byte.

use crawl4ai_telemetry_core::Privacy;

use crate::consent::Rule;

/// The answer that admission gave last: none yet, yes at a level, or no by a rule. It is stored so that the next answer
/// costs one load.
pub(super) const UNKNOWN: u8 = 0;
const STANDARD: u8 = 1;
const OWN_WORDS: u8 = 2;
const STRICT: u8 = 3;
const DENIED: u8 = 4;

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

pub(super) fn refused_by(rule: Rule) -> u8 {
    let at = Rule::ALL.iter().position(|known| *known == rule).unwrap_or_default();
    DENIED.saturating_add(u8::try_from(at).unwrap_or(u8::MAX))
}

pub(super) fn rule_of(answer: u8) -> Rule {
    let at = usize::from(answer.saturating_sub(DENIED));
    Rule::ALL.get(at).copied().unwrap_or(Rule::NoConsent)
}
