use crawl4ai_telemetry::telemetry;
use std::error::Error;

#[telemetry]
fn plain() -> Result<(), Box<dyn Error>> {
    Err("plain")?
}

#[telemetry]
fn send() -> Result<(), Box<dyn Error + Send>> {
    Ok(())
}

#[telemetry]
fn send_sync() -> Result<(), Box<dyn Error + Send + Sync + 'static>> {
    "x".parse::<u8>()?;
    Ok(())
}

fn main() {
    assert!(plain().is_err());
    assert!(send().is_ok());
    assert!(send_sync().is_err());
}
