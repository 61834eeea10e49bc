use crawl4ai_telemetry::telemetry;
use std::error::Error;
use std::fmt::Display;

#[telemetry]
fn generic<T, E: Error + 'static>(value: Result<T, E>) -> Result<T, E> {
    value
}

#[telemetry]
fn longest<'a>(a: &'a str, b: &'a str) -> Result<&'a str, std::fmt::Error> {
    if a.len() > b.len() { Ok(a) } else { Ok(b) }
}

#[telemetry]
fn elided(text: &str) -> Result<&str, std::str::Utf8Error> {
    std::str::from_utf8(text.as_bytes())
}

#[telemetry]
fn lent(list: &mut [u8]) -> Result<&mut u8, std::fmt::Error> {
    list.first_mut().ok_or(std::fmt::Error)
}

struct Stack(Vec<u8>);

impl Stack {
    #[telemetry]
    fn top(&mut self) -> Option<&mut u8> {
        self.0.push(1);
        self.0.last_mut()
    }
}

#[telemetry]
fn given_away(make: impl FnOnce() -> String) -> Result<String, std::fmt::Error> {
    Ok(make())
}

#[telemetry]
fn argument(what: impl Display + Clone, list: &mut [impl Copy]) -> Result<String, std::fmt::Error> {
    let _ = list.first().copied();
    Ok(what.to_string())
}

#[telemetry]
fn constant<const N: usize>(list: [u8; N]) -> Result<[u8; N], std::fmt::Error>
where
    [u8; N]: Sized,
{
    Ok(list)
}

#[telemetry]
async fn later<'a, T: Send + Sync>(value: &'a T, _: &str) -> Result<&'a T, std::fmt::Error> {
    Ok(value)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(generic(Ok::<_, std::fmt::Error>(1)), Ok(1));
    assert_eq!(longest("a", "bc"), Ok("bc"));
    assert_eq!(elided("x"), Ok("x"));
    assert_eq!(lent(&mut [7]), Ok(&mut 7));
    assert_eq!(Stack(Vec::new()).top(), Some(&mut 1));
    assert_eq!(given_away(String::new), Ok(String::new()));
    assert_eq!(argument(3, &mut [1]), Ok("3".to_owned()));
    assert_eq!(constant([1, 2]), Ok([1, 2]));
    assert_eq!(later(&5, "").await, Ok(&5));
}
