//! `init!()`, which sets telemetry up under the name of the package that calls it.

/// Sets telemetry up under the name and the version of the package that calls it: `~/.weather/config.json` and
/// `WEATHER_*` for a package called `weather`.
///
/// It never fails, and does what [`init`](fn@crate::init) does for Crawl4AI. A program that declares more (a command, a
/// privacy notice, where its reports go) uses [`Telemetry::builder`](crate::Telemetry::builder).
///
/// ```
/// let telemetry = crawl4ai_telemetry::init!();
/// assert_eq!(telemetry.app().name(), env!("CARGO_PKG_NAME"));
/// assert_eq!(telemetry.app().version(), env!("CARGO_PKG_VERSION"));
/// ```
#[macro_export]
macro_rules! init {
    () => {
        $crate::Telemetry::builder($crate::App::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))).init()
    };
}
