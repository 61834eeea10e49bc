//! What is said of where a report goes, who gets it there, and what can be taken back.

use std::time::Duration;

use super::*;

const WHO: &str = "My Tool Ltd, 1 High Street, Dublin";

fn plain() -> App {
    App::new("my-tool", "1.0")
}

fn full() -> App {
    let app = plain().command("my-tool telemetry").controller(WHO);
    app.retention(Duration::from_secs(90 * 24 * 60 * 60))
        .privacy_notice("https://my-tool.example.com/privacy")
}

fn shown(typed: &[&'static str], app: &App, offer: &Offer) -> (String, String) {
    let (_, screen) = ask_of(typed, question(app, offer, &[]));
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    (words, screen)
}

/// Before users choose, they read where the report goes, who gets it, that what was sent stays there, and how to stop
/// later reports.
#[test]
fn the_question_says_who_gets_it_and_what_can_be_taken_back() {
    let day = Duration::from_secs(60);
    let (server, file) = ("crashes.example.com", "the file reports.jsonl");
    let to_end = |doing: &str| {
        format!(
            "After 2, {doing} stops while the variable MY_TOOL_TELEMETRY=0 is set; whoever looks after this computer can set \
             it."
        )
    };
    let (end_sending, end_saving) = (to_end("sending"), to_end("saving"));
    let cases: &[(App, &str, &[&str])] = &[
        (
            plain(),
            server,
            &[
                "Goes to crashes.example.com, which also sees your network address. This program does not say who runs that \
                 server; they can read it. Once sent, you cannot take it back yourself.",
                &end_sending,
            ],
        ),
        (
            full(),
            server,
            &[
                "network address. Reports are for My Tool Ltd, 1 High Street, Dublin, who decide who reads them. Kept for 90 days. \
                 You can ask to have a sent report deleted: `my-tool telemetry erase` writes the letter. \
                 `my-tool telemetry disable` stops later reports. Privacy notice: https://my-tool.example.com/privacy",
            ],
        ),
        (plain().retention(day), server, &["who runs that server; they can read it. Kept for 1 day. Once"]),
        (
            plain().controller(WHO),
            server,
            &["Reports are for My Tool Ltd, 1 High Street, Dublin, who decide who reads them. Once sent,"],
        ),
        (
            plain(),
            file,
            &[
                "Saved in the file reports.jsonl on this computer, not sent; whoever can open that file can read it. To \
                 undo, delete that file; older reports in it go too.",
                &end_saving,
            ],
        ),
        (
            full(),
            file,
            &[
                "whoever can open that file can read it. `my-tool telemetry erase` deletes your reports from it. `my-tool telemetry disable` stops later reports.",
            ],
        ),
        (
            plain(),
            "mattermost",
            &["Goes to mattermost. A server there also sees your network address. Once sent"],
        ),
    ];
    for (app, destination, said) in cases {
        let (words, screen) = shown(&["3"], app, &offer(Privacy::OwnWords, destination));
        let (before, _) = words.split_once(" 1 s").unwrap();
        for said in *said {
            assert!(before.contains(said), "{said}\n{screen}");
        }
        // Nothing is said that is true only of another kind of place.
        assert_eq!(words.contains("network address"), *destination != file, "{screen}");
        assert_eq!(
            words.contains("does not say who runs that server"),
            *destination == server && !words.contains(WHO),
            "{screen}"
        );
        assert_eq!(words.contains("telemetry disable"), app.has_command(), "{screen}");
        assert_eq!(words.contains("telemetry enable"), app.has_command(), "{screen}");
        assert!(!words.contains("authors") && !words.contains("makers"), "{screen}");
    }
}

/// What the program declares is said of the place that the program chose.
#[test]
fn what_a_program_declares_is_not_said_of_a_place_that_others_named() {
    for (of_user, of_administrator) in [(true, false), (false, true)] {
        let offer = Offer { of_user, of_administrator, ..offer(Privacy::OwnWords, "crashes.example.org") };
        let (words, screen) = shown(&["3"], &full(), &offer);
        for declared in [WHO, "Kept for", "my-tool.example.com", "writes that request", "does not say"] {
            assert!(!words.contains(declared), "{declared}\n{screen}");
        }
        assert_eq!(words.contains("Whoever runs that server can read it."), of_user, "{screen}");
        assert_eq!(
            words.contains("The administrator of this machine named that place: ask them"),
            of_administrator
        );
        assert!(words.contains("Once sent, you cannot take it back yourself."), "{screen}");
    }
}

#[test]
fn what_is_saved_in_a_file_is_not_said_to_be_sent() {
    let offer = offer(Privacy::OwnWords, "the file reports.jsonl");
    for typed in [&["1", ""][..], &["2", ""], &["3"], &[""], &["^D"], &["^-"], &["v", "b", "1", ""]] {
        let app = full();
        let (_, screen) = ask_of(typed, Question { wants_email: true, ..question(&app, &offer, &[]) });
        let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains("Save a crash report?") && words.contains("Saved: what went wrong"),
            "{screen}"
        );
        let rest = words.replace("not sent; whoever", "").replace("`my-tool telemetry disable`", "");
        for untrue in [" sent", " send", "Sent", "next start", "Goes to", "goes to"] {
            assert!(!rest.contains(untrue), "{untrue}: {screen}");
        }
    }
}

/// Users can delete a saved report only if they can find its file again.
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

/// The user posts the report, not the program. The retention time and the controller that the authors declare do not
/// apply to the site.
#[test]
fn of_what_a_person_posts_no_time_is_promised() {
    let offer = Offer { by_hand: true, ..offer(Privacy::OwnWords, "github.com/owner/my-tool") };
    let (words, screen) = shown(&["3"], &full(), &offer);
    assert!(!words.contains("Kept for") && !words.contains(WHO), "{screen}");
    let (words, screen) = shown(&["3"], &plain(), &offer);
    assert!(
        words.contains("While the variable MY_TOOL_TELEMETRY=0 is set, you are not asked; whoever looks after this computer can set it."),
        "{screen}"
    );
}

/// Every end says what becomes of the report.
#[test]
fn every_answer_ends_with_what_becomes_of_the_report() {
    let (server, file) = ("crashes.example.com", "the file reports.jsonl");
    let waits = "The report waits here for a week at most, and my-tool asks about it once more.";
    for (destination, typed, said) in [
        (
            server,
            "1",
            "Only this report goes: now, or if that fails, the next time my-tool runs. While it waits, `my-tool telemetry disable` \
             deletes it.",
        ),
        (server, "2", "Crash reports are sent from now on. `my-tool telemetry disable` stops later reports."),
        (
            server,
            "3",
            "Deleted. Nothing is sent, now or later, and nobody asks again. To turn reports on, run `my-tool telemetry enable`.",
        ),
        (server, "", "Nothing is sent; this report is deleted."),
        (server, "^D", "Nothing is sent; this report is deleted."),
        (server, "^C", &*format!("No answer: nothing is sent. {waits}")),
        (server, "^-", &*format!("No answer: nothing is sent. {waits}")),
        (file, "1", "Only this report is saved."),
        (file, "2", "Crash reports are saved from now on. `my-tool telemetry disable` stops later reports."),
        (file, "3", "Deleted. Nothing is saved, now or later, and nobody asks again."),
        (file, "", "Nothing is saved; this report is deleted."),
    ] {
        let (app, offer) = (full(), offer(Privacy::OwnWords, destination));
        let (words, screen) = shown(&[typed], &app, &offer);
        assert!(words.contains(said), "{typed}: {said}\n{screen}");
        let last = Question { is_last: true, ..question(&app, &offer, &[]) };
        assert!(!last.when_interrupted().contains("once more"));
        assert!(last.when_interrupted().ends_with("and you are not asked about it again."));
        assert!(question(&app, &offer, &[]).when_interrupted().ends_with(waits));
    }
}

#[test]
fn an_address_is_asked_for_with_what_becomes_of_it() {
    let app = full();
    for (destination, typed, said) in [
        (
            "crashes.example.com",
            "1",
            "May they e-mail you about the error? Then give an address. It becomes part of the report and is sent and kept with \
             it. Enter sends the report, even with no address; Ctrl-C takes your answer back, and nothing is sent. E-mail (Enter \
             sends): ",
        ),
        (
            "crashes.example.com",
            "2",
            "It is kept on this computer, even after a no, and is sent and kept with every report. Enter sends the report, even \
             with no address; Ctrl-C takes your answer back, and nothing is sent. E-mail (Enter sends): ",
        ),
        (
            "the file reports.jsonl",
            "1",
            "Whoever reads the report may write to you if you give an address. It is saved in the report and stays in it as long \
             as the report stays. Enter saves the report, even with no address; Ctrl-C takes your answer back, and nothing is saved. E-mail \
             (Enter saves): ",
        ),
        (
            "the file reports.jsonl",
            "2",
            "It is kept on this computer, even after a no, and stays in every report. Enter saves the report,",
        ),
    ] {
        let offer = offer(Privacy::OwnWords, destination);
        let asked = Question { wants_email: true, ..question(&app, &offer, &[]) };
        let (_, screen) = ask_of(&[typed, ""], asked);
        let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(said), "{screen}");
    }
}

/// A question that scrolls away is not read.
#[test]
fn the_question_takes_eighteen_lines_at_most() {
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
    let mut raised = RawException::new(Kind::Error, "my_tool::ReadError");
    raised.message = Some("cannot read the notes of the day".to_owned());
    event.exceptions.push(raised);
    for app in [plain(), plain().command("my-tool telemetry"), full()] {
        let report = Sanitizer::new().report(&app, event.clone(), Privacy::Standard);
        for privacy in [Privacy::Standard, Privacy::OwnWords, Privacy::Strict] {
            for destination in ["crashes.example.com", "the file reports.jsonl"] {
                let offer = offer(privacy, destination);
                let asked = Question { about: Some(&report), ..question(&app, &offer, &[]) };
                let (_, screen) = ask_of(&["^-"], asked);
                let (asked, _) = screen.trim_start().split_once("\n1, 2, 3, v or b?").unwrap();
                assert!(asked.lines().count() <= 18, "{}\n{screen}", asked.lines().count());
            }
        }
    }
}
