use crawl4ai_telemetry::telemetry;
use std::rc::Rc;

#[telemetry]
async fn local(text: Rc<str>) -> Result<Rc<str>, std::fmt::Error> {
    tokio::task::yield_now().await;
    Ok(text)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert_eq!(&*local("x".into()).await.unwrap(), "x");
}
