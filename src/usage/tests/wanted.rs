//! `wants_spans`, which bindings of other languages ask before they read anything.

use super::*;

#[test]
fn a_span_is_wanted_while_it_would_be_recorded() {
    let (_folder, builder) = builder(&[]);
    assert!(!builder.build().unwrap().usage().wants_spans(), "a program that asked for no usage");
    let undecided = stage(|settings| settings, &[]);
    assert!(!undecided.usage().wants_spans());
    undecided.usage().enable().unwrap();
    assert!(undecided.usage().wants_spans());
    undecided.usage().disable().unwrap();
    assert!(!undecided.usage().wants_spans());
    for switch in ["OTEL_SDK_DISABLED", "APP_DISABLE_TELEMETRY", "APP_DISABLE_TRACKING"] {
        assert!(!stage(Settings::on_by_default, &[(switch, "TRUE")]).usage().wants_spans(), "{switch}");
        assert!(stage(Settings::on_by_default, &[(switch, "false")]).usage().wants_spans(), "{switch}");
    }
}
