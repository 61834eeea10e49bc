use crawl4ai_telemetry::telemetry;

#[telemetry]
fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
    let number = text.parse::<u32>()?;
    if number == 7 {
        return Ok(0);
    }
    Ok(number)
}

fn main() {
    assert_eq!(parse("3"), Ok(3));
    assert_eq!(parse("7"), Ok(0));
    assert!(parse("x").is_err());
}
