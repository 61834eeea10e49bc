use crawl4ai_telemetry::telemetry;

type Answer<T> = Result<T, std::fmt::Error>;

#[telemetry]
fn own() -> Answer<u8> {
    Ok(1)
}

#[telemetry]
fn io() -> std::io::Result<()> {
    std::fs::read("/nowhere/at/all").map(drop)
}

#[telemetry]
fn fmt() -> std::fmt::Result {
    Err(std::fmt::Error)
}

#[telemetry]
fn anyhow() -> anyhow::Result<()> {
    io()?;
    anyhow::bail!("not reached")
}

fn main() {
    assert_eq!(own(), Ok(1));
    assert!(fmt().is_err());
    assert!(anyhow().unwrap_err().is::<std::io::Error>());
}
