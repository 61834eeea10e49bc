mod names {
    pub mod telemetry_of_ours {
        pub use crawl4ai_telemetry::*;
    }
}
use names::telemetry_of_ours as ours;

#[ours::telemetry(crate = crate::names::telemetry_of_ours)]
fn path() -> Result<(), std::fmt::Error> {
    Ok(())
}

#[ours::telemetry(crate = "ours", level = "info")]
async fn text() -> Result<(), std::fmt::Error> {
    Ok(())
}

fn main() {
    assert!(path().is_ok());
    drop(text());
}
