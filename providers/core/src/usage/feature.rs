//! `Feature Usage`: that a feature was used, by its name in the program.

use super::{AttributeSpec, SpanSpec, Tier, UsageSpan};
use crate::{Sanitizer, Timestamp};

pub(super) const FEATURE_USAGE: SpanSpec = SpanSpec {
    name: "Feature Usage",
    attributes: &[AttributeSpec {
        name: "feature",
        reason: "Which features are used decides which are kept and which are mended first.",
        tier: Tier::Default,
    }],
};

impl UsageSpan {
    /// That a feature was used. `feature` is a name that the program's author chose, `deploy:created`; it
    /// passes the sanitizer all the same.
    #[must_use]
    pub fn feature_usage(sanitizer: &Sanitizer, feature: &'static str, at: Timestamp) -> Self {
        let value = sanitizer.text(feature);
        Self { spec: &FEATURE_USAGE, start: at, end: at, attributes: vec![("feature", value)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_its_name_and_nothing_that_the_schema_does_not_know() {
        let span = UsageSpan::feature_usage(&Sanitizer::new(), "deploy:created", Timestamp::from_millis(0));
        let json = serde_json::to_string(&span).unwrap();
        assert_eq!(
            json,
            r#"{"span":"Feature Usage","start":"1970-01-01T00:00:00Z","end":"1970-01-01T00:00:00Z","attributes":{"feature":"deploy:created"}}"#
        );
    }
}
