use crawl4ai_telemetry::telemetry;
use std::rc::Rc;

#[telemetry]
async fn fetch() -> Result<(), std::fmt::Error> {
    let local = Rc::new(1);
    std::future::ready(()).await;
    drop(local);
    Ok(())
}

fn must_be_send<F: Send>(_: F) {}

fn main() {
    must_be_send(fetch());
}
