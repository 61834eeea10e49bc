use crawl4ai_telemetry::telemetry;

#[telemetry(if = |_| true)]
fn serve() -> ! {
    loop {}
}

fn main() {
    serve();
}
