use crawl4ai_telemetry_core::{App, MemoryProvider};

use super::*;

fn builder(app: App) -> (tempfile::TempDir, Builder) {
    let folder = tempfile::tempdir().unwrap();
    let env = Env::from_pairs::<&str, &str>("WEATHER", []);
    let builder = Telemetry::builder(app).provider(MemoryProvider::default()).config_folder(folder.path());
    (folder, builder.env(env))
}

#[test]
fn variables_that_were_read_before_are_not_read_again() {
    let builder = Telemetry::builder(App::new("weather", "1.4.0")).provider(MemoryProvider::default());
    let mut builder = builder.read_variables();
    assert!(builder.env.is_some() && builder.folders.is_some());
    // No home folder, whatever the variables say now.
    builder.folders = Some(UserFolders::default());
    builder.env = Some(Env::from_pairs::<&str, &str>("WEATHER", []));
    assert_eq!(builder.build().unwrap().config().path(), None);
}

#[test]
fn a_privacy_notice_that_is_no_address_is_an_error_and_is_never_shown() {
    let weather = || App::new("weather", "1.4.0");
    let (_folder, good) = builder(weather().privacy_notice("https://weather.example.com/privacy"));
    let status = good.build().unwrap().status();
    assert!(
        status.to_string().contains("\n  notice         https://weather.example.com/privacy\n"),
        "{status}"
    );

    let broken = || weather().privacy_notice("\u{1b}[2Jsee our site");
    let (_folder, refused) = builder(broken());
    assert!(matches!(refused.build(), Err(BuildError::PrivacyNotice)));
    let (_folder, all_the_same) = builder(broken());
    let telemetry = all_the_same.build_anyway();
    let status = telemetry.status();
    assert_eq!(status.privacy_notice, None);
    assert!(status.last_failure.as_deref().is_some_and(|said| said.contains("privacy notice")), "{status}");
    assert!(!telemetry.consent_text().contains("see our site"));
}

#[test]
fn a_status_names_a_command_only_where_there_is_one() {
    // The stored answer, and the hint without a command and with one.
    for (consent, variable, command) in [
        (None, "WEATHER_TELEMETRY=1 or WEATHER_TELEMETRY=0", "`weather telemetry enable`"),
        (Some(true), "WEATHER_TELEMETRY=0 stops them", "`weather telemetry disable`"),
        (Some(false), "in the configuration file", "`weather telemetry enable`"),
    ] {
        for (mounted, expected) in [(false, variable), (true, command)] {
            let (_folder, builder) = builder(App::new("weather", "1.4.0"));
            let builder = builder.environment(Environment::Unknown);
            let telemetry = if mounted { builder.mounts_command() } else { builder }.build().unwrap();
            match consent {
                Some(true) => drop(telemetry.enable().unwrap()),
                Some(false) => drop(telemetry.disable().unwrap()),
                None => {}
            }
            let said = telemetry.status().to_string();
            assert!(said.contains(expected), "{consent:?}: {said}");
            assert_eq!(said.contains("weather telemetry"), mounted, "{consent:?}: {said}");
        }
    }
}

#[cfg(feature = "file")]
#[test]
fn a_place_that_is_told_changes_no_screen() {
    let (_folder, builder) = builder(App::new("weather", "1.4.0"));
    let telemetry = builder.file("re\u{1b}[2Jports\n.jsonl").build().unwrap();
    let told = [telemetry.consent_text(), telemetry.status().to_string()];
    for told in told {
        assert!(told.contains("the file re\\u001b[2Jports\\u000a.jsonl"), "{told:?}");
        assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told:?}");
    }
}

/// An invalid link leaves out the page, and nothing else.
#[cfg(feature = "issue")]
#[test]
fn a_link_to_no_project_is_an_error_that_names_no_password() {
    let broken = "https://ada:hunter2@github.com/owner/weather";
    let (_folder, refused) = builder(App::new("weather", "1.4.0"));
    let error = refused.issue_link(broken).build().unwrap_err();
    assert!(matches!(error, BuildError::Provider(_)) && !error.to_string().contains("hunter2"), "{error}");
    let (_folder, goes_on) = builder(App::new("weather", "1.4.0"));
    let status = goes_on.issue_link(broken).build_anyway().status();
    assert_eq!((status.provider.as_str(), &status.by_hand), ("memory", &None));
    assert!(status.last_failure.as_deref().is_some_and(|said| said.contains("no password")), "{status}");

    let (_folder, beside) = builder(App::new("weather", "1.4.0"));
    let status = beside.issue_link("https://github.com/owner/weather").build().unwrap().status();
    assert_eq!(
        (status.provider.as_str(), status.by_hand.as_deref()),
        ("memory", Some("github.com/owner/weather"))
    );
    assert!(
        !status.asks_each_time() && status.to_string().contains("by hand        github.com/owner/weather")
    );
}

#[cfg(feature = "issue")]
#[test]
fn a_status_says_that_each_report_is_asked_about() {
    let folder = tempfile::tempdir().unwrap();
    let telemetry = || {
        Telemetry::builder(App::new("weather", "1.4.0"))
            .env(Env::from_pairs("WEATHER", [("WEATHER_TELEMETRY", "1")]))
            .environment(Environment::Unknown)
            .config_folder(folder.path())
            .issue_link("https://github.com/owner/weather")
            .build()
            .unwrap()
    };
    telemetry().enable().unwrap();
    let status = telemetry().status();
    assert!(status.asks_each_time() && !status.enabled, "{status}");
    let said = status.to_string();
    assert!(said.contains("Each is asked about, and nobody can be asked here."), "{said}");
    assert!(
        said.contains("goes to        github.com/owner/weather") && !said.contains("You said yes"),
        "{said}"
    );
    assert!(said.contains("WEATHER_TELEMETRY=0 ends the question for as long as it is set."), "{said}");
}
