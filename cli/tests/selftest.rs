//! The test report with servers that accept it, reject its key, or do not exist; on a full disk; and without a yes.
//! Each result is one plain line.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use crawl4ai_telemetry_conformance::{Reply, Server, refusing_url};
use serde_json::Value;
use support::{Said, User, dsn};

/// The only line about this step.
#[track_caller]
fn line<'a>(said: &'a Said, step: &str) -> &'a str {
    let mut lines = said.out.lines().filter(|line| line.split_whitespace().nth(1) == Some(step));
    let line = lines.next().unwrap_or_else(|| panic!("no {step}: {said:?}"));
    assert!(lines.next().is_none(), "{said:?}");
    line
}

#[test]
fn a_server_that_takes_it() {
    let (user, server) = (User::new(), Server::always(Reply::status(200)));
    let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &dsn(&server))], &["selftest", "--yes"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(line(&said, "server").starts_with("passed   server   Taken: "), "{said:?}");
    assert!(said.err.starts_with("The test report came through."), "{said:?}");
    assert!(
        said.out.lines().all(|line| line.starts_with("passed ") || line.starts_with("skipped ")),
        "{said:?}"
    );
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let body = String::from_utf8_lossy(&requests[0].body).into_owned();
    assert!(body.contains("\"selftest\"") && body.contains("nothing is wrong"), "{body}");
    assert!(!body.contains("selftest@example.com"), "{body}");
    // The test report is recorded like any other, but decides nothing.
    let log: Value = serde_json::from_str(&user.crwl(&["log", "--json"]).out).unwrap();
    assert_eq!((&log["sent"][0]["error"], &log["waiting"]), (&"selftest".into(), &Value::Array(Vec::new())));
    let status: Value = serde_json::from_str(&user.crwl(&["status", "--json"]).out).unwrap();
    assert_eq!((&status["consent"], &status["pending"]), (&"not_set".into(), &0.into()));
}

#[test]
fn a_wrong_key_and_a_dead_server() {
    for (status, expected) in [
        (401, "Not taken: the server does not accept the key (401). Check the address and the key"),
        (403, "Not taken: the server does not accept the key (403). Check the address and the key"),
        (404, "Not taken: the server does not know the project (404). Check the address"),
        (503, "Not taken: the server failed (503). If it arrived all the same, its id is "),
    ] {
        let (user, server) = (User::new(), Server::always(Reply::status(status)));
        let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &dsn(&server))], &["selftest", "--yes"]);
        assert_eq!((said.code, server.requests().len()), (1, 1), "{said:?}");
        assert!(line(&said, "server").starts_with(&format!("failed   server   {expected}")), "{said:?}");
        assert_eq!(said.err, "error: the test report did not come through\n");
    }
    let there = dsn(&Server::always(Reply::status(200)));
    let said = User::new().crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], &["selftest", "--yes"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(line(&said, "server").contains("this machine reaches it"), "{said:?}");

    let said = User::new().crwl_with(&[("CRAWL4AI_SENTRY_DSN", "nonsense")], &["selftest", "--yes"]);
    assert_eq!(said.code, 1, "{said:?}");
    let provider = line(&said, "provider");
    assert!(provider.starts_with("failed") && provider.contains("DSN"), "{said:?}");
}

/// If the proxy is at fault, the message must not blame the DSN.
#[test]
fn a_proxy_that_is_at_fault() {
    let wants_password = Server::always(Reply::status(407));
    let (forbids, down) = (Server::always(Reply::status(403)), refusing_url());
    let there = "https://0123456789abcdef0123456789abcdef@crashes.invalid/7";
    let selftest = |proxy: &str| {
        let variables = [("CRAWL4AI_SENTRY_DSN", there), ("CRAWL4AI_TELEMETRY_PROXY", proxy)];
        let said = User::new().crwl_with(&variables, &["selftest", "--yes"]);
        assert_eq!(said.code, 1, "{said:?}");
        said
    };
    for (proxy, expected) in [
        (wants_password.url(), "TELEMETRY_PROXY or the program names; the address of the server has no part"),
        (forbids.url(), "Ask whoever runs the proxy to let connections to the server through"),
        (down, "TELEMETRY_PROXY or the program names; the address of the server has no part"),
    ] {
        let said = selftest(&proxy);
        let told = line(&said, "server");
        assert!(
            told.starts_with("failed   server   Not taken: the proxy ") && told.contains(expected),
            "{told}"
        );
        assert!(!told.contains("DSN") && !told.contains("key") && !told.contains("this machine"), "{told}");
    }
    let said = selftest("socks5://ada:pw4711@proxy.example.com");
    let told = line(&said, "provider");
    assert!(told.starts_with("failed") && told.contains("CRAWL4AI_TELEMETRY_PROXY"), "{told}");
    assert!(!told.contains("DSN") && !told.contains("pw4711"), "{told}");
}

#[test]
fn without_a_yes_nothing_is_sent() {
    let (user, server) = (User::new(), Server::always(Reply::status(200)));
    let there = dsn(&server);
    let said = user.crwl_with(&[("CRAWL4AI_SENTRY_DSN", &there)], &["selftest"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("add `--yes`") && said.err.contains("none was sent"), "{said:?}");
    let variables = [("CRAWL4AI_SENTRY_DSN", &*there), ("DO_NOT_TRACK", "1")];
    let said = user.crwl_with(&variables, &["selftest", "--yes"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!(
        line(&said, "consent"),
        "failed   consent  The environment variable DO_NOT_TRACK is set. Take the variable away for the test."
    );
    assert_eq!(server.connections(), 0);
    assert!(user.home().read_dir().unwrap().next().is_none(), "and nothing is left behind");
}

#[test]
#[cfg(unix)]
fn the_question_is_asked_on_a_terminal_and_only_a_yes_is_one() {
    use support::terminal::Terminal;
    for (answer, code, requests) in
        [("n\n", 1, 0), ("\n", 1, 0), ("what\n", 1, 0), ("\u{4}", 1, 0), ("y\n", 0, 1)]
    {
        let (user, server) = (User::new(), Server::always(Reply::status(200)));
        let terminal = Terminal::new();
        let mut command = user.command(&["selftest"]);
        command.env("CRAWL4AI_SENTRY_DSN", dsn(&server));
        let running = terminal.run(&mut command);
        terminal.wait_for("what every report says of the program and your system:");
        terminal.wait_for("No e-mail address goes along.");
        terminal.answer("Send it? y or n: ", answer);
        assert_eq!(running.end().code(), Some(code), "{answer:?} {}", terminal.screen());
        assert_eq!(server.requests().len(), requests, "{answer:?}");
    }
}

#[test]
fn as_json_for_a_build_of_the_authors() {
    let server = Server::always(Reply::status(403));
    let said =
        User::new().crwl_with(&[("CRAWL4AI_SENTRY_DSN", &dsn(&server))], &["selftest", "--yes", "--json"]);
    assert_eq!(said.code, 1, "{said:?}");
    let found: Value = serde_json::from_str(&said.out).unwrap();
    let steps = found["steps"].as_array().unwrap();
    let last = steps.last().unwrap();
    assert_eq!((&last["part"], &last["outcome"]), (&"server".into(), &"failed".into()));
    assert!(last["found"].as_str().unwrap().contains("403") && last["mend"].is_string(), "{last}");
    assert_eq!(found["report"].as_str().unwrap().len(), 32);
    assert!(steps.iter().any(|step| step["part"] == "words" && step["outcome"] == "passed"));
}

/// A disk of one page that is completely full. Needs a namespace of its own, in which anybody may mount.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk() {
    let (user, server) = (User::new(), Server::always(Reply::status(200)));
    let disk = user.home().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let crwl = env!("CARGO_BIN_EXE_crwl");
    let script = format!(
        "mount -t tmpfs -o size=64k tmpfs {0} || exit 77\n\
         dd if=/dev/zero of={0}/filler bs=4k count=100 2>/dev/null\n\
         CRAWL4AI_CONFIG_DIR={0} exec {crwl} telemetry selftest --yes",
        disk.display()
    );
    let mut shell = std::process::Command::new("unshare");
    shell.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).env_clear();
    shell.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("HOME", user.home());
    shell.env("CRAWL4AI_SENTRY_DSN", dsn(&server));
    let output = shell.output();
    let Ok(output) = output.as_ref().map(|output| Said {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }) else {
        println!("skipped: there is no unshare");
        return;
    };
    if output.out.is_empty() && (output.code == 77 || output.err.contains("unshare")) {
        println!("skipped: no mount in a namespace: {output:?}");
        return;
    }
    assert_eq!(output.code, 1, "{output:?}");
    let disk = line(&output, "disk");
    assert!(disk.starts_with("failed") && disk.contains("No space left on device"), "{disk}");
    assert!(disk.contains("Make room") && line(&output, "server").starts_with("passed"), "{output:?}");
}
