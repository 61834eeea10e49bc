//! Reports of a program over six weeks, in the form in which a collector's file exporter writes them.
//!
//! ```sh
//! cargo run -p crwl --example many_reports -- 20000 > logs.jsonl
//! crwl telemetry analyze logs.jsonl --until 2026-11-27
//! ```
//!
//! The sanitizer and the provider make them of generated errors. A hundred bugs are noise. To others something happened,
//! for `analyze` to find.

#![allow(clippy::print_stdout, reason = "this program has something to say")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "nothing of the user's is read")]

use crawl4ai_telemetry_core::{
    App, Environment, Event, Kind, Level, Loss, Privacy, RawException, RawFrame, ReportId, Sanitizer,
    TelemetryProvider, Timestamp,
};
use crawl4ai_telemetry_otlp::OtlpProvider;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use prost::Message;
use serde_json::Value;

/// In the order in which they were released.
const VERSIONS: [&str; 8] =
    ["nightly", "v1.9", "1.10.0-rc.2", "1.10.0-rc.10", "1.10.0", "1.10.1", "1.11.0", "2.0.0+build.7"];
/// A later build of the last version.
const LATER: &str = "2.0.0+build.10";
const SYSTEMS: [&str; 3] = ["linux", "macos", "windows"];
const ENVIRONMENTS: [Environment; 3] = [Environment::Cli, Environment::Ci, Environment::Docker];
const OPERATIONS: [&[&str]; 4] = [&[], &["main"], &["main", "forecast"], &["main", "Cache<Page> & 'more'"]];
const LOSSES: [Loss; 3] = [Loss::RateLimited, Loss::QueueFull, Loss::Expired];
const DAY: u64 = 24 * 60 * 60 * 1000;
/// 2026-10-17.
const FIRST: u64 = 20_743;

/// Pseudorandom numbers, which are the same in every run (S. Vigna, splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    /// A number below `n`, small ones more often.
    fn skewed(&mut self, n: usize) -> usize {
        self.below(n).min(self.below(n))
    }
}

struct Failure {
    bug: usize,
    day: usize,
    version: usize,
    system: usize,
    environment: usize,
    operation: usize,
}

/// A failure to which nothing happened, or one of a bug to which something did.
fn failure(random: &mut Random) -> Failure {
    let mut failure = Failure {
        bug: random.skewed(100),
        day: random.below(42),
        version: 7 - random.skewed(8),
        system: random.skewed(3),
        environment: random.skewed(3),
        operation: random.below(4),
    };
    let either = random.below(2) == 0;
    match random.below(200) {
        0 => (failure.bug, failure.version) = (101, 6 + usize::from(either)), // new in 1.11.0
        1 => (failure.bug, failure.version) = (102, random.below(4)),         // stopped with 1.10.0
        2 => (failure.bug, failure.version) = (103, if either { 2 } else { 7 }), // came back in 2.0.0
        3 => (failure.bug, failure.day) = (104, if either { 33 } else { failure.day }),
        4 => (failure.bug, failure.system) = (105, 2),
        5 => (failure.bug, failure.environment) = (106, 2),
        6 => (failure.bug, failure.operation) = (107, 3),
        // Somewhat more often on Linux, which is not worth telling.
        17..=22 => (failure.bug, failure.system) = (108, if either { 0 } else { failure.system }),
        // A bug of a task that runs once a week.
        23..=25 => (failure.bug, failure.day) = (109, 7 * random.below(6) + 2),
        // A day with more users.
        7..=16 => failure.day = 36,
        _ => {}
    }
    failure
}

fn event(number: usize, failure: &Failure, random: &mut Random) -> Event {
    let id = ((random.below(usize::MAX) as u128) << 64) | number as u128;
    let time = match number % 5_000 {
        1 => 0,
        2 => FIRST + 400, // in the future
        3 => FIRST - 400, // too old
        5 => FIRST - 300, // apart from all others
        _ => FIRST + failure.day as u64,
    };
    let time = Timestamp::from_millis(time * DAY + random.below(86_400_000) as u64);
    let panics = failure.bug % 10 == 9;
    let mut event = Event::new(
        ReportId::from_bytes(id.to_be_bytes()),
        time,
        if panics { Level::Fatal } else { Level::Error },
    );
    event.environment = ENVIRONMENTS[failure.environment];
    event.operations = OPERATIONS[failure.operation].iter().map(|name| (*name).into()).collect();
    if random.below(20) == 0 {
        event.losses.add(LOSSES[random.below(3)], 1 + random.below(5) as u64);
    }
    let mut raised = RawException::new(
        if panics { Kind::Panic } else { Kind::Error },
        format!("weather::Error{}", failure.bug),
    );
    raised.message = Some(format!("no answer from station {number}"));
    if panics {
        raised.location = Some((format!("src/part_{}.rs", failure.bug).into(), 12, 9));
    } else {
        raised.frames.push(RawFrame {
            function: Some(format!("weather::part_{}::read<Option<u8>>", failure.bug)),
            file: Some("src/part.rs".to_owned()),
            line: Some(7),
            ..RawFrame::default()
        });
    }
    event.exceptions = vec![raised];
    event
}

fn main() {
    let reports = std::env::args().nth(1).map_or(20_000, |n| n.parse().unwrap());
    let mut random = Random(22);
    let sanitizer = Sanitizer::new();
    let provider = OtlpProvider::new("http://127.0.0.1:4318").unwrap();
    for number in 0..reports {
        let failure = failure(&mut random);
        let event = event(number, &failure, &mut random);
        let name = if number % 50 == 0 { "forecast" } else { "weather" };
        let version = if failure.version == 7 && number % 3 == 0 { LATER } else { VERSIONS[failure.version] };
        let app = App::new(name, version).in_app("weather");
        let bytes = provider.render(&sanitizer.report(&app, event, Privacy::Standard)).unwrap().bytes;
        let line = serde_json::to_string(&ExportLogsServiceRequest::decode(&*bytes).unwrap()).unwrap();
        // A report says the system that it was compiled for.
        let system = |os: &str| format!(r#""key":"os.type","value":{{"stringValue":"{os}"}}"#);
        let line = line.replace(&system(std::env::consts::OS), &system(SYSTEMS[failure.system]));
        // Not all that a collector has are crash reports, and some it passes on twice.
        let line = if number % 89 == 0 { line.replace("report.fingerprint", "request.id") } else { line };
        // Of some it knows only when it saw them, and then the copy has another day.
        let is_timed = number % 7 != 0;
        println!("{}", seen(&line, is_timed, 0));
        if number % 97 == 0 {
            println!("{}", seen(&line, is_timed, DAY));
        }
    }
}

/// The line if the collector saw the report so many milliseconds later.
fn seen(line: &str, is_timed: bool, later: u64) -> String {
    let mut request: Value = serde_json::from_str(line).unwrap();
    let record = &mut request["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
    let observed: u64 = record["observedTimeUnixNano"].as_str().unwrap().parse().unwrap();
    record["observedTimeUnixNano"] = (observed + later * 1_000_000).to_string().into();
    if !is_timed {
        record["timeUnixNano"] = "0".into();
    }
    request.to_string()
}
