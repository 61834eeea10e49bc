use crawl4ai_telemetry::telemetry;
use std::borrow::Cow;

#[telemetry]
fn owned() -> Result<(), String> {
    Err(format!("{} of {}", 1, 2))
}

#[telemetry]
fn fixed() -> Result<(), &'static str> {
    Err("fixed")
}

#[telemetry]
async fn either() -> Result<(), Cow<'static, str>> {
    Err("either".into())
}

fn main() {
    assert!(owned().is_err());
    assert!(fixed().is_err());
    drop(either());
}
