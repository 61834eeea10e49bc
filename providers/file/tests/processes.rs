//! Several processes append at once, are killed, and run out of disk space. The tests start this program again.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{env, fs, io, thread};

use crawl4ai_telemetry_core::{App, Event, Kind, Level, Privacy, RawException, ReportId, Sanitizer};
use crawl4ai_telemetry_core::{SendError, TelemetryProvider, Timestamp};
use crawl4ai_telemetry_file::FileProvider;

const PROCESSES: u8 = 4;
const REPORTS: u8 = 60;

/// A file of this size holds some dozen reports, so that about every third write rewrites the file.
const NARROW: u64 = 40_000;

/// A report whose id names its writer. Successive reports differ in size.
fn event(writer: u8, n: u8) -> Event {
    let mut id = [0; 16];
    id[..2].copy_from_slice(&[writer, n]);
    let mut event = Event::new(ReportId::from_bytes(id), Timestamp::from_millis(u64::MAX), Level::Error);
    event.exceptions = vec![RawException::new(Kind::Error, "Torn"); usize::from(n % 16)];
    event
}

/// Writer and number of every line of a file; fails if a line is not whole.
#[track_caller]
fn lines(path: &Path) -> Result<Vec<(usize, usize)>, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(path)?;
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is torn");
    let of_id = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let id = line.get("id").and_then(|id| id.as_str()).ok_or("no id")?;
        let byte = |at| usize::from_str_radix(id.get(at..at + 2).unwrap_or_default(), 16);
        Ok((byte(0)?, byte(2)?))
    };
    text.lines().map(of_id).collect()
}

/// Starts this program again as a writer, run by the command `wrapper`.
fn start(wrapper: &[&str], writer: u8, reports: u8, max_bytes: u64, path: &Path) -> io::Result<Child> {
    let mut command: Vec<_> = wrapper.iter().map(Into::into).collect();
    command.push(env::current_exe()?.into_os_string());
    command.extend(["--exact", "a_writer", "--ignored"].map(Into::into));
    let mut command = command.into_iter();
    let mut child = Command::new(command.next().unwrap_or_default())
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let order = format!("{writer} {reports} {max_bytes} {}\n", path.display());
    child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(order.as_bytes()))?;
    Ok(child)
}

/// The messages of a writer as they arrive: the number of each report that it wrote, and perhaps an error at the end.
fn said(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let lines = child.stdout.take().map(|out| BufReader::new(out).lines().map_while(Result::ok));
    lines.into_iter().flatten().filter_map(|line| line.strip_prefix("writer: ").map(str::to_owned))
}

#[test]
#[ignore = "the part of the other processes; reads its order from standard input"]
fn a_writer() {
    let order = io::read_to_string(io::stdin()).unwrap();
    let mut order = order.trim_end().splitn(4, ' ');
    let mut next = || order.next();
    let (Some(writer), Some(reports), Some(bytes), Some(path)) = (next(), next(), next(), next()) else {
        return;
    };
    let provider = FileProvider::new(path).max_bytes(bytes.parse().unwrap());
    // `println!` is not used, because the test harness captures it. The line break comes first, because the harness may
    // have begun a line.
    let say = |what: &dyn std::fmt::Display| writeln!(io::stdout(), "\nwriter: {what}").unwrap();
    match write(&provider, writer.parse().unwrap(), reports.parse().unwrap(), |n| say(&n)) {
        Ok(()) => {}
        Err(error) => say(&error),
    }
}

fn write(provider: &FileProvider, writer: u8, reports: u8, written: impl Fn(u8)) -> Result<(), SendError> {
    let sanitizer = Sanitizer::new();
    let app = App::new("my-tool", "1.4.0");
    for n in 0..reports {
        provider.send_exception(&sanitizer.report(&app, event(writer, n), Privacy::Standard))?;
        written(n);
    }
    Ok(())
}

#[test]
fn lines_of_several_processes_never_interleave() {
    let folder = tempfile::tempdir().unwrap();
    for (name, max_bytes) in [("wide.jsonl", u64::MAX), ("narrow.jsonl", NARROW)] {
        let path = folder.path().join(name);
        let children: Vec<_> =
            (0..PROCESSES).map(|writer| start(&[], writer, REPORTS, max_bytes, &path).unwrap()).collect();
        for mut child in children {
            let last = said(&mut child).last();
            assert_eq!(last, Some((REPORTS - 1).to_string()));
            assert!(child.wait().unwrap().success());
        }
        assert!(fs::metadata(&path).unwrap().len() <= max_bytes);
        let mut next = [0; PROCESSES as usize];
        for (writer, n) in lines(&path).unwrap() {
            // In a narrow file the oldest lines are removed; the remaining ones have no gap.
            assert!(next[writer] == n || (max_bytes == NARROW && next[writer] == 0), "{writer} {n}");
            next[writer] = n + 1;
        }
        let complete = next.iter().filter(|n| **n == usize::from(REPORTS)).count();
        assert!(complete == usize::from(PROCESSES) || (max_bytes == NARROW && complete > 0), "{next:?}");
    }
}

#[test]
fn lines_of_several_threads_never_interleave() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reports.jsonl");
    let provider = &FileProvider::new(&path);
    thread::scope(|scope| {
        for writer in 0..PROCESSES {
            scope.spawn(move || write(provider, writer, REPORTS, |_| {}).unwrap());
        }
    });
    assert_eq!(lines(&path).unwrap().len(), usize::from(PROCESSES) * usize::from(REPORTS));
}

#[test]
fn a_writer_that_is_killed_leaves_whole_lines_and_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..24 {
        let path = folder.path().join(format!("{round}.jsonl"));
        let mut child = start(&[], 0, 250, NARROW / 10, &path).unwrap();
        let mut said = said(&mut child);
        let some = said.nth(round * 5).unwrap();
        // Each round waits differently, so that the kill hits another point of a write.
        (0..round * 8).for_each(|_| thread::yield_now());
        child.kill().unwrap();
        child.wait().unwrap();
        let last = said.last().unwrap_or(some);
        let provider = FileProvider::new(&path);
        write(&provider, 1, 1, |_| {}).unwrap();
        let lines = lines(&path).unwrap();
        assert!(lines.contains(&(0, last.parse().unwrap())), "{last} was acknowledged, {lines:?} is there");
        assert_eq!(lines.last(), Some(&(1, 0)));
    }
}

#[cfg(unix)]
#[test]
fn a_write_that_is_cut_short_leaves_whole_lines() {
    // A limit on the size of files cuts a write like a full disk: a part is written, and then an error comes.
    let limited = ["sh", "-c", r#"trap "" XFSZ; ulimit -f 8; exec "$0" "$@""#];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reports.jsonl");
    let mut child = start(&limited, 0, 250, u64::MAX, &path).unwrap();
    let mut said: Vec<String> = said(&mut child).collect();
    assert!(child.wait().unwrap().success());
    let error = said.pop().unwrap();
    assert!(error.starts_with("not delivered, will be tried again: cannot append to "), "{error}");
    let expected: Vec<_> = (0..said.len()).map(|n| (0, n)).collect();
    assert!(!expected.is_empty());
    assert_eq!(lines(&path).unwrap(), expected);
    // When there is space again, the next line follows the last whole one.
    write(&FileProvider::new(&path), 1, 1, |_| {}).unwrap();
    assert_eq!(lines(&path).unwrap(), [expected.as_slice(), &[(1, 0)]].concat());
}

#[cfg(unix)]
#[test]
fn a_file_of_zeros_costs_no_memory_and_is_left_as_it_is() {
    // The process has 256 MiB of address space, and the sparse file is twice as long.
    let limited = ["sh", "-c", r#"ulimit -v 262144; exec "$0" "$@""#];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reports.jsonl");
    fs::File::create(&path).unwrap().set_len(512 << 20).unwrap();
    let mut child = start(&limited, 0, 1, u64::MAX, &path).unwrap();
    let said: Vec<String> = said(&mut child).collect();
    assert!(child.wait().unwrap().success());
    let stopped = "not delivered, sending stops for this run: ";
    assert!(
        matches!(&said[..], [said] if said.starts_with(stopped) && said.contains("no report")),
        "{said:?}"
    );
    assert_eq!(fs::metadata(&path).unwrap().len(), 512 << 20);
}
