//! The line that sets telemetry up under the name of whoever writes it.

/// Sets telemetry up under the name and the version of the package that this line stands in: `~/.weather/config.json` and
/// `WEATHER_*` for a package called `weather`.
///
/// It never fails, and does what [`init`](fn@crate::init) does for Crawl4AI. A program that says more of itself (a command, a
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
