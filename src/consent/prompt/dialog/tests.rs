use std::collections::VecDeque;
use std::sync::LazyLock;

use crawl4ai_telemetry_core::{
    App, Event, Kind, Level, Payload, Privacy, RawException, Report, ReportId, Sanitizer, Timestamp,
};

use super::*;
use crate::consent::prompt::ending::{Undone, ending};
use crate::consent::{Kept, Occasion, Offer};

mod by_hand;
mod endings;
mod places;
mod typed_ahead;

/// What the user types. `^D` ends the input, `^C` interrupts the program, and at `^-` nobody answers. `^keys` and
/// `^lines` were typed before the question.
struct Typed(VecDeque<&'static str>, usize);

impl LineReader for Typed {
    fn columns(&self) -> usize {
        self.1
    }

    fn typed_ahead(&mut self) -> TypedAhead {
        let typed = match self.0.front() {
            Some(&"^keys") => TypedAhead::Keys,
            Some(&"^lines") => TypedAhead::Lines,
            _ => return TypedAhead::Nothing,
        };
        self.0.pop_front();
        typed
    }

    fn next(&mut self) -> LineRead {
        match self.0.pop_front() {
            Some("^D") => LineRead::End,
            Some("^C") => LineRead::Interrupted,
            Some("^-") | None => LineRead::Nobody,
            Some(text) => LineRead::Text(text.to_owned()),
        }
    }
}

fn offer(privacy: Privacy, destination: &str) -> Offer {
    Offer {
        privacy,
        destination: destination.to_owned(),
        by_hand: false,
        of_administrator: false,
        of_user: false,
    }
}

fn payload(text: &str) -> Payload {
    Payload::new("application/json", text.as_bytes().to_vec())
}

fn ask_with(typed: &[&'static str], wants_email: bool, reports: &[Payload]) -> (Answer, String) {
    let app = App::new("my-tool", "1.0").command("my-tool telemetry");
    let offer = offer(Privacy::OwnWords, "crashes.example.com");
    ask_of(typed, Question { wants_email, ..question(&app, &offer, reports) })
}

fn kept() -> &'static Kept {
    static KEPT: LazyLock<Kept> = LazyLock::new(|| Kept {
        waiting: "/home/ada/.my-tool/telemetry/spool".into(),
        answer: Some("/home/ada/.my-tool/config.json".into()),
    });
    &KEPT
}

fn question<'a>(app: &'a App, offer: &'a Offer, reports: &'a [Payload]) -> Question<'a> {
    Question {
        app,
        occasion: Occasion::Error,
        policy_outdated: false,
        wants_email: false,
        known_email: None,
        offer,
        beside: None,
        wire: None,
        reports,
        about: None,
        kept: kept(),
        is_last: false,
    }
}

fn ask_of(typed: &[&'static str], question: Question<'_>) -> (Answer, String) {
    ask_in(80, typed, question)
}

fn ask_in(columns: usize, typed: &[&'static str], question: Question<'_>) -> (Answer, String) {
    let mut screen = Vec::new();
    let answer = run(&question, &mut Typed(typed.iter().copied().collect(), columns), &mut screen);
    let said = ending(&question, answer.choice, &Undone::default());
    let said = broken(&said, printable::width_of(columns));
    (answer, String::from_utf8(screen).unwrap() + &said)
}

fn ask(typed: &[&'static str]) -> (Answer, String) {
    ask_with(typed, true, &[payload("{}")])
}

#[test]
fn every_answer_means_what_the_text_says() {
    let cases: &[(&[&str], Choice, Option<&str>)] = &[
        (&["1", ""], Choice::Once, None),
        (&[" 1 ", "ada@example.com"], Choice::Once, Some("ada@example.com")),
        (&["2", ""], Choice::Always, None),
        (&["2", "nonsense", "ada@example.com"], Choice::Always, Some("ada@example.com")),
        (&["2", "a", "b", "c", "ada@example.com"], Choice::Always, None),
        (&["2", "^D"], Choice::Always, None),
        (&["2", "^-"], Choice::Always, None),
        (&["3"], Choice::Never, None),
        (&["v", "v", "V", "v", "3"], Choice::Never, None),
        (&["yes", "y", "3"], Choice::Never, None),
        (&["yes", "y", "12"], Choice::NotNow, None),
        (&["y", "v", "y", "b", "y"], Choice::NotNow, None),
        (&[""], Choice::NotNow, None),
        (&["v", "b", " "], Choice::NotNow, None),
        (&["^D"], Choice::NotNow, None),
        (&["v", "^D"], Choice::NotNow, None),
        (&["^-"], Choice::Unanswered, None),
        (&["x", "^-"], Choice::Unanswered, None),
        (&["^C"], Choice::Unanswered, None),
        (&["v", "^C"], Choice::Unanswered, None),
        (&["1", "^C"], Choice::Unanswered, None),
        (&["2", "nonsense", "^C"], Choice::Unanswered, None),
    ];
    for (typed, choice, email) in cases {
        let (answer, screen) = ask(typed);
        assert_eq!((answer.choice, answer.email.as_deref()), (*choice, *email), "{typed:?}\n{screen}");
        assert!(screen.ends_with('\n'), "{typed:?}: the program's own line begins at the left");
    }
}

#[test]
fn the_question_names_the_program_and_fits_eighty_columns() {
    let many: Vec<Payload> = (0..4).map(|_| payload("{}")).collect();
    let (_, one) = ask(&["3"]);
    let (_, four) = ask_with(&["3"], true, &many);
    let every_answer =
        [&["1", ""][..], &["2", "no address", ""], &["v", "^D"], &["^-"]].map(|typed| ask(typed).1);
    for screen in &every_answer {
        // The user's Enter ends the line of the keys, so it is added here.
        let screen = screen.replace("b? ", "b? \n").replace("sends): ", "sends): \n");
        assert!(screen.lines().all(|line| line.chars().count() < 80), "{screen}");
    }
    for screen in [&one, &four] {
        assert!(screen.contains("my-tool met an error. Send a crash report"), "{screen}");
        assert!(
            screen.contains("Sent: ")
                && screen
                    .contains("Names, what you typed and other text become labels like [url], except words"),
            "{screen}"
        );
        assert!(screen.contains("`my-tool telemetry enable`"), "{screen}");
        let screen = screen.replace("b? ", "b? \n");
        assert!(screen.lines().all(|line| line.chars().count() < 80), "{screen}");
    }
    assert!(four.contains("also 3 others that wait") && !one.contains("others"), "{four}");
}

/// The sentence fits the privacy level. The stronger sentence is shown only if nothing but own words leaves.
#[test]
fn the_question_says_what_becomes_of_text_at_each_level() {
    let app = App::new("my-tool", "1.0");
    for (privacy, holds) in [
        (Privacy::Standard, "What cannot be recognised, like a person's name, stays in."),
        (Privacy::OwnWords, "except words that the program or system uses."),
        (Privacy::Strict, "and no message."),
    ] {
        let (_, screen) = ask_of(&["3"], question(&app, &offer(privacy, "crashes.example.com"), &[]));
        let words = screen.replace('\n', " ");
        for sentence in
            ["a person's name, stays in", "except words that the program or system uses", "and no message."]
        {
            assert_eq!(words.contains(sentence), holds.contains(sentence), "{privacy:?} {screen}");
        }
        assert!(screen.lines().all(|line| line.chars().count() < 80), "{screen}");
    }
}

#[test]
fn what_no_person_can_read_is_shown_as_json_and_said_to_be() {
    let app = App::new("my-tool", "1.0");
    let offer = offer(Privacy::OwnWords, "crashes.example.com");
    let reports = [payload("{\n  \"schema\": 1\n}")];
    let asked = Question { wire: Some("application/x-protobuf"), ..question(&app, &offer, &reports) };
    let (_, screen) = ask_of(&["b", "3"], asked);
    assert!(
        screen.replace('\n', " ").contains("It is sent in a form for machines (application/x-protobuf)."),
        "{screen}"
    );
    assert!(screen.contains("{\n  \"schema\": 1\n}\n--- end ---"), "{screen}");
    let screen = screen.replace("b? ", "b? \n");
    assert!(screen.lines().all(|line| line.chars().count() < 80), "{screen}");
    assert!(!ask(&["b", "3"]).1.contains("for machines"));
}

#[test]
fn the_question_says_what_failed_and_v_shows_it_in_words_with_the_bytes_a_key_further() {
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
    let mut raised = RawException::new(Kind::Error, "my_tool::ReadError");
    raised.message = Some(format!("cannot read /home/ada/notes.json {}", "and so on ".repeat(40)));
    event.exceptions.push(raised);
    let app = App::new("my-tool", "1.0");
    let report = Sanitizer::new().report(&app, event, Privacy::Standard);
    let (offer, reports) = (offer(Privacy::OwnWords, "crashes.example.com"), [payload("{\"exact\":1}")]);
    let asked = |typed: &[&'static str]| {
        ask_of(typed, Question { about: Some(&report), ..question(&app, &offer, &reports) })
    };
    let (_, screen) = asked(&["v", "^D"]);
    assert!(screen.contains("\nWhat failed: cannot read [path].json"), "{screen}");
    assert!(screen.contains("  what failed   my_tool::ReadError: cannot read [path].json"), "{screen}");
    assert!(!screen.contains("exact"), "{screen}");
    assert!(screen.contains("\nb shows all of it as it would be sent, to the last letter."), "{screen}");
    let lines = screen.replace("b? ", "b? \n");
    assert!(lines.lines().all(|line| line.chars().count() < 80), "{screen}");
    let (_, screen) = asked(&["v", "b", "3"]);
    assert!(screen.contains("11 bytes ---\n{\"exact\":1}\n--- end"), "{screen}");
}

#[test]
fn view_shows_every_byte_of_every_report_and_nothing_moves_the_cursor() {
    let exact = r#"{"value":"ä \u001b[2J"}"#;
    let reports = [payload(exact), payload("{\"a\":\"\u{1b}[2J\u{202e}\"}\nsecond")];
    let (_, screen) = ask_with(&["b", "3"], true, &reports);
    assert!(screen.contains(&format!("24 bytes ---\n{exact}\n--- end")), "{screen}");
    assert!(screen.contains("{\"a\":\"\\u001b[2J\\u202e\"}\nsecond\n"), "{screen}");
    assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202e}'));
}

#[test]
fn no_address_is_asked_for_when_one_is_known_or_nothing_is_sent() {
    let (answer, screen) = ask_with(&["2"], false, &[payload("{}")]);
    assert_eq!(answer, Choice::Always.into());
    assert!(!screen.contains("E-mail (Enter"), "{screen}");
    assert!(!ask(&["3"]).1.contains("E-mail (Enter"));
}

#[test]
fn whoever_agreed_to_less_is_told_so_on_every_occasion() {
    let app = App::new("tool", "1.0");
    let offer = offer(Privacy::OwnWords, "crashes.example.com");
    for occasion in [Occasion::Error, Occasion::Panic, Occasion::EarlierRun] {
        for policy_outdated in [false, true] {
            let question = Question { occasion, policy_outdated, ..question(&app, &offer, &[]) };
            let headline = question.headline();
            assert!(headline.contains("tool") && headline.ends_with('?'), "{headline}");
            assert_eq!(headline.contains("changed since you agreed"), policy_outdated, "{headline}");
        }
    }
}

#[test]
fn a_screen_that_is_gone_has_nobody_before_it() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let app = App::new("tool", "1.0");
    let offer = offer(Privacy::OwnWords, "crashes.example.com");
    let question = Question {
        occasion: Occasion::Panic,
        policy_outdated: true,
        wants_email: true,
        ..question(&app, &offer, &[])
    };
    let answer = run(&question, &mut Typed(VecDeque::from(["2", ""]), 80), &mut Closed);
    assert_eq!(answer.choice, Choice::Unanswered);
}

/// On a narrow screen nothing is broken inside of a word, and everything is said.
#[test]
fn the_question_fits_a_narrow_screen_and_says_the_same() {
    let app = App::new("my-tool", "1.0")
        .command("my-tool telemetry")
        .privacy_notice("https://x.example.com/privacy");
    let offer = offer(Privacy::OwnWords, "crashes.example.com");
    let reports: Vec<Payload> = (0..3).map(|_| payload("{}")).collect();
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
    let mut raised = RawException::new(Kind::Error, "Error");
    raised.message = Some("cannot read the notes of the day, nor what else there is".to_owned());
    event.exceptions.push(raised);
    let report = Sanitizer::builder().build().report(&app, event, Privacy::Standard);
    let words = |columns| {
        let (_, screen) = ask_in(
            columns,
            &["2", "x", "ada@example.com"],
            Question { wants_email: true, about: Some(&report), ..question(&app, &offer, &reports) },
        );
        (screen.split_whitespace().collect::<Vec<_>>().join(" "), screen)
    };
    let (wide, _) = words(80);
    for columns in [60, 40, 20, 1, 500] {
        let (said, screen) = words(columns);
        assert_eq!(said, wide, "{columns}");
        // Text to be copied is never broken. The user's Enter ends the line of the keys, so it is added here.
        let screen = screen.replace("b? ", "b? \n").replace("sends): ", "sends): \n");
        let long = |line: &&str| {
            line.trim_end().chars().count() >= columns.clamp(21, 80) && !line.contains(['`', '/'])
        };
        assert_eq!(screen.lines().find(long), None, "{columns}\n{screen}");
    }
}
