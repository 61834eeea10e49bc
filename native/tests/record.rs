//! A process that crashes leaves a report in the library's form: the sanitizer accepts it unchanged, and its file name
//! has the form of the spool's names. The test starts itself again once for each way to crash.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test"
)]
#![allow(clippy::disallowed_methods, reason = "the child is a program: it reads its environment and dies")]

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn main() {
    use crawl4ai_telemetry_native::{InstallError, Plan, handler};
    let plan = Plan {
        spool: std::path::Path::new("/spool"),
        configuration: None,
        machine_policy: None,
        head: "{",
        kind: "panic",
        tail: "}",
    };
    assert_eq!(handler().install(&plan), Err(InstallError::Unsupported));
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn main() {
    match std::env::var("PART") {
        Ok(part) => linux::program(&part),
        Err(_) => linux::test(),
    }
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "not all of it is used here")]
#[path = "../../src/store/spool/name.rs"]
mod name;

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod linux {
    use std::hint::black_box;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};
    use std::process::{Command, ExitStatus};
    use std::{fs, thread};

    use crawl4ai_telemetry_core::__private::checksum;
    use crawl4ai_telemetry_core::sanitize::limits;
    use crawl4ai_telemetry_core::{Level, Privacy, Report, Sanitizer};
    use crawl4ai_telemetry_native::{Consent, InstallError, Plan, handler};

    use super::name::{Clearance, ReportState, StoredName};

    const HEAD: &str = r#"{"schema":1,"level":"fatal","privacy":"standard","app":{"name":"tool","version":"1.4.0"},"environment":"cli","platform":{"os":"linux","arch":"x86_64"},"fingerprint":"0000000000000000""#;
    const TAIL: &str = r#","operations":[],"context":{}}"#;

    #[inline(never)]
    fn recurse(n: u64) -> u64 {
        let kept = black_box([n; 32]);
        if n == u64::MAX { 0 } else { recurse(n + 1) + kept[3] }
    }

    pub(super) fn program(part: &str) {
        let folder = PathBuf::from(std::env::var_os("FOLDER").expect("given"));
        let (spool, configuration) = (folder.join("telemetry/spool"), folder.join("config.json"));
        let machine_policy = folder.join("telemetry.json");
        let plan = Plan {
            spool: &spool,
            configuration: Some(&configuration),
            machine_policy: Some(&machine_policy),
            head: HEAD,
            kind: "panic",
            tail: TAIL,
        };
        let handler = handler();
        handler.install(&plan).expect("installed");
        let stamp = handler.stamp(Some(&configuration), Some(&machine_policy));
        match part {
            "denied" => {}
            "disarmed" => {
                handler.arm(Consent::Given, stamp);
                handler.disarm();
            }
            "awaited" => handler.arm(Consent::Awaited, stamp),
            _ => handler.arm(Consent::Given, stamp),
        }
        match part {
            "changed" => fs::write(&configuration, "no").expect("written"),
            "forbidden" => fs::write(&machine_policy, "no").expect("written"),
            "overflow" => drop(black_box(recurse(0))),
            "thread" => {
                drop(thread::Builder::new().spawn(|| std::process::abort()).expect("a thread").join())
            }
            _ => {}
        }
        std::process::abort();
    }

    /// Runs a part of this test in a new process. Returns how the process ended, and the files that it left, with their
    /// content.
    fn run(part: &str, home: &Path) -> (ExitStatus, Vec<(String, Vec<u8>)>) {
        let me = std::env::current_exe().expect("this test");
        let output = Command::new(me)
            .env("PART", part)
            .env("FOLDER", home)
            .current_dir("/")
            .output()
            .expect("started");
        let files = fs::read_dir(home.join("telemetry/spool")).into_iter().flatten().flatten();
        let files = files.map(|file| {
            let mode = file.metadata().expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "for its user alone");
            (file.file_name().into_string().expect("text"), fs::read(file.path()).expect("read"))
        });
        (output.status, files.collect())
    }

    fn restored(name: &str, bytes: &[u8], privacy: Privacy) -> Report {
        let report = Sanitizer::new().restore(bytes, None, privacy).unwrap_or_else(|error| {
            panic!("{error}: {}", String::from_utf8_lossy(bytes));
        });
        let parsed = StoredName::parse(name).unwrap_or_else(|| panic!("{name} is no name of the spool"));
        assert_eq!((parsed.id, parsed.time), (report.id(), report.time()));
        assert_eq!((parsed.checksum, parsed.fingerprint), (checksum(bytes), None));
        assert_eq!(parsed.state, ReportState::Fatal);
        report
    }

    pub(super) fn test() {
        // The part's name, the exception's type, and the record's clearance, if there is a record.
        for (part, what, recorded) in [
            ("abort", "SIGABRT: abort", Some(Clearance::Rules)),
            ("thread", "SIGABRT: abort", Some(Clearance::Rules)),
            ("overflow", "SIGSEGV: stack overflow", Some(Clearance::Rules)),
            ("awaited", "SIGABRT: abort", Some(Clearance::AwaitingConsent)),
            ("denied", "", None),
            ("disarmed", "", None),
            ("changed", "", None),
            ("forbidden", "", None),
        ] {
            // The record is stored below a folder that the program has not created yet.
            let folder = tempfile::tempdir().expect("a folder");
            let home = folder.path().join("home");
            fs::create_dir(&home).expect("made");
            let (status, files) = run(part, &home);
            assert_eq!(status.code(), None, "{part}: by a signal");
            let Some(clearance) = recorded else {
                assert!(files.is_empty(), "{part}: {files:?}");
                continue;
            };
            let [(name, bytes)] = &files[..] else { panic!("{part}: {files:?}") };
            assert_eq!(StoredName::parse(name).map(|name| name.clearance), Some(clearance));
            let report = restored(name, bytes, Privacy::Standard);
            let (exception, images) = (&report.exceptions()[0], report.images());
            assert_eq!((exception.type_name(), report.level()), (what, Level::Fatal));
            assert!(exception.frames().len() > 5, "{part}: {}", exception.frames().len());
            for frame in exception.frames() {
                let image =
                    frame.image().and_then(|at| images.get(at)).expect("all of its frames are in modules");
                assert!(frame.address().expect("an address") < image.size());
            }
            // The name of this test's file has a hash, which the sanitizer takes for a token.
            assert!(images.iter().any(|image| image.build_id().is_some() && image.name() != "libc.so.6"));
            if part == "overflow" {
                assert_eq!(exception.frames().len(), limits::FRAMES, "both ends, and no more than are kept");
                let raw = String::from_utf8_lossy(bytes);
                assert!(
                    raw.contains(&format!("\"frames_cut\":{}", exception.frames_cut())),
                    "none is cut twice"
                );
            }
            let strict = restored(name, bytes, Privacy::Strict);
            assert_eq!(strict.exceptions()[0].type_name(), what, "also where no free text may leave");
        }
        plans_that_are_none();
        println!("test result: ok. 1 passed; 0 failed; record");
    }

    fn plans_that_are_none() {
        let plan = Plan {
            spool: Path::new("/s"),
            configuration: None,
            machine_policy: None,
            head: HEAD,
            kind: "panic",
            tail: TAIL,
        };
        let long = "x".repeat(1025);
        let long_path = format!("/{long}");
        for (plan, error) in [
            (Plan { spool: Path::new("relative"), ..plan }, InstallError::Path),
            (Plan { configuration: Some(Path::new("relative")), ..plan }, InstallError::Path),
            (Plan { machine_policy: Some(Path::new("relative")), ..plan }, InstallError::Path),
            (Plan { spool: Path::new(&long_path), ..plan }, InstallError::Path),
            (Plan { spool: Path::new("/a\0b"), ..plan }, InstallError::Path),
            (Plan { head: "", ..plan }, InstallError::Prepared),
            (Plan { head: "{\"a\":1,", ..plan }, InstallError::Prepared),
            (Plan { head: &long, ..plan }, InstallError::Prepared),
            (Plan { tail: "}", ..plan }, InstallError::Prepared),
            (Plan { kind: "\"", ..plan }, InstallError::Prepared),
        ] {
            assert_eq!(handler().install(&plan), Err(error), "{plan:?}");
        }
    }
}
