use super::*;

const PLACE: &str = "github.com/owner/weather";

fn by_hand(privacy: Privacy) -> Offer {
    Offer { by_hand: true, ..offer(privacy, PLACE) }
}

fn report() -> Report {
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(0), Level::Error);
    let mut raised = RawException::new(Kind::Error, "weather::ForecastError");
    raised.message = Some("no answer from https://example.com".to_owned());
    event.exceptions.push(raised);
    Sanitizer::new().report(&App::new("weather", "1.4.0"), event, Privacy::Standard)
}

#[test]
fn where_a_person_carries_it_no_answer_is_a_yes_to_the_next_report() {
    let (app, offer, report) = (App::new("weather", "1.4.0"), by_hand(Privacy::OwnWords), report());
    let opened = question(&app, &offer, &[]);
    let carried = |question: &Question<'_>| ending(question, Choice::Once, &Undone::default());
    assert!(carried(&opened).ends_with("until you delete it:\n  /home/ada/.my-tool/telemetry\n"));
    let with_command = App::new("weather", "1.4.0").command("weather telemetry");
    let said = "Nothing has been sent. `weather telemetry purge` deletes what is kept of it here.\n";
    assert_eq!(carried(&question(&with_command, &offer, &[])), said);
    for (typed, choice, said) in [
        (&["1"][..], Choice::Once, "Nothing has been sent."),
        (&["v", "b", "1"], Choice::Once, "Nothing has been sent."),
        (&["2", "2", "2"], Choice::NotNow, "Nothing is opened, and the report is deleted."),
        (&["4", "2", "1"], Choice::Once, "Nothing has been sent."),
        (&["3"], Choice::Never, "This report is deleted, and you are not asked again."),
        (&[""], Choice::NotNow, "Nothing is opened, and the report is deleted."),
        (&["^D"], Choice::NotNow, "Nothing is opened, and the report is deleted."),
        (&["^-"], Choice::Unanswered, "No answer: nothing is opened."),
    ] {
        let reports = [payload("{}"), payload("{}")];
        let question = Question { about: Some(&report), ..question(&app, &offer, &reports) };
        let (answer, screen) = ask_of(typed, question);
        assert_eq!((answer.choice, answer.email), (choice, None), "{typed:?}");
        assert!(screen.contains(said) && screen.ends_with('\n'), "{typed:?}: {screen}");
        for untrue in ["Sent:", "is sent, and", "E-mail", "always", "your e-mail", "others that wait"] {
            assert!(!screen.contains(untrue), "{untrue}: {screen}");
        }
    }
}

#[test]
fn where_a_person_carries_it_they_read_the_report_and_what_becomes_of_it_first() {
    let app = App::new("weather", "1.4.0").command("weather telemetry");
    let report = report();
    for privacy in [Privacy::Standard, Privacy::OwnWords, Privacy::Strict] {
        let offer = by_hand(privacy);
        for columns in [80, 40, 20] {
            let question = Question { about: Some(&report), ..question(&app, &offer, &[]) };
            let (_, screen) = ask_in(columns, &["v", "3"], question);
            let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
            let (before, after) = words.split_once("1, 3, v or b? ").expect("the question");
            for said in [
                "weather met an error. Report it?",
                "In it: ",
                "If you agree, a page with it opens in your browser, or a file is saved if none opens. That sends nothing yet.",
                "If you then post it, under your own name,",
                "all who can see that site can read it, and only the project's owners can delete it.",
                "A link on the page gives github.com/owner/weather the report and your network address.",
                "`weather telemetry disable` stops this question.",
                "1 open the page with this report",
                "3 don't report it, and don't ask again",
            ] {
                assert!(before.contains(said), "{columns}: {said}: {screen}");
            }
            // A screen of twenty columns breaks names.
            let failed = if columns < 40 {
                "no answer from [url]"
            } else {
                "weather::ForecastError: no answer from [url]"
            };
            assert!(before.contains(failed), "{columns}: {screen}");
            assert!(after.contains("also sees your network address and your account"), "{screen}");
            let screen = screen.replace("b? ", "b? \n");
            let long = |line: &&str| {
                line.trim_end().chars().count() >= columns.max(21) && !line.contains(['`', '/'])
            };
            assert_eq!(screen.lines().find(long), None, "{columns}\n{screen}");
        }
    }
}

#[test]
fn beside_a_provider_it_is_one_more_key() {
    let (app, offer) = (App::new("weather", "1.4.0"), offer(Privacy::OwnWords, "crashes.example.com"));
    let reports = [payload("{}")];
    let beside = || Question { beside: Some(PLACE), ..question(&app, &offer, &reports) };
    let (answer, screen) = ask_of(&["4"], beside());
    assert_eq!(answer.choice, Choice::ByHand);
    let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("Goes to crashes.example.com,"), "{screen}");
    assert!(
        words.contains(
            "4 don't send it, but post it yourself: a page opens, or else its text lies in a file of its own. Nothing is sent until \
             you use the page's link, which gives github.com/owner/weather the report and your network address, to post it"
        ),
        "{screen}"
    );
    // Who can read it is said on every screen, and never cut.
    for columns in [80, 40, 20] {
        let (_, screen) = ask_in(columns, &["3"], beside());
        let words = screen.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains(
                "your own name: all who see that site can read it, and only the project's owners can delete it v view"
            ),
            "{columns}: {screen}"
        );
    }
    assert!(words.contains("1, 2, 3, 4, v or b? Nothing has been sent."), "{screen}");
    assert_eq!(ask_of(&["1", ""], beside()).0.choice, Choice::Once);
    // Without such a place, 4 is not a valid answer.
    let (answer, screen) = ask_of(&["4", "4", "4"], question(&app, &offer, &reports));
    assert!(answer.choice == Choice::NotNow && !screen.contains("  4  "), "{screen}");
}
