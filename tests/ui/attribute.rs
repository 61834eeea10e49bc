//! Checks what `#[telemetry]` accepts, and its messages about what it does not accept. If a new compiler changes its own
//! messages, `TRYBUILD=overwrite` updates the texts in `fail`, which must then be read as a user reads them.

#[test]
fn attribute() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}
