//! Each program in `compile_fail` breaks the schema of usage spans. The compiler refuses it, with a message that gives
//! the reason.

#[test]
fn what_breaks_the_schema_does_not_compile() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/compile_fail/*.rs");
    tests.pass("tests/compile_pass/*.rs");
}
