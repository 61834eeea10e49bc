//! Describes the machine and the versions that were measured.

use std::fs;
use std::process::Command;

use crate::Failure;
use crate::bench::Bench;

/// The packages whose versions the page lists.
const PEERS: [&str; 10] = [
    "sentry",
    "sentry-anyhow",
    "sentry-tracing",
    "tracing",
    "tracing-subscriber",
    "anyhow",
    "log",
    "human-panic",
    "regex",
    "crash-handler",
];

/// The description, as a Markdown list.
pub(crate) fn describe(bench: &Bench) -> Result<String, Failure> {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = value(&cpuinfo, "model name").unwrap_or("unknown");
    let cores = std::thread::available_parallelism()?;
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = value(&release, "PRETTY_NAME").unwrap_or(std::env::consts::OS);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = value(&memory, "MemTotal").and_then(|kib| kib.split(' ').next()?.parse::<f64>().ok());
    let rustc = rustc("--version")?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    Ok(format!(
        "- machine: {cpu}, {cores} cores, {:.0} GiB; load over the last minute when the page was written: {}\n\
         - system: {system}, Linux {}; {}\n\
         - peers: {}\n\
         - date: {}\n",
        memory.unwrap_or_default() / 1024.0 / 1024.0,
        load.split(' ').next().unwrap_or_default(),
        kernel.trim(),
        rustc.trim(),
        peers(bench)?.join(", "),
        time::OffsetDateTime::now_utc().date(),
    ))
}

/// The target triple of this machine.
pub(crate) fn host() -> Result<String, Failure> {
    Ok(value(&rustc("-vV")?, "host").ok_or("rustc does not say its host")?.to_owned())
}

fn rustc(argument: &str) -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Ok(String::from_utf8(Command::new(rustc).arg(argument).output()?.stdout)?)
}

/// The value of `name: value` or `name=value`.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().trim_start_matches([':', '=']).trim().trim_matches('"'))
}

/// The names and versions of the peers, from the lock file.
fn peers(bench: &Bench) -> Result<Vec<String>, Failure> {
    let lock = fs::read_to_string(bench.root().join("benches/Cargo.lock"))?;
    let lines: Vec<&str> = lock.lines().collect();
    let version = |name: &str| {
        let named = format!("name = \"{name}\"");
        let at = lines.iter().position(|line| *line == named)?;
        Some(format!("{name} {}", value(lines.get(at + 1)?, "version")?))
    };
    Ok(PEERS.into_iter().filter_map(version).collect())
}
