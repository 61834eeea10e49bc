//! Tests of the span that counts starts.

use super::*;

#[test]
fn a_start_is_told_by_the_programs_word_and_the_users_consent_only() {
    let memory = MemoryProvider::default();
    let (_folder, builder) = builder(&[]);
    let settings = Settings::provider(memory.clone(), &[ProgramStarted::SPEC]);
    let telemetry = builder.usage(settings).build().unwrap();
    let usage = telemetry.usage();
    usage.record(ProgramStarted {});
    assert!(usage.flush(PATIENCE) && memory.spans().is_empty(), "nobody said yes");
    usage.enable().unwrap();
    assert!(usage.flush(PATIENCE) && memory.spans().is_empty(), "the library records no start itself");
    usage.record(ProgramStarted {});
    assert!(usage.flush(PATIENCE));
    let [span] = &*memory.spans() else { panic!("one start") };
    assert_eq!(span.spec().name(), "Program Started");
    let attributes: Vec<_> = span.attributes().collect();
    assert_eq!(attributes, [("service.version", UsageValue::Text("1.2.3"))]);
}
