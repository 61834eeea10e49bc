//! The administrator's policy file forbids, lowers the level and suppresses questions. It takes precedence over any
//! consent, and also takes effect while the program runs. A file that cannot be read reliably forbids everything. It is
//! not read during set-up.

#![cfg(unix)]
#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "a scenario is a program: it reads its environment")]

mod administrator;
mod prompting;
mod scenario;
mod usage_sample;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use administrator::{FORBIDDEN, capture, ends_well, file_in, installed, set_mode, under_file, write};
use crawl4ai_telemetry::usage::Settings;
use crawl4ai_telemetry::{Environment, Outcome, Reason, Rule, UsageRule, context};
use crawl4ai_telemetry_conformance::{Reply, Server};
use prompting::asking;
use scenario::harness::{Test, root, tools};
use scenario::terminal::{Terminal, take_session};
use scenario::{Stage, builder, no_provider_that_answers, sentry_builder};

const PATIENCE: Duration = Duration::from_secs(20);
const USED: &str = "usage.jsonl";

fn is_queued(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Queued(_))
}

fn program(part: &str) {
    let usage = || Settings::file(scenario::folder().join(USED), usage_sample::SPANS).on_by_default();
    match part {
        "forbidden" => {
            let telemetry = under_file(sentry_builder()).usage(usage()).install().expect("installed");
            assert_eq!(capture(), FORBIDDEN);
            usage_sample::record_everything(telemetry.usage(), "used", false);
            assert!(telemetry.usage().flush(PATIENCE));
            let status = telemetry.status();
            let used = status.usage.as_ref().map(|usage| (usage.enabled, usage.decided_by));
            assert_eq!(used, Some((false, UsageRule::AdministratorDenial)));
            let file = file_in(&scenario::folder());
            let said = format!("The administrator of this machine says no: {}.", file.display());
            assert_eq!(status.reason(), said);
            panic!("free text of a customer");
        }
        "cannot be followed" => {
            let telemetry = under_file(builder()).usage(usage()).install().expect("installed");
            assert_eq!(capture(), FORBIDDEN);
            usage_sample::record_everything(telemetry.usage(), "used", false);
            assert!(telemetry.usage().flush(PATIENCE));
            let status = telemetry.status();
            assert!(status.reason().contains("cannot be followed, so no crash report is sent"), "{status}");
            let trouble = status.machine_policy.and_then(|said| said.trouble()).expect("a problem");
            fs::write(scenario::folder().join("told"), trouble).expect("told");
        }
        "while it runs" => {
            let telemetry = under_file(no_provider_that_answers()).install().expect("installed");
            assert!(is_queued(&capture()), "no file yet");
            telemetry.flush(PATIENCE);
            write(&scenario::folder(), r#"{"reports": "forbidden"}"#);
            let other = "x".parse::<u32>().expect_err("no number");
            let _ = crawl4ai_telemetry::capture_exception(&other, context! {});
            telemetry.flush(PATIENCE);
            assert_eq!(capture(), FORBIDDEN);
        }
        "torn for a moment" => {
            let telemetry = under_file(no_provider_that_answers()).install().expect("installed");
            assert!(is_queued(&capture()), "no file yet");
            telemetry.flush(PATIENCE);
            write(&scenario::folder(), "{");
            // Consent is checked again when a report is stored.
            let lines = "one\ntwo".parse::<f64>().expect_err("no number");
            let _ = crawl4ai_telemetry::capture_exception(&lines, context! {});
            telemetry.flush(PATIENCE);
            assert_eq!(capture(), FORBIDDEN);
            write(&scenario::folder(), "{}");
            let other = "x".parse::<u32>().expect_err("no number");
            assert!(
                is_queued(&crawl4ai_telemetry::capture_exception(&other, context! {})),
                "it is read again"
            );
            telemetry.flush(PATIENCE);
        }
        "nobody is asked" => {
            take_session();
            let _telemetry = under_file(builder()).install().expect("installed");
            assert_eq!(capture(), Outcome::Suppressed(Reason::NoConsent(Rule::QuestionHidden)));
        }
        "a server" => {
            let outcome = installed(under_file(builder()).environment(Environment::ApiServer));
            assert_eq!(outcome, Outcome::Suppressed(Reason::NoConsent(Rule::QuestionHidden)));
        }
        "the machine's" => assert_eq!(installed(builder()), FORBIDDEN),
        "the machine's allows" => assert!(is_queued(&installed(builder()))),
        "idle" => drop(under_file(builder()).install().expect("installed")),
        _ => {
            let telemetry = under_file(builder()).usage(usage()).install().expect("installed");
            let _ = capture();
            usage_sample::record_everything(telemetry.usage(), "used", false);
            telemetry.usage().flush(PATIENCE);
            telemetry.flush(PATIENCE);
        }
    }
}

/// The files that a run left, without the administrator's policy file.
fn left(stage: &Stage) -> Vec<PathBuf> {
    stage.files().into_iter().filter(|path| !path.starts_with("machine")).collect()
}

fn forbids_whatever_was_said(stage: &Stage) {
    write(stage.folder(), r#"{"reports": "forbidden", "usage": "forbidden"}"#);
    let server = Server::always(Reply::status(200));
    let stored = r#"{"telemetry":{"consent":"always","usage":"always","policy":1}}"#;
    fs::write(stage.folder().join("config.json"), stored).expect("written");
    let mut command = stage.command_to(&server);
    let output = command.env("SCENARIO_PART", "forbidden").output().expect("runs");
    assert_eq!(output.status.code(), Some(101), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((server.connections(), left(stage)), (0, vec![PathBuf::from("config.json")]));
    // Forbidding one kind does not affect the other.
    for (text, reports, figures) in
        [(r#"{"reports": "forbidden"}"#, 0, true), (r#"{"usage": "forbidden"}"#, 1, false)]
    {
        let stage = Stage::new();
        write(stage.folder(), text);
        ends_well(stage.command("both"));
        let has_figures = stage.folder().join(USED).exists();
        assert_eq!((stage.delivered().len(), has_figures), (reports, figures), "{text}");
    }
}

fn holds_while_the_program_runs(stage: &Stage) {
    ends_well(stage.command("while it runs"));
    assert_eq!(stage.waiting().len(), 1, "what came later is not stored: {:?}", stage.files());
    let torn = Stage::new();
    ends_well(torn.command("torn for a moment"));
    assert_eq!(torn.waiting().len(), 2, "what waited is not deleted: {:?}", torn.files());
    ends_well(stage.command("both"));
    assert_eq!((stage.delivered().len(), stage.waiting().len()), (0, 1), "and what waited does not leave");
    fs::remove_file(file_in(stage.folder())).expect("removed");
    ends_well(stage.command("both"));
    assert_eq!(
        (stage.delivered().len(), stage.waiting().len()),
        (2, 0),
        "it was the administrator's no only"
    );
}

fn lowers_what_leaves(stage: &Stage) {
    ends_well(stage.command("both"));
    write(stage.folder(), r#"{"level": "strict"}"#);
    ends_well(stage.command("both"));
    let reports = stage.delivered();
    let texts: Vec<bool> = reports.iter().map(|report| report.to_string().contains("customer")).collect();
    assert_eq!(texts, [true, false], "the yes was to all of the text");
    assert_eq!((&reports[0]["privacy"], &reports[1]["privacy"]), (&"standard".into(), &"strict".into()));
}

fn asks_nobody(stage: &Stage) {
    write(stage.folder(), r#"{"question": "hidden"}"#);
    let terminal = Terminal::new();
    let running = terminal.run(&mut asking(stage, "nobody is asked"));
    assert!(running.end().success(), "{}", terminal.screen());
    assert_eq!(terminal.rest(), "", "not a word on the screen");
    let mut server = stage.command("a server");
    server.env_remove("CRAWL4AI_TELEMETRY");
    assert_eq!(ends_well(server), "");
    assert_eq!(left(stage), Vec::<PathBuf>::new());
}

fn what_cannot_be_read_for_certain_forbids(stage: &Stage) {
    const FINE: &str = "{}";
    let large = format!("{{{}}}", " ".repeat(64 * 1024));
    let whole = file_in(stage.folder());
    let folder = whole.parent().expect("a folder").to_owned();
    let nothing = |_: &Path| {};
    type Damage<'a> = (&'a str, &'a dyn Fn(&Path), &'a str);
    let replaced = |make: &dyn Fn(&Path)| {
        fs::remove_file(&whole).expect("removed");
        make(&whole);
    };
    let damages: &[Damage<'_>] = &[
        ("{\"reports\": \"forb", &nothing, "is damaged on line 1: no JSON object; write it anew"),
        ("", &nothing, "is damaged on line 1"),
        (
            "{\"reports\": \"allowed\"}",
            &nothing,
            "holds on line 1 what this version does not know; write it anew",
        ),
        (&large, &nothing, "is larger than 64 KiB"),
        (FINE, &|file| set_mode(file, 0o664), "may be written by others; let root alone write them"),
        (FINE, &|file| set_mode(file, 0o646), "may be written by others"),
        (FINE, &|_| set_mode(&folder, 0o777), "or its folder may be written by others"),
        (FINE, &|_| replaced(&|file| fs::create_dir(file).expect("made")), "is not a regular file"),
        (
            FINE,
            &|_| {
                replaced(&|file| assert!(Command::new("mkfifo").arg(file).status().expect("made").success()))
            },
            "is not a regular file",
        ),
        (
            FINE,
            &|_| {
                let elsewhere = stage.folder().join("elsewhere.json");
                fs::write(&elsewhere, FINE).expect("written");
                replaced(&|file| symlink(&elsewhere, file).expect("linked"));
            },
            "is a link",
        ),
        (FINE, &|_| replaced(&|file| symlink("/dev/null", file).expect("linked")), "is a link"),
    ];
    for (text, damage, told) in damages {
        write(stage.folder(), text);
        damage(&whole);
        ends_well(stage.command("cannot be followed"));
        let said = fs::read_to_string(stage.folder().join("told")).expect("told");
        assert!(said.contains(told) && !said.contains('\n'), "{told}: {said}");
        assert!(stage.delivered().is_empty() && stage.waiting().is_empty());
        assert!(!stage.folder().join(USED).exists(), "{told}");
        fs::remove_dir_all(&folder).expect("removed");
    }
    write(stage.folder(), FINE);
    ends_well(stage.command("both"));
    assert_eq!(stage.delivered().len(), 1, "a file that says nothing forbids nothing");
}

/// Runs a part as root in a mount namespace with its own `/etc`, so that the program reads the machine-wide policy
/// file.
fn in_its_own_etc(stage: &Stage, part: &str, make: &str) {
    let program = stage.command(part);
    let script = format!("mount -t tmpfs none /etc && mkdir -m 755 /etc/tool && {make} && exec \"$0\"");
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", &script]).arg(program.get_program()).env_clear();
    command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    // Variables that a user could set to make the program read another file. They must have no effect.
    command.env("PATH", std::env::var_os("PATH").expect("a path")).env("ProgramData", stage.folder());
    command.env("XDG_CONFIG_DIRS", stage.folder()).env("CRAWL4AI_TELEMETRY_POLICY", "/dev/null");
    ends_well(command);
}

fn the_file_of_the_machine(stage: &Stage) {
    const FILE: &str = "/etc/tool/telemetry.json";
    in_its_own_etc(stage, "the machine's allows", "true");
    let fine = format!("umask 022 && echo '{{}}' > {FILE}");
    let forbids = format!("umask 022 && echo '{{\"reports\": \"forbidden\"}}' > {FILE}");
    for make in [
        forbids,
        // The file or its folder is not owned by root, or others may write it, so its content is not trusted.
        format!("{fine} && chown 4711 {FILE}"),
        format!("{fine} && chown 4711 /etc/tool"),
        format!("{fine} && chmod g+w {FILE}"),
    ] {
        in_its_own_etc(stage, "the machine's", &make);
    }
    in_its_own_etc(stage, "the machine's allows", &fine);
    in_its_own_etc(stage, "the machine's allows", "chown 4711 /etc/tool");
    assert_eq!(stage.delivered().len(), 3);
}

fn is_not_read_at_the_set_up(stage: &Stage) {
    write(stage.folder(), r#"{"level": "strict"}"#);
    let trace = stage.folder().join("trace");
    let opened = |part: &str| {
        let program = stage.command(part);
        let mut traced = Command::new("strace");
        traced.args(["-f", "-e", "trace=file", "-o"]).arg(&trace).arg(program.get_program()).env_clear();
        traced.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        ends_well(traced);
        fs::read_to_string(&trace).expect("a trace").matches("\"telemetry.json\"").count()
    };
    assert_eq!(opened("idle"), 0);
    assert!(opened("both") > 0, "the look is one that the trace shows");
}

fn main() {
    scenario::main_of(program, || {
        let etc = tools(&[&["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/etc"]]);
        vec![
            Test::new("forbids", forbids_whatever_was_said),
            Test::new("while_it_runs", holds_while_the_program_runs),
            Test::new("lowers", lowers_what_leaves),
            Test::new("asks_nobody", asks_nobody),
            Test::new("uncertain", what_cannot_be_read_for_certain_forbids),
            Test::new("of_the_machine", the_file_of_the_machine).needs(root()).needs(etc),
            Test::new("not_at_the_set_up", is_not_read_at_the_set_up).needs(tools(&[&[
                "strace",
                "-o",
                "/dev/null",
                "true",
            ]])),
        ]
    });
}
