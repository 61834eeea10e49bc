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

/// Before anybody chooses they know where it goes, who gets it, that what was sent stays there, and how to stop later ones.
#[test]
fn the_question_says_who_gets_it_and_what_can_be_taken_back() {
    let day = Duration::from_secs(60);
    let (server, file) = ("crashes.example.com", "the file reports.jsonl");
    let ask_to = "To stop later reports, ask whoever looks after this computer to set the variable \
                  MY_TOOL_TELEMETRY=0; it works while it is set.";
    let cases: &[(App, &str, &[&str])] = &[
        (
            plain(),
            server,
            &[
                "Goes to crashes.example.com, which also sees your network address. Whoever runs that server can read it. \
                 Once sent, it cannot be taken back from here.",
                ask_to,
            ],
        ),
        (
            full(),
            server,
            &[
                "network address. It is for My Tool Ltd, 1 High Street, Dublin, who decide who reads it. Kept for 90 days. \
                 Once sent, it cannot be taken back from here; `my-tool telemetry erase` writes a letter asking to delete it. \
                 `my-tool telemetry disable` stops later reports. Privacy notice: https://my-tool.example.com/privacy",
            ],
        ),
        (plain().retention(day), server, &["Whoever runs that server can read it. Kept for 1 day. Once"]),
        (
            plain().controller(WHO),
            server,
            &["It is for My Tool Ltd, 1 High Street, Dublin, who decide who reads it. Once sent,"],
        ),
        (
            plain(),
            file,
            &[
                "Saved in the file reports.jsonl on this computer, not sent; whoever can open that file can read it. To take \
                 it back, delete that file, with all that is in it.",
                ask_to,
            ],
        ),
        (
            full(),
            file,
            &[
                "Responsible for it: My Tool Ltd, 1 High Street, Dublin. Kept for 90 days. `my-tool telemetry erase` takes it out \
                 again. `my-tool telemetry disable` stops later reports.",
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
        // Nothing that would be another place's.
        assert_eq!(words.contains("network address"), *destination != file, "{screen}");
        assert_eq!(
            words.contains("Whoever runs"),
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
        for declared in [WHO, "Kept for", "my-tool.example.com", "a letter"] {
            assert!(!words.contains(declared), "{declared}\n{screen}");
        }
        assert_eq!(words.contains("Whoever runs that server can read it."), of_user, "{screen}");
        assert_eq!(
            words.contains("The administrator of this machine named that place: ask them"),
            of_administrator
        );
        assert!(words.contains("cannot be taken back from here."), "{screen}");
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

/// Every end says what becomes of the report.
#[test]
fn every_answer_ends_with_what_becomes_of_the_report() {
    let (server, file) = ("crashes.example.com", "the file reports.jsonl");
    let waits = "The report waits on this computer, and my-tool asks about it once more.";
    for (destination, typed, said) in [
        (server, "1", "This report is sent, and no other: now, or when my-tool runs next if that fails."),
        (server, "2", "Crash reports are sent from now on. `my-tool telemetry disable` stops later reports."),
        (
            server,
            "3",
            "Nothing is sent, now or later, and you are not asked again. Change it with `my-tool telemetry enable`.",
        ),
        (server, "", "Nothing is sent; this report is deleted."),
        (server, "^D", "Nothing is sent; this report is deleted."),
        (server, "^C", &*format!("No answer: nothing is sent. {waits}")),
        (server, "^-", &*format!("No answer: nothing is sent. {waits}")),
        (file, "1", "This report is saved, and no other."),
        (file, "2", "Crash reports are saved from now on. `my-tool telemetry disable` stops later reports."),
        (file, "3", "Nothing is saved, now or later, and you are not asked again."),
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
            "It becomes part of this report, goes to the same place with it and stays there as long as it does. With or \
             without one, the report is sent.",
        ),
        (
            "crashes.example.com",
            "2",
            "It is kept on this computer, becomes part of every report, goes to the same place and stays there as long as they \
             do. With or without one, the report is sent.",
        ),
        (
            "the file reports.jsonl",
            "1",
            "is saved with it and stays there as long as it does. With or without one, the report is saved.",
        ),
    ] {
        let offer = offer(Privacy::OwnWords, destination);
        let asked = Question { wants_email: true, ..question(&app, &offer, &[]) };
        let (_, screen) = ask_of(&[typed, ""], asked);
        let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("{said} E-mail (Enter for none): ")), "{screen}");
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
