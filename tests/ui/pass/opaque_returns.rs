use crawl4ai_telemetry::telemetry;

#[telemetry]
fn numbers(most: u32) -> impl Iterator<Item = u32> {
    0..most
}

#[telemetry]
fn fallible(text: &str) -> Result<impl Iterator<Item = char>, std::num::ParseIntError> {
    let number: u32 = text.parse()?;
    Ok(number.to_string().chars().collect::<Vec<_>>().into_iter())
}

#[telemetry]
fn borrowed<'a>(text: &'a str) -> Result<Box<dyn Iterator<Item = char> + 'a>, std::fmt::Error> {
    Ok(Box::new(text.chars()))
}

#[telemetry]
async fn later() -> Result<impl std::fmt::Debug, std::fmt::Error> {
    Ok([1, 2, 3])
}

fn main() {
    assert_eq!(numbers(3).count(), 3);
    assert_eq!(fallible("12").unwrap().count(), 2);
    assert!(fallible("x").is_err());
    assert_eq!(borrowed("abc").unwrap().count(), 3);
    drop(later());
}
