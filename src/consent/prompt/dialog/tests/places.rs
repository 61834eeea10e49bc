//! What is said of where a report goes, who gets it there, and what can be taken back.

use std::time::Duration;

use super::*;
use crate::consent::KnownEmail;

const WHO: &str = "My Tool Ltd, 1 High Street, Dublin";

fn plain() -> App {
    App::new("my-tool", "1.0")
}

pub(super) fn full() -> App {
    let app = plain().command("my-tool telemetry").controller(WHO);
    app.retention(Duration::from_secs(90 * 24 * 60 * 60))
        .privacy_notice("https://my-tool.example.com/privacy")
}

pub(super) fn shown(typed: &[&'static str], app: &App, offer: &Offer) -> (String, String) {
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
    let end = "Setting the variable MY_TOOL_TELEMETRY=0 stops later reports; whoever looks after this computer can do that.";
    let cases: &[(App, &str, &[&str])] = &[
        (
            plain(),
            server,
            &[
                "Goes to crashes.example.com, which also sees your network address. This program does not say who runs that \
                 server; they can read it. Once sent, you cannot take it back yourself.",
                end,
            ],
        ),
        (
            full(),
            server,
            &[
                "network address. Reports are for My Tool Ltd, 1 High Street, Dublin, who decide who reads them. Kept for 90 days. \
                 You can ask to have a sent report deleted: `my-tool telemetry erase` writes your letter. \
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
                 undo, delete that file, with older reports in it, and the copy in the program's own folder.",
                end,
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
        for declared in [WHO, "Kept for", "my-tool.example.com", "writes your letter", "does not say"] {
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

/// The user posts the report, not the program. The retention time and the controller that the authors declare do not
/// apply to the site.
#[test]
fn of_what_a_person_posts_no_time_is_promised() {
    let offer = Offer { by_hand: true, ..offer(Privacy::OwnWords, "github.com/owner/my-tool") };
    let (words, screen) = shown(&["3"], &full(), &offer);
    assert!(!words.contains("Kept for") && !words.contains(WHO), "{screen}");
    let (words, screen) = shown(&["3"], &plain(), &offer);
    assert!(
        words.contains("Setting the variable MY_TOOL_TELEMETRY=0 stops this question; whoever looks after this computer can do that."),
        "{screen}"
    );
}

#[test]
fn an_address_is_asked_for_with_what_becomes_of_it() {
    let app = full();
    for (destination, typed, said) in [
        (
            "crashes.example.com",
            "1",
            "May they e-mail you about the error? Then give an address. It becomes part of the report and is sent and kept with \
             it. If you give none, the report is sent all the same: after Enter, Ctrl-D, three mistyped addresses or two \
             minutes. Ctrl-C takes your answer back: nothing is sent, and the report waits. E-mail (Enter sends): ",
        ),
        (
            "crashes.example.com",
            "2",
            "It is sent and kept with every report. On this computer `my-tool telemetry email --remove` deletes it, and \
             `my-tool telemetry purge` the copies of sent reports; all of these hold it. If you give none, the report is \
             sent all the same: after Enter,",
        ),
        (
            "the file reports.jsonl",
            "1",
            "If you give an address, those to whom you give the file can write to you. It is saved in the report and stays in it \
             as long as the report stays. If you give none, the report is saved all the same: after Enter, Ctrl-D, three mistyped \
             addresses or two minutes. Ctrl-C takes your answer back: nothing is saved, and the report waits. E-mail (Enter \
             saves): ",
        ),
        (
            "the file reports.jsonl",
            "2",
            "It is saved with every report. On this computer `my-tool telemetry email --remove` deletes it, and `my-tool telemetry \
             purge` the copies of saved reports, and `my-tool telemetry erase` the reports; all of these hold it. If you give none, the report is saved all the same:",
        ),
    ] {
        let offer = offer(Privacy::OwnWords, destination);
        let asked = Question { wants_email: true, ..question(&app, &offer, &[]) };
        // Each of the ends that the text names is one.
        for ends in [&[""][..], &["^D"], &["^-"], &["a", "b", "c"]] {
            let typed: Vec<_> = [typed].iter().chain(ends).copied().collect();
            let (answer, screen) = ask_of(&typed, asked);
            let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(said), "{screen}");
            assert_eq!((answer.choice != Choice::Unanswered, answer.email), (true, None), "{screen}");
        }
        assert_eq!(ask_of(&[typed, "^C"], asked).0, Choice::Unanswered.into());
    }
}

/// An address that is known already stands in the question, and not only behind `v`.
#[test]
fn an_address_that_is_known_is_shown_before_anybody_chooses() {
    let (command, file) = (plain().command("my-tool telemetry"), "the file reports.jsonl");
    let row = "1 send this report only, with your e-mail ada@example.com 2 always send reports, also 2 others that wait, each with \
               your e-mail 3";
    for (app, destination, by_variable, ends) in [
        (
            full(),
            "crashes.example.com",
            false,
            "`my-tool telemetry email --remove` ends that for later reports.",
        ),
        (plain(), "crashes.example.com", false, "You gave it before; a no to all reports ends that."),
        (command, file, false, "`my-tool telemetry email --remove` ends that for later reports."),
        (plain(), file, true, "It is the one in the variable MY_TOOL_TELEMETRY_EMAIL."),
    ] {
        for privacy in [Privacy::Standard, Privacy::OwnWords, Privacy::Strict] {
            let offer = offer(privacy, destination);
            let row = row.replace("send", offer.verb());
            let known = KnownEmail::new(&app, "ada@example.com", by_variable);
            let reports = [payload("{}"), payload("{}"), payload("{}")];
            let asked = Question { known_email: Some(&known), ..question(&app, &offer, &reports) };
            let said = format!("Your e-mail address ada@example.com is {} with it. {ends} ", offer.done());
            assert!(asked.goes_to().starts_with(&said), "a screen of the program's own shows it too");
            for columns in [80, 40, 20] {
                let (_, screen) = ask_in(columns, &["1"], asked);
                let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
                let (before, _) = words.split_once("v or b?").unwrap();
                assert!(before.contains(&row), "{screen}");
                // Nobody is asked for another one.
                assert!(
                    !words.contains("an e-mail address you give") && !words.contains("E-mail (Enter"),
                    "{screen}"
                );
            }
        }
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
                let known = KnownEmail::new(&app, "ada.lovelace@post.example.com", false);
                for known_email in [None, Some(&known)] {
                    let asked = Question { about: Some(&report), known_email, ..question(&app, &offer, &[]) };
                    let (_, screen) = ask_of(&["^-"], asked);
                    let (asked, _) = screen.trim_start().split_once("\n1, 2, 3, v or b?").unwrap();
                    assert!(asked.lines().count() <= 18, "{}\n{screen}", asked.lines().count());
                }
            }
        }
    }
}
