//! Several processes append at once: this test starts itself again.

use std::io::Write;
use std::process::{Command, Stdio};
use std::{env, fs, io, thread};

use crawl4ai_telemetry_core::{App, Event, Kind, Level, Privacy, RawException, ReportId, Sanitizer};
use crawl4ai_telemetry_core::{SendError, TelemetryProvider, Timestamp};
use crawl4ai_telemetry_file::FileProvider;

const PROCESSES: u8 = 4;
const REPORTS: u8 = 60;

/// A report whose id names its writer, and whose size differs from the next one's.
fn event(writer: u8, n: u8) -> Event {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&[writer, n]);
    let mut event = Event::new(ReportId::from_bytes(id), Timestamp::from_millis(u64::MAX), Level::Error);
    event.exceptions = vec![RawException::new(Kind::Error, "Torn"); usize::from(n % 16)];
    event
}

#[test]
fn lines_of_several_processes_never_interleave() {
    let folder = tempfile::tempdir().unwrap();
    for (name, max_bytes) in [("wide.jsonl", u64::MAX), ("narrow.jsonl", 40_000)] {
        let path = folder.path().join(name);
        let children: Vec<_> = (0..PROCESSES)
            .map(|writer| {
                let mut child = Command::new(env::current_exe().unwrap())
                    .args(["--exact", "a_writer", "--ignored"])
                    .stdin(Stdio::piped())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap();
                let order = format!("{writer} {max_bytes} {}\n", path.display());
                child.stdin.take().unwrap().write_all(order.as_bytes()).unwrap();
                child
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.ends_with('\n') && text.len() as u64 <= max_bytes);
        let mut next = [0; PROCESSES as usize];
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let id = line["id"].as_str().unwrap();
            let byte = |at| usize::from_str_radix(id.get(at..at + 2).unwrap(), 16).unwrap();
            let (writer, n) = (byte(0), byte(2));
            // In a narrow file the oldest are gone; what is left has no gap.
            assert!(next[writer] == n || (max_bytes < u64::MAX && next[writer] == 0), "{writer} {n}");
            next[writer] = n + 1;
        }
        let complete = next.iter().filter(|n| **n == usize::from(REPORTS)).count();
        assert!(complete == usize::from(PROCESSES) || (max_bytes < u64::MAX && complete > 0), "{next:?}");
    }
}

#[test]
fn lines_of_several_threads_never_interleave() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reports.jsonl");
    let provider = &FileProvider::new(&path);
    thread::scope(|scope| {
        for writer in 0..PROCESSES {
            scope.spawn(move || write(provider, writer).unwrap());
        }
    });
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), usize::from(PROCESSES) * usize::from(REPORTS));
    assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
}

#[test]
#[ignore = "the part of the other processes; reads its order from standard input"]
fn a_writer() {
    let order = io::read_to_string(io::stdin()).unwrap();
    let mut order = order.trim_end().splitn(3, ' ');
    let (Some(writer), Some(bytes), Some(path)) = (order.next(), order.next(), order.next()) else {
        return;
    };
    write(&FileProvider::new(path).max_bytes(bytes.parse().unwrap()), writer.parse().unwrap()).unwrap();
}

fn write(provider: &FileProvider, writer: u8) -> Result<(), SendError> {
    let sanitizer = Sanitizer::new();
    let app = App::new("my-tool", "1.4.0");
    (0..REPORTS).try_for_each(|n| {
        provider.send_exception(&sanitizer.report(&app, event(writer, n), Privacy::Standard))
    })
}
