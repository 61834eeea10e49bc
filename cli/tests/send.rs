//! `send`, if the disk prevents the delivery.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use crawl4ai_telemetry_conformance::{Reply, Server};
use support::{dsn, user_with_a_report};

/// The case of a read-only folder. It runs in a namespace of its own, in which any user may mount.
#[test]
fn what_keeps_a_report_is_said_at_once() {
    let (user, server) = (user_with_a_report(), Server::always(Reply::status(200)));
    let folder = user.home().join(".crawl4ai");
    let _ = std::fs::remove_file(user.spool().join("sender.lock"));
    // Removed, so that the failure of an earlier attempt is not reported as the cause.
    let _ = std::fs::remove_file(folder.join("telemetry/ledger.json"));
    let script = format!(
        "mount --bind {0} {0} && mount -o remount,bind,ro {0} || exit 77\n\
         CRAWL4AI_TELEMETRY=1 exec timeout 60 {1} telemetry send",
        folder.display(),
        env!("CARGO_BIN_EXE_crwl"),
    );
    let mut shell = std::process::Command::new("unshare");
    shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).env_clear();
    shell.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", user.home());
    shell.env("CRAWL4AI_SENTRY_DSN", dsn(&server));
    let Ok(output) = shell.output() else {
        println!("skipped: there is no unshare");
        return;
    };
    let said = String::from_utf8(output.stderr).unwrap();
    if output.status.code() == Some(77) || said.contains("unshare") {
        println!("skipped: no mount in a namespace: {said}");
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("0 delivered, 0 refused, 1 still to be sent."), "{said}");
    assert!(said.contains("error: not now: spool: the sender lock cannot be taken: "), "{said}");
    assert!(server.requests().is_empty(), "what cannot be noted as sent would be sent again");
}
