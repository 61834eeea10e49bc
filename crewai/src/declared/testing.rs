//! Tests of crews.

use crawl4ai_telemetry::usage::{Decimal, Id, Key, Name, SharedMap};
use crawl4ai_telemetry::usage_span;

usage_span! {
    /// The result of one round of a crew's test.
    pub struct IndividualTestResult = "Crew Individual Test Result" {
        /// Joins the result with the crew.
        crew_key: Key => Default since 1,
        /// Joins the result with the run of the crew.
        crew_id: Id => Default since 1,
        /// Whether crews get better or worse with a new version.
        quality: Decimal => Default since 1,
        /// Whether crews get faster or slower with a new version.
        exec_time: Decimal => Default since 1,
        /// Which models judge.
        model_name: Name => Default since 1,
    }
}

usage_span! {
    /// That a crew is tested.
    pub struct TestExecution = "Crew Test Execution" {
        /// Joins the test with the crew.
        crew_key: Key => Default since 1,
        /// Joins the test with the run of the crew.
        crew_id: Id => Default since 1,
        /// How often people let tests repeat.
        iterations: Decimal => Default since 1,
        /// Which models judge.
        model_name: Name => Default since 1,
        /// What the crew is asked in the test, when its owner chooses to show us.
        inputs: Option<SharedMap> => Shared since 1,
    }
}
