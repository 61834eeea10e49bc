//! A program that fails, in two builds: this test's own executable, and a stripped copy as it would be shipped.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use crawl4ai_telemetry::{App, Telemetry, capture_exception, context};
use serde_json::Value;

/// The argument that makes the copy of the test act as the program.
pub(crate) const PROGRAM: &str = "act-as-the-program";

/// The program: an error and a panic, each through several functions, one of which is inlined into its caller.
pub(crate) fn program(folder: &Path, dsn: Option<&str>) {
    let builder = Telemetry::builder(App::new("weather", "1.4.0")).config_folder(folder);
    let builder = match dsn {
        Some(dsn) => builder.sentry_dsn(dsn),
        None => builder.file(folder.join("reports.jsonl")),
    };
    let telemetry = builder.init();
    assert!(["Oslo"].iter().all(|city| forecast(black_box(city)).is_err()));
    let panicked =
        std::thread::Builder::new().spawn(|| Station { name: black_box(7) }.measure()).map(|t| t.join());
    assert!(panicked.is_ok_and(|ended| ended.is_err()));
    assert!(telemetry.flush(Duration::from_secs(30)));
}

#[inline(never)]
fn forecast(city: &str) -> Result<u32, Box<dyn Error>> {
    parsed(city)
}

#[inline(always)]
fn parsed(city: &str) -> Result<u32, Box<dyn Error>> {
    let read = |text: &str| -> Result<u32, Box<dyn Error>> { Ok(reported(text.parse::<u32>())?) };
    black_box(read(city))
}

#[inline(always)]
fn reported<T, E: Error + Send + Sync + 'static>(result: Result<T, E>) -> Result<T, E> {
    if let Err(error) = &result {
        let _ = capture_exception(error, context! { "attempt" => 3 });
    }
    result
}

struct Station {
    name: u32,
}

trait Measure {
    fn measure(&self);
}

impl Measure for Station {
    #[inline(never)]
    fn measure(&self) {
        at::<u64>(self.name);
    }
}

#[inline(never)]
fn at<T: Default + Copy>(name: u32) {
    let values = [T::default(); 3];
    let index = black_box(name as usize);
    let _ = black_box(&values).get(index).copied().expect("a measurement of every station");
}

/// The files of a release.
pub(crate) struct Release {
    folder: tempfile::TempDir,
    whole: OnceLock<Vec<Value>>,
    shipped: OnceLock<Vec<Value>>,
}

impl Release {
    /// Makes the files: the complete program, the stripped one, and the kept debug information.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let release = Self { folder, whole: OnceLock::new(), shipped: OnceLock::new() };
        let whole = std::env::current_exe().unwrap();
        let (shipped, kept) = (release.file("weather"), release.file("weather.debug"));
        fs::copy(&whole, release.file("weather-as-built")).unwrap();
        assert!(run(Command::new("strip").arg("-o").arg(&shipped).arg(&whole)));
        assert!(run(Command::new("objcopy").arg("--only-keep-debug").arg(&whole).arg(&kept)));
        release
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.file(name).to_str().unwrap().to_owned()
    }

    /// The reports of the complete program: of its error, and of its panic.
    pub(crate) fn whole(&self) -> &[Value] {
        self.whole.get_or_init(|| self.reports("weather-as-built"))
    }

    /// The reports of the stripped program, which are also in `shipped.jsonl`.
    pub(crate) fn shipped(&self) -> &[Value] {
        self.shipped.get_or_init(|| {
            let reports = self.reports("weather");
            let lines: String = reports.iter().map(|report| report.to_string() + "\n").collect();
            fs::write(self.file("shipped.jsonl"), lines).unwrap();
            reports
        })
    }

    fn reports(&self, program: &str) -> Vec<Value> {
        let home = self.file(&format!("home-of-{program}"));
        self.start(program, &home, None);
        let reports = fs::read_to_string(home.join("reports.jsonl")).unwrap();
        let mut reports: Vec<Value> =
            reports.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        reports.sort_by_key(|report| report["exceptions"][0]["kind"].to_string());
        assert_eq!(reports.len(), 2, "{reports:?}");
        reports
    }

    pub(crate) fn start(&self, program: &str, home: &Path, dsn: Option<&str>) {
        let mut command = Command::new(self.file(program));
        command.arg(PROGRAM).arg(home).args(dsn).env_clear();
        command.env(crate::HOME, home).env("WEATHER_TELEMETRY", "1").env("WEATHER_DOCKER", "0");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn run(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
