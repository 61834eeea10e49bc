//! What `#[telemetry]` accepts, and what it says where it does not. The texts beside `tests/ui/fail` were read as
//! a user reads them; `TRYBUILD=overwrite` writes them anew after a compiler changed its own words.

#[test]
fn attribute() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
