//! What is said when the answer has been carried out.

use super::places::{full, shown};
use super::*;

/// A report that nobody finds again cannot be deleted by who saved it.
#[test]
fn after_a_yes_the_whole_path_of_the_file_stands_on_a_line_of_its_own() {
    let offer = offer(Privacy::OwnWords, "the file reports.jsonl");
    let path = std::path::absolute("reports.jsonl").unwrap();
    let line = format!("\n  {}\n", path.display());
    for (typed, shown) in [("1", true), ("2", true), ("3", false), ("", false), ("^-", false)] {
        let app = full();
        let (_, screen) = ask_in(20, &[typed], question(&app, &offer, &[]));
        assert_eq!(screen.ends_with(&line), shown, "{typed:?}\n{screen}");
    }
}

/// Every end says what becomes of the report.
#[test]
fn every_answer_ends_with_what_becomes_of_the_report() {
    let (server, file) = ("crashes.example.com", "the file reports.jsonl");
    let waits = "The report waits here for a week and is deleted when my-tool next runs after that; only your account and this computer's administrators can read it. You are asked about it \
                 once more. To delete it now, run `my-tool telemetry purge`.";
    for (destination, typed, said) in [
        (
            server,
            "1",
            "Only this report goes: now, or if that fails, the next time my-tool runs. `my-tool telemetry status` says what \
             still waits. `my-tool telemetry purge` deletes that, and the copies of sent reports that stay on this computer.",
        ),
        (
            server,
            "2",
            "This report is sent, and later ones too. `my-tool telemetry disable` stops later reports. `my-tool telemetry status` says what still waits.",
        ),
        (
            server,
            "3",
            "Deleted. Nothing is sent, now or later, and nobody asks again. To turn reports on, run `my-tool telemetry enable`.",
        ),
        (server, "", "Nothing is sent; this report is deleted."),
        (server, "^D", "Nothing is sent; this report is deleted."),
        (server, "^C", &*format!("No answer: nothing is sent. {waits}")),
        (server, "^-", &*format!("No answer: nothing is sent. {waits}")),
        (
            file,
            "1",
            "Only this report is saved: now, or if that fails, the next time my-tool runs. `my-tool telemetry status` says what \
             still waits. `my-tool telemetry purge` deletes that, and the copies of saved reports that stay on this computer.",
        ),
        (
            file,
            "2",
            "This report is saved, and later ones too. `my-tool telemetry disable` stops later reports. `my-tool telemetry status` says what still waits.",
        ),
        (file, "3", "Deleted. Nothing is saved, now or later, and nobody asks again."),
        (file, "", "Nothing is saved; this report is deleted."),
    ] {
        let (app, offer) = (full(), offer(Privacy::OwnWords, destination));
        let (words, screen) = shown(&[typed], &app, &offer);
        assert!(words.contains(said), "{typed}: {said}\n{screen}");
        let last = Question { is_last: true, ..question(&app, &offer, &[]) };
        assert!(!last.when_interrupted().contains("once more"));
        assert!(
            last.when_interrupted().contains(
                "You are not asked about it again. To delete it now, run `my-tool telemetry purge`"
            )
        );
        assert!(question(&app, &offer, &[]).when_interrupted().ends_with(waits));
    }
}

/// A program without a command names the files, each on a line of its own.
#[test]
fn without_a_command_the_files_are_named() {
    let app = App::new("my-tool", "1.0");
    let path = std::path::absolute("reports.jsonl").unwrap();
    let folder = "\n  /home/ada/.my-tool/telemetry\n";
    for (destination, typed, said) in [
        ("crashes.example.com", &["1", ""][..], format!("it:{folder}")),
        ("the file reports.jsonl", &["1", ""], format!("it:{folder}The file is\n  {}\n", path.display())),
        ("crashes.example.com", &["^-"], "in\n  /home/ada/.my-tool/telemetry/spool\n".to_owned()),
        (
            "the file reports.jsonl",
            &["2", ""],
            format!(
                "answers:{folder}  /home/ada/.my-tool/config.json\n  {}\nIf you give none",
                path.display()
            ),
        ),
        (
            "crashes.example.com",
            &["2", ""],
            format!(
                "answers:{folder}  /home/ada/.my-tool/config.json\nIf you give none, the report is sent all the same:"
            ),
        ),
    ] {
        let offer = offer(Privacy::OwnWords, destination);
        let (_, screen) = ask_of(typed, Question { wants_email: true, ..question(&app, &offer, &[]) });
        assert!(screen.contains(&said), "{said}\n{screen}");
        assert!(!screen.contains("purge") && !screen.contains("telemetry status"), "{screen}");
    }
}

/// A no that could not be stored is not said to hold.
#[test]
fn what_could_not_be_done_is_not_said_to_be_done() {
    let (store, delete) =
        ("cannot write /home/ada/config.json: disk full", "cannot delete what waits: disk full");
    let waits = "The report waits here for a week and is deleted when my-tool next runs after that; only your account and this computer's administrators can read it. You are asked about it \
                 once more. To delete it now, run `my-tool telemetry purge`.";
    let again = "my-tool asks again when it next fails.";
    let stop = "`my-tool telemetry disable` stops later reports.";
    let cases = [
        (
            Choice::Never,
            true,
            false,
            format!("This report is deleted, but your no could not be stored: {store}. {again}"),
        ),
        (
            Choice::Never,
            false,
            true,
            format!("Nothing is sent, now or later, but not everything could be deleted: {delete}."),
        ),
        (
            Choice::Never,
            true,
            true,
            format!(
                "Neither could your no be stored, nor everything be deleted: {store}; {delete}. Nothing is sent now. {again}"
            ),
        ),
        (
            Choice::Always,
            true,
            false,
            format!(
                "This report is sent now or the next time, but your yes to later ones could not be stored: {store}. {again}"
            ),
        ),
        (
            Choice::Always,
            false,
            true,
            format!("Later reports are sent, but this one is not: {delete}. {stop}"),
        ),
        (Choice::Always, true, true, format!("Nothing is sent: {store}; {delete}. {waits}")),
        (Choice::Once, false, true, format!("Nothing is sent: {delete}. {waits}")),
        (
            Choice::NotNow,
            false,
            true,
            format!("Nothing is sent now, but this report could not be deleted: {delete}."),
        ),
    ];
    let (app, server, file) = (
        full(),
        offer(Privacy::OwnWords, "crashes.example.com"),
        offer(Privacy::OwnWords, "the file reports.jsonl"),
    );
    let path = std::path::absolute("reports.jsonl").unwrap().display().to_string();
    for (choice, is_decision, is_report, said) in cases {
        let undone = Undone {
            decision: is_decision.then(|| store.to_owned()),
            report: is_report.then(|| delete.to_owned()),
            is_gone: false,
        };
        let sent = ending(&question(&app, &server, &[]), choice, &undone);
        assert_eq!(sent, format!("{said}\n"), "{choice:?}");
        for untrue in ["Deleted.", "nobody asks again", "later ones too", "Only this report"] {
            assert!(!sent.contains(untrue), "{untrue}: {sent}");
        }
        // A file is named only where the report is in it.
        let saved = ending(&question(&app, &file, &[]), choice, &undone);
        assert_eq!(saved.contains(&path), choice == Choice::Always && !is_report, "{saved}");
        let carried = Offer { by_hand: true, ..server.clone() };
        let carried = ending(&question(&app, &carried, &[]), choice, &undone);
        assert!(!carried.contains("Nothing is sent"), "{carried}");
    }
}

/// A report that another terminal deleted while the question stood does not wait.
#[test]
fn what_was_deleted_meanwhile_is_not_said_to_wait() {
    let (app, server) = (full(), offer(Privacy::OwnWords, "crashes.example.com"));
    let gone = |decision: Option<&str>| Undone {
        decision: decision.map(str::to_owned),
        report: Some("its file cannot be changed".to_owned()),
        is_gone: true,
    };
    let said = "This report is gone: deleted, sent or found damaged meanwhile.";
    for (choice, decision, then) in [
        (Choice::Once, None, ""),
        (Choice::Always, None, " Later reports are sent. `my-tool telemetry disable` stops later reports."),
        (Choice::Always, Some("disk full"), " Your yes to later ones could not be stored: disk full."),
    ] {
        let ending = ending(&question(&app, &server, &[]), choice, &gone(decision));
        assert_eq!(ending, format!("{said}{then}\n"), "{choice:?}");
    }
}
