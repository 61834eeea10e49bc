use crawl4ai_telemetry_core::Privacy;

use super::*;

const KERNEL: (&str, &str) = ("EVCXR_IS_RUNTIME", "1");
const FRONT_END: (&str, &str) = ("JPY_PARENT_PID", "7");

fn offer(destination: &str) -> Offer {
    Offer {
        privacy: Privacy::OwnWords,
        destination: destination.to_owned(),
        by_hand: false,
        of_administrator: false,
        of_user: false,
    }
}

fn shown_by(app: &App, code: Option<&'static str>, variables: &[(&str, &str)]) -> Notice {
    let env = Env::from_pairs("TOOL", variables.iter().copied());
    let notebook = Notebook {
        app,
        env: &env,
        environment: Environment::Jupyter,
        offer: &offer("crashes.example.com"),
        known_email: None,
        code,
    };
    notebook.notice()
}

fn shown(environment: Environment, variables: &[(&str, &str)]) -> Notice {
    let env = Env::from_pairs("TOOL", variables.iter().copied());
    let app = App::new("<tool>\n", "1.0").env_prefix("TOOL").command("tool telemetry");
    let offer = &offer("<crashes>.example.com");
    Notebook { app: &app, env: &env, environment, offer, known_email: None, code: Some("tool::telemetry") }
        .notice()
}

#[test]
fn rusts_kernel_gets_a_panel_and_everybody_else_text() {
    let Notice::Panel(panel) = shown(Environment::Jupyter, &[KERNEL, FRONT_END]) else {
        panic!("a panel");
    };
    let lines: Vec<&str> = panel.lines().collect();
    assert_eq!((lines.len(), lines[0], lines[2]), (3, "EVCXR_BEGIN_CONTENT text/html", "EVCXR_END_CONTENT"));
    assert!(lines[1].contains("&lt;tool&gt;") && !lines[1].contains("<tool>"), "{panel}");
    assert!(lines[1].contains("Goes to &lt;crashes&gt;.example.com. "), "{panel}");
    for code in
        ["tool::telemetry::enable_once()?;", "tool::telemetry::enable()?;", "tool::telemetry::disable()?;"]
    {
        assert!(panel.contains(code), "{panel}");
    }

    for (variables, code) in [
        (&[FRONT_END][..], "!tool telemetry enable --once"),
        (&[KERNEL][..], "tool::telemetry::enable_once()?;"),
    ] {
        let Notice::Text(text) = shown(Environment::Jupyter, variables) else { panic!("text") };
        assert!(text.contains(code) && !text.contains("EVCXR"), "{text}");
    }
}

#[test]
fn the_code_reaches_the_telemetry_from_any_cell() {
    for (app, code) in [
        (App::crawl4ai("1.0"), "crawl4ai_telemetry::init().disable()?;"),
        (App::new("tool", "1.0"), "telemetry.disable()?;"),
    ] {
        let Notice::Text(text) = shown_by(&app, None, &[KERNEL]) else { panic!("text") };
        assert!(text.contains(code), "{text}");
        assert_eq!(text.contains("what `init` returned"), app.name() == "tool");
    }
}

#[test]
fn it_says_where_a_report_goes_and_names_only_ways_back_that_are_there() {
    let plain = App::new("tool", "1.0").privacy_notice("https://tool.example.com/privacy");
    let with_command = plain.clone().command("tool telemetry");
    // The app, the variables → the code that takes a yes back, and a text that must not occur.
    type Case<'a> = (&'a App, &'a [(&'a str, &'a str)], &'a str, &'a str);
    let cases: [Case<'_>; 4] = [
        (&plain, &[KERNEL, FRONT_END], "`telemetry.disable()?;`", "tool telemetry"),
        (&plain, &[FRONT_END], "`%env TOOL_TELEMETRY=0`", "tool telemetry"),
        (&with_command, &[FRONT_END], "`!tool telemetry disable`", "%env"),
        (&with_command, &[KERNEL], "`telemetry.disable()?;`", "%env"),
    ];
    for (app, variables, way_out, not_named) in cases {
        let (Notice::Panel(shown) | Notice::Text(shown)) = shown_by(app, None, variables);
        let goes = "Goes to crashes.example.com, which also sees your network address.";
        let line = format!(" To stop later reports, run {way_out}.");
        assert!(shown.contains(goes) && shown.contains(&line), "{shown}");
        assert!(shown.contains("Privacy notice: https://tool.example.com/privacy"), "{shown}");
        assert!(!shown.contains(not_named), "{shown}");
        assert!(shown.contains("don't send"), "{shown}");
    }
}

/// A variable is gone with the kernel: what is not stored is not said to hold always.
#[test]
fn an_answer_by_a_variable_is_said_to_hold_for_the_session() {
    let plain = App::new("tool", "1.0");
    let with_command = plain.clone().command("tool telemetry");
    for (app, variables, is_stored) in
        [(&plain, FRONT_END, false), (&with_command, FRONT_END, true), (&plain, KERNEL, true)]
    {
        let (Notice::Panel(shown) | Notice::Text(shown)) = shown_by(app, None, &[variables]);
        assert_eq!(shown.contains("always send reports"), is_stored, "{shown}");
        for said in ["send reports until the notebook restarts", "don't send until the notebook restarts"] {
            assert_eq!(shown.contains(said), !is_stored, "{shown}");
        }
    }
}

#[test]
fn an_address_that_is_known_is_shown() {
    let env = Env::from_pairs::<&str, &str>("TOOL", []);
    let (app, offer) = (App::new("tool", "1.0"), offer("crashes.example.com"));
    let known_email = Some(KnownEmail::new(&app, "ada@example.com", true));
    let environment = Environment::Jupyter;
    let notebook = Notebook { app: &app, env: &env, environment, offer: &offer, known_email, code: None };
    let Notice::Text(shown) = notebook.notice() else { panic!("text") };
    let said = "Your e-mail address ada@example.com is sent with it. It is the one in the variable TOOL_TELEMETRY_EMAIL.";
    assert!(shown.contains(said) && !shown.contains("an e-mail address you give"), "{shown}");
}

#[test]
fn colab_is_told_from_jupyter() {
    let says = |environment| match shown(environment, &[]) {
        Notice::Panel(shown) | Notice::Text(shown) => shown.contains("Colab"),
    };
    assert!(says(Environment::Colab));
    assert!(!says(Environment::Jupyter));
    let panel = shown(Environment::Colab, &[KERNEL]);
    assert!(matches!(panel, Notice::Panel(_)), "{panel:?}");
}
