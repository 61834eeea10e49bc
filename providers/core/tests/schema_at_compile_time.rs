//! The compiler keeps the promises of the usage spans' schema: each of these programs is refused, with a text that
//! gives the reason.

#[test]
fn what_breaks_the_schema_does_not_compile() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/compile_fail/*.rs");
    tests.pass("tests/compile_pass/*.rs");
}
