//! A sample program `weather` with any number of reports, and the page about them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use crawl4ai_telemetry::clock::ManualClock;
use crawl4ai_telemetry::{App, Builder, Env, Environment, Level, Limits, Telemetry, Timestamp, context};
use crwl::TelemetryCommand;
use serde_json::{Value, json};

use super::Offline;

#[derive(Parser)]
enum Weather {
    Telemetry(TelemetryCommand),
}

const DAY: u64 = 24 * 60 * 60 * 1000;

/// The time of the last report.
pub(crate) const LAST: &str = "2026-11-27T09:30:00Z";

/// The home folder of a user of `weather`.
pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn telemetry(&self) -> PathBuf {
        self.path().join(".weather/telemetry")
    }

    /// The builder of the program's telemetry, and of its command.
    pub(crate) fn builder(&self) -> Builder {
        let app = App::new("weather", "1.4.0")
            .command("weather telemetry")
            .controller("Weather Ltd, 1 High Street, Dublin, privacy@weather.example.com")
            .privacy_notice("https://weather.example.com/privacy")
            .retention(Duration::from_secs(90 * 24 * 60 * 60));
        Telemetry::builder(app)
            .env(Env::from_pairs("WEATHER", [("TERM", "dumb")]))
            .config_folder(self.path().join(".weather"))
            .environment(Environment::Cli)
            .provider(Offline)
    }

    /// Runs the command that the user typed.
    pub(crate) fn weather(&self, arguments: &[&str]) -> ExitCode {
        let Weather::Telemetry(command) =
            Weather::parse_from([&["weather", "telemetry"], arguments].concat());
        command.run(self.builder())
    }

    /// The page as it is now.
    pub(crate) fn page(&self) -> String {
        let file = self.path().join("page.html");
        let _ = fs::remove_file(&file);
        assert_eq!(self.weather(&["view", "--out", file.to_str().unwrap()]), ExitCode::SUCCESS);
        fs::read_to_string(&file).unwrap()
    }

    /// Stores reports of this user that could not be delivered, half a day apart.
    pub(crate) fn let_wait(&self, many: u64) {
        assert_eq!(self.weather(&["enable"]), ExitCode::SUCCESS);
        let last: Timestamp = LAST.parse().unwrap();
        for n in 0..many {
            let clock = ManualClock::new(Timestamp::from_millis(last.as_millis() - n * DAY / 2));
            let telemetry = self.builder().clock(clock).limits(Limits::none()).build().unwrap();
            let text =
                format!("no answer from https://api.example.com/{n} for ada{n}@example.com after 3 tries");
            telemetry.capture_message(
                Level::Error,
                &text,
                context! { "attempt" => n, "password" => "hunter2" },
            );
            telemetry.flush(Duration::from_secs(5));
            assert_eq!(telemetry.status().losses.iter().count(), 0, "{}", telemetry.status());
        }
    }

    /// Records deliveries, the newest first, and returns the id and the bytes of each.
    pub(crate) fn remember(&self, many: u64) -> Vec<(String, Vec<u8>)> {
        (0..many).map(|n| self.remember_one(n, &[], &body(n))).collect()
    }

    /// Records one delivery, with some fields changed.
    pub(crate) fn remember_one(&self, n: u64, different: &[(&str, Value)], body: &[u8]) -> (String, Vec<u8>) {
        (record(&self.telemetry(), n, different, body), body.to_vec())
    }
}

/// Records as many deliveries as the record holds. They are years old, so that a new one replaces the oldest of them.
pub(crate) fn fill_record(telemetry: &Path, different: &[(&str, Value)]) {
    for n in 0..50 {
        record(telemetry, 2_000 + n, different, b"{}");
    }
}

/// Records one delivery, with some fields changed, and returns its id.
fn record(telemetry: &Path, n: u64, different: &[(&str, Value)], body: &[u8]) -> String {
    let journal = telemetry.join("journal");
    fs::create_dir_all(&journal).unwrap();
    let last: Timestamp = LAST.parse().unwrap();
    // Five hundred deliveries cover more than half a year.
    let at = Timestamp::from_millis(last.as_millis() - n * DAY * 2 / 5);
    let id = format!("{n:08x}01234def8123456789abcdef");
    let mut head = json!({
        "id": id, "time": at.to_string(), "sent_at": at.to_string(), "provider": "sentry",
        "fate": if n % 7 == 6 { "refused" } else { "delivered" },
        "error": "weather::ForecastError", "culprit": "weather::forecast::{closure#0}",
        "failed": format!("no answer from [url] after {} tries", n % 5 + 1),
        "redactions": { "url": n % 4 + 1, "email": u64::from(n.is_multiple_of(3)), "path": n % 2, "token": u64::from(n % 9 == 4) },
        "media_type": "application/json", "bytes": body.len(),
    });
    let fields = head.as_object_mut().unwrap();
    fields.extend(different.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    let mut whole = format!("{head}\n").into_bytes();
    whole.extend_from_slice(body);
    let path = journal.join(format!("{:015}_{id}.sent", at.as_millis()));
    fs::write(&path, whole).unwrap();
    private(&path);
    // The record's folder, and two above it.
    journal.ancestors().take(3).for_each(private);
    id
}

/// The library only believes files that nobody else may write.
#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn private(_: &Path) {}

/// A report as JSON, with characters that have a meaning in HTML.
fn body(n: u64) -> Vec<u8> {
    let frames: Vec<Value> = (0..12)
        .map(|at| json!({ "function": format!("weather::forecast::step_{at}<'_, &T>"), "file": "src/main.rs", "line": at * 7 + n % 7 }))
        .collect();
    let report = json!({
        "schema": 1, "level": "error", "privacy": "own_words", "app": { "name": "weather", "version": "1.4.0" },
        "exceptions": [{ "kind": "error", "type": "weather::ForecastError", "frames": frames,
            "value": format!("no answer from [url] after {} tries & \"more\" <größer>", n % 5 + 1) }],
        "context": { "attempt": n }, "redactions": { "url": n % 4 + 1 },
    });
    let mut text = String::from("\n");
    let _ = writeln!(text, "{report}");
    text.into_bytes()
}
