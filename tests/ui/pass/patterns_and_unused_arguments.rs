#![deny(warnings)]
use crawl4ai_telemetry::telemetry;

pub struct Point {
    pub x: i32,
    pub y: i32,
}

#[telemetry(context(x, b))]
fn sum(Point { x, y }: Point, (a, b): (i32, i32), mut c: i32, _: i32, _unused: String) -> Result<i32, std::fmt::Error> {
    c += 1;
    Ok(x + y + a + b + c)
}

#[telemetry]
async fn sum_later(Point { x, .. }: Point, [a, ..]: [i32; 3], mut c: i32, _unused: u8) -> Result<i32, std::fmt::Error> {
    c += 1;
    Ok(x + a + c)
}

fn main() {
    assert_eq!(sum(Point { x: 1, y: 2 }, (3, 4), 5, 6, String::new()), Ok(16));
    drop(sum_later(Point { x: 1, y: 2 }, [1, 2, 3], 1, 0));
}
