//! The usual error type of a server: around any error, and none itself, so that `?` makes it of any.
use crawl4ai_telemetry::{capturable, capture_exception, context, telemetry, ResultExt};

struct AppError(anyhow::Error);

capturable!(AppError, |error| &error.0);

impl<E: Into<anyhow::Error>> From<E> for AppError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[telemetry]
fn plain() -> Result<u8, AppError> {
    Ok("x".parse()?)
}

#[telemetry(level = "warning", if = |error| error.0.is::<std::num::ParseIntError>())]
async fn asynchronous(id: u32) -> Result<impl std::fmt::Display, AppError> {
    Ok(format!("{id}").parse::<u8>()?)
}

/// With an enum, what is no bug has no error in it.
enum Shelved {
    NotFound,
    Broken(Box<dyn std::error::Error + Send + Sync>),
}

capturable!(Shelved, |shelved| match shelved {
    Shelved::NotFound => Shelved::NOT_FOUND,
    Shelved::Broken(error) => &**error,
});

#[derive(Debug)]
struct NotFound;

impl std::fmt::Display for NotFound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no such page")
    }
}

impl std::error::Error for NotFound {}

impl Shelved {
    const NOT_FOUND: &'static (dyn std::error::Error + Send + Sync) = &NotFound;
}

#[telemetry(if = |error| !matches!(error, Shelved::NotFound))]
fn shelved(there: bool) -> Result<(), Shelved> {
    if there { Err(Shelved::Broken("torn".into())) } else { Err(Shelved::NotFound) }
}

fn main() {
    drop((plain().is_err(), asynchronous(7), shelved(true).capture().is_err(), shelved(false).is_err()));
    if let Err(error) = plain() {
        let _ = capture_exception(&error, context! { "attempt" => 1 });
    }
}
