//! What `#[telemetry]` accepts, and what it says where it does not. The texts in `fail` were read as a user reads them;
//! `TRYBUILD=overwrite` writes them anew after a compiler changed its own words.

#[test]
fn attribute() {
    let cases = trybuild::TestCases::new();
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}
