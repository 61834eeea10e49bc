use crawl4ai_telemetry::telemetry;
use std::fmt::Error;
use std::pin::Pin;

#[telemetry]
fn opaque(url: &str) -> impl Future<Output = Result<usize, Error>> + Send + use<'_> {
    async move { Ok(url.len()) }
}

#[telemetry(context(url))]
fn boxed<'a>(url: &'a str) -> Pin<Box<dyn Future<Output = Result<usize, Error>> + Send + 'a>> {
    Box::pin(async move { Ok(url.len()) })
}

#[telemetry]
fn boxed_after_work(url: String) -> Pin<Box<dyn Future<Output = Result<usize, Error>> + Send>> {
    if url.is_empty() {
        return Box::pin(std::future::ready(Err(Error)));
    }
    Box::pin(async move { Ok(url.len()) })
}

#[telemetry]
fn without_result(n: u8) -> impl Future<Output = u8> {
    std::future::ready(n)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(tokio::spawn(opaque("a")).await.unwrap(), Ok(1));
    assert_eq!(tokio::spawn(boxed("ab")).await.unwrap(), Ok(2));
    assert_eq!(boxed_after_work("abc".into()).await, Ok(3));
    assert_eq!(boxed_after_work(String::new()).await, Err(Error));
    assert_eq!(without_result(4).await, 4);
}
