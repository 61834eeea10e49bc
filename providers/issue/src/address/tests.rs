use super::*;

fn place(address: &str) -> Result<String, IssueLinkError> {
    IssueLink::new(address).parse().map(|project| project.place().to_owned())
}

#[test]
fn a_project_is_told_by_its_address() {
    for (address, expected) in [
        ("https://github.com/owner/weather", "github.com/owner/weather"),
        ("https://github.com/owner/weather/", "github.com/owner/weather"),
        ("https://github.com/owner/weather.git", "github.com/owner/weather"),
        (" HTTPS://GitHub.com/Owner/weather.rs ", "github.com/Owner/weather.rs"),
        ("https://gitlab.com/group/below/weather", "gitlab.com/group/below/weather"),
        ("https://gitlab.example.com:8443/group/weather", "gitlab.example.com:8443/group/weather"),
        ("https://codeberg.org/owner/weather", "codeberg.org/owner/weather"),
        ("https://gitlab.xn--bcher-kva.example/a/b", "gitlab.xn--bcher-kva.example/a/b"),
    ] {
        assert_eq!(place(address).as_deref(), Ok(expected), "{address}");
    }
}

#[test]
fn what_is_no_project_is_refused_and_no_error_shows_it() {
    use IssueLinkError::{Credentials, Host, Length, Path, Port, Query, Scheme, Unknown};
    for (address, expected) in [
        ("", Scheme),
        ("github.com/owner/weather", Scheme),
        ("git@github.com:owner/weather.git", Scheme),
        ("ssh://git@github.com/owner/weather", Scheme),
        ("http://github.com/owner/weather", Scheme),
        ("http://127.0.0.1.example.com/owner/weather", Scheme),
        ("javascript://github.com/owner/weather", Scheme),
        ("https://ada:hunter2@github.com/owner/weather", Credentials),
        ("https://github.com@evil.example/owner/weather", Credentials),
        ("https://github.com/owner/weather?tab=hunter2", Query),
        ("https://github.com/owner/weather#hunter2", Query),
        ("https://github.com?hunter2/owner/weather", Query),
        ("https://gitlab.bücher.example/owner/weather", Host),
        ("https://github.com./owner/weather", Host),
        ("https://git hub.com/owner/weather", Host),
        ("https:///owner/weather", Host),
        ("https://[2001:db8::1]/owner/weather", Host),
        ("https://[::1]x/owner/weather", Host),
        ("https://github.com:/owner/weather", Port),
        ("https://github.com:0/owner/weather", Port),
        ("https://github.com:+443/owner/weather", Port),
        ("https://github.com:65536/owner/weather", Port),
        ("https://github.com", Path),
        ("https://github.com/", Path),
        ("https://github.com/owner", Path),
        ("https://github.com/owner/weather/issues", Path),
        ("https://github.com/owner/weather/issues/new", Path),
        ("https://github.com//weather", Path),
        ("https://github.com/../weather", Path),
        ("https://github.com/owner/wea%74her", Path),
        ("https://github.com/owner/wea\"ther", Path),
        ("https://github.com/owner\\weather/x", Path),
        ("https://gitlab.com/group/weather/-/issues", Path),
        ("https://codeberg.org/owner/weather/issues", Path),
        ("https://git.example.com/owner/weather", Unknown),
        ("https://notgithub.com/owner/weather", Unknown),
        ("https://github.com.evil.example/owner/weather", Unknown),
    ] {
        let error = place(address).expect_err(address);
        assert_eq!(error, expected, "{address}");
        assert!(!error.to_string().contains("hunter2"));
    }
    assert_eq!(place(&format!("https://github.com/owner/{}", "w".repeat(300))), Err(Length));
}

#[test]
fn on_this_machine_and_on_a_host_of_ones_own_somebody_says_what_runs_there() {
    for (address, expected) in [
        ("http://127.0.0.1:3000/owner/weather", "127.0.0.1:3000/owner/weather"),
        ("http://[::1]:3000/owner/weather", "[::1]:3000/owner/weather"),
        ("http://localhost/owner/weather", "localhost/owner/weather"),
        ("https://example.com/git/owner/weather", "example.com/git/owner/weather"),
    ] {
        assert_eq!(place(address), Err(IssueLinkError::Unknown), "{address}");
        let said = IssueLink::new(address).tracker(Tracker::Forgejo).parse().expect(address);
        assert_eq!(said.place(), expected);
    }
}

#[test]
fn each_tracker_has_its_form_and_its_search() {
    for (address, form, search) in [
        (
            "https://github.com/o/w",
            "https://github.com/o/w/issues/new?title=a%20b&body=",
            "https://github.com/o/w/issues?q=is%3Aissue%20c0ffee",
        ),
        (
            "https://gitlab.com/o/w",
            "https://gitlab.com/o/w/-/issues/new?issue%5Btitle%5D=a%20b&issue%5Bdescription%5D=",
            "https://gitlab.com/o/w/-/issues?state=all&search=c0ffee",
        ),
        (
            "https://codeberg.org/o/w",
            "https://codeberg.org/o/w/issues/new?title=a%20b&body=",
            "https://codeberg.org/o/w/issues?state=all&q=c0ffee",
        ),
    ] {
        let project = IssueLink::new(address).parse().expect(address);
        assert_eq!((project.form_up_to_text("a b"), project.search("c0ffee")), (form.into(), search.into()));
        assert!(form.starts_with(&format!("{}?", project.empty_form())));
    }
}
