//! Files that others may write are not trusted. A configuration file counts for a no but not for a yes, until the user
//! decides again. A report in a folder that others may write does not leave. `status` says so.

#![cfg(unix)]
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod scenario;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crawl4ai_telemetry::{Outcome, Reason, Rule, capture_exception, context};
use scenario::{Stage, builder, no_provider_that_answers};

fn program(part: &str) {
    let builder = if part == "stores" { no_provider_that_answers() } else { builder() };
    let telemetry = builder.install().expect("installed");
    let status = || crawl4ai_telemetry::status().expect("installed");
    let capture = || capture_exception(&std::io::Error::other("x"), context! {});
    match part {
        "a yes" => {
            assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::Unreadable)));
            let told = status().to_string();
            assert!(told.contains("may be written by others") && !status().enabled, "{told}");
            crawl4ai_telemetry::enable().expect("stored");
            assert!(status().enabled, "what the user decides is mended: {}", status());
        }
        "a no" => assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::StoredDenial))),
        "stores" => drop(capture()),
        "open" => {
            telemetry.flush(std::time::Duration::from_secs(20));
            let told = status().to_string();
            assert!(told.contains("may be written by others"), "{told}");
        }
        "purges" => drop(telemetry.purge().expect("deleted")),
        _ => drop(telemetry.flush(std::time::Duration::from_secs(20))),
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("set");
}

fn runs(stage: &Stage, part: &str) {
    let output = stage.command(part).env_remove("CRAWL4AI_TELEMETRY").output().expect("runs");
    assert!(output.status.success(), "{part}: {}", String::from_utf8_lossy(&output.stderr));
}

fn a_configuration_file_counts_for_a_no_only(stage: &Stage) {
    let config = stage.folder().join("config.json");
    for mode in [0o602, 0o666, 0o622] {
        for (word, part) in [("always", "a yes"), ("denied", "a no")] {
            let text = format!(
                r#"{{"telemetry":{{"consent":"{word}","usage":"always","email":"eve@example.org"}}}}"#
            );
            fs::write(&config, text).expect("written");
            set_mode(&config, mode);
            runs(stage, part);
        }
        fs::write(
            &config,
            r#"{"telemetry":{"consent":"always","usage":"always","email":"eve@example.org"}}"#,
        )
        .expect("written");
        set_mode(&config, mode);
        runs(stage, "a yes");
        let text = fs::read_to_string(&config).expect("read");
        assert!(
            !text.contains("eve@") && text.matches("always").count() == 1,
            "nothing of theirs stays: {text}"
        );
        let now = config.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(now, mode & 0o755, "mended");
        fs::remove_file(&config).expect("removed");
    }
}

fn a_report_in_an_open_folder_stays(stage: &Stage) {
    assert!(stage.run("stores").status.success());
    let (telemetry, spool) = (stage.folder().join("telemetry"), stage.folder().join("telemetry/spool"));
    let name = stage.waiting().pop().expect("one report waits");
    // Anybody who may write the folder could mark the report as agreed in this way.
    fs::rename(spool.join(&name), spool.join(format!("{name}.agreed"))).expect("renamed");
    for (folder, mode) in [(&spool, 0o777), (&spool, 0o1777), (&spool, 0o770), (&telemetry, 0o777)] {
        set_mode(folder, mode);
        runs(stage, "open");
        assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1), "{mode:o}");
        set_mode(folder, 0o700);
    }
    set_mode(&spool, 0o777);
    runs(stage, "purges");
    assert!(!spool.exists(), "deleting asks for no trust");

    // Uses another folder, because after a second failure the next attempt is delayed.
    let stage = &Stage::new();
    assert!(stage.run("stores").status.success());
    let (spool, name) = (stage.folder().join("telemetry/spool"), stage.waiting().pop().expect("one waits"));
    fs::rename(spool.join(&name), spool.join(format!("{name}.agreed"))).expect("renamed");
    runs(stage, "closed");
    assert_eq!(stage.delivered().len(), 1, "the same report in a folder of the user's own leaves");
}

fn test(stage: &Stage) {
    a_configuration_file_counts_for_a_no_only(stage);
    a_report_in_an_open_folder_stays(&Stage::new());
}

fn main() {
    scenario::main(program, test);
}
