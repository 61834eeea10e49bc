use crawl4ai_telemetry::telemetry;

#[telemetry]
fn down(levels: u32) -> Result<u32, std::fmt::Error> {
    #[telemetry(operation = "inner item")]
    fn inner() -> Result<(), std::fmt::Error> {
        Ok(())
    }
    inner()?;
    if levels == 0 { Ok(0) } else { Ok(down(levels - 1)? + 1) }
}

fn main() {
    assert_eq!(down(100), Ok(100));
    let closure = |n| {
        #[telemetry]
        fn in_a_closure(n: u8) -> u8 {
            n
        }
        in_a_closure(n)
    };
    assert_eq!(closure(3), 3);
}
