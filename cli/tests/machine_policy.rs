//! The command's output about the administrator's policy file. Each run has an `/etc` of its own.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it is skipped"
)]

mod support;

use std::fs;
use std::process::Command;

use support::{User, assert_snapshot};

const SOMEWHERE: &str = "https://0123456789abcdef0123456789abcdef@localhost/1";

/// Runs `crwl telemetry`, and then `ls` of the home folder, with `said` as the administrator's file. `None` if no
/// folder can be mounted.
fn under(user: &User, said: &str, arguments: &[&str]) -> Option<(String, String)> {
    let crwl = user.command(arguments);
    let script = "mount -t tmpfs none /etc || exit 77; mkdir -m 755 /etc/crawl4ai && umask 022 && \
                  printf %s \"$SAID\" > /etc/crawl4ai/telemetry.json && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(crwl.get_program()).args(crwl.get_args()).env_clear();
    command.envs(crwl.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("SAID", said)
        .env("CRAWL4AI_SENTRY_DSN", SOMEWHERE);
    let Ok(output) = command.output() else {
        println!("skipped: there is no unshare");
        return None;
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(user.home().to_str().unwrap(), "~");
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    if output.status.code() == Some(77) || err.contains("unshare") {
        println!("skipped: {err}");
        return None;
    }
    Some((out, err))
}

fn user_who_said_yes() -> User {
    let user = User::new();
    fs::create_dir(user.home().join(".crawl4ai")).unwrap();
    fs::write(user.config(), r#"{"telemetry": {"consent": "always"}}"#).unwrap();
    user
}

#[test]
fn status_names_the_file_what_it_says_and_what_is_wrong_with_it() {
    for (name, said) in [
        ("forbids", r#"{"reports": "forbidden", "usage": "forbidden"}"#),
        ("lowers", r#"{"level": "strict", "question": "hidden"}"#),
        ("torn", "{\n  \"reports\": \"forb"),
        ("misspelt", "{\n  \"report\": \"forbidden\"\n}\n"),
        ("sends-elsewhere", r#"{"proxy": "http://ada:secret@proxy.example.com:3128"}"#),
    ] {
        let user = user_who_said_yes();
        let Some((out, err)) = under(&user, said, &["status"]) else { return };
        assert_eq!(err, "", "{name}");
        assert_snapshot(&format!("administrator-{name}.txt"), &out);
        let Some((json, _)) = under(&user, said, &["status", "--json"]) else { return };
        assert_snapshot(&format!("administrator-{name}.json"), &json);
        assert!(!out.contains("secret") && !json.contains("secret"));
    }
}

#[test]
fn the_page_and_the_other_commands_say_so_too() {
    const FORBIDS: &str = r#"{"reports": "forbidden"}"#;
    const REASON: &str = "The administrator of this machine says no: /etc/crawl4ai/telemetry.json.";
    let user = user_who_said_yes();
    let page = user.home().join("page.html");
    let Some((_, err)) = under(&user, FORBIDS, &["view", "--out", page.to_str().unwrap()]) else { return };
    let html = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{error}: {err}"));
    assert!(html.contains(REASON), "the headline");
    assert!(html.contains("no reports (/etc/crawl4ai/telemetry.json)"), "among the facts");

    let Some((out, err)) = under(&user, FORBIDS, &["enable"]) else { return };
    let said = format!("{out}{err}");
    assert!(said.contains("But here it is off") && said.contains("administrator"), "{said}");
    let Some((out, err)) = under(&user, FORBIDS, &["selftest", "--yes"]) else { return };
    let said = format!("{out}{err}").replace('\n', " ");
    assert!(said.contains("The administrator of this machine says no"), "{said}");
}
