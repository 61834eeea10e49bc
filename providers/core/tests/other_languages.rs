//! Reports of errors from another language. Its frames say themselves whether they are the program's, and are cleaned
//! like other frames.

use crawl4ai_telemetry_core::{
    App, Event, Kind, Level, Privacy, RawException, RawFrame, Report, ReportId, Sanitizer, Timestamp, runtime,
};

fn frame(function: &str, module: &str, file: &str, in_app: bool) -> RawFrame {
    RawFrame {
        function: Some(function.to_owned()),
        module: (!module.is_empty()).then(|| module.to_owned()),
        file: Some(file.to_owned()),
        line: Some(7),
        in_app: Some(in_app),
        ..RawFrame::default()
    }
}

fn raised(frames: Vec<RawFrame>) -> Event {
    let mut event = Event::new(ReportId::from_bytes([7; 16]), Timestamp::from_millis(1), Level::Error);
    event.runtime = runtime("CPython", "3.11.7");
    let mut raised = RawException::new(Kind::Error, "ValueError");
    raised.frames = frames;
    raised.frames_cut = 900;
    event.exceptions.push(raised);
    event
}

fn report(frames: Vec<RawFrame>, privacy: Privacy) -> Report {
    Sanitizer::new().report(&App::new("tool", "1.0"), raised(frames), privacy)
}

#[test]
fn frames_keep_what_they_say_of_themselves() {
    let names = [
        ("Crawler.fetch.<locals>.retry", "tool.crawler", "tool/crawler.py", true),
        // In Rust, frames with such names would be machinery and would be cut.
        ("backtrace", "core.errors", "core/errors.py", false),
        ("<lambda>", "tool.pages", "tool/pages/__init__.py", true),
        ("<module>", "tool.__main__", "tool/__main__.py", true),
        ("exec_module", "importlib._bootstrap", "<frozen importlib._bootstrap>", false),
        ("<listcomp>", "tool.generated", "<code>", true),
        ("[host]", "", "[host]", false),
    ];
    for privacy in [Privacy::Standard, Privacy::Strict] {
        let report = report(names.map(|(f, m, file, own)| frame(f, m, file, own)).to_vec(), privacy);
        let found: Vec<_> = report.exceptions()[0]
            .frames()
            .iter()
            .map(|f| (f.function().unwrap(), f.module().unwrap_or_default(), f.file().unwrap(), f.in_app()))
            .collect();
        assert_eq!(found, names, "{privacy:?}");
        assert_eq!(report.exceptions()[0].frames_cut(), 900);
        assert_eq!(report.platform().runtime(), Some("CPython 3.11.7"));
        assert_eq!((report.platform().language(), report.platform().compiler()), (Some("python"), None));
    }
}

#[test]
fn a_place_on_a_disk_does_not_leave() {
    for path in [
        "/home/wilhelmina/tool/crawler.py",
        "C:\\Users\\Wilhelmina\\tool\\crawler.py",
        "../wilhelmina/crawler.py",
    ] {
        let report = report(vec![frame("fetch", "tool.crawler", path, true)], Privacy::Standard);
        assert_eq!(report.exceptions()[0].frames()[0].file(), Some("crawler.py"), "{path}");
    }
}

#[test]
fn the_module_tells_functions_of_the_same_name_apart() {
    let of =
        |module: &str| report(vec![frame("run", module, "tool/x.py", true)], Privacy::Strict).fingerprint();
    assert_ne!(of("tool.a"), of("tool.b"));
    assert_eq!(of("tool.a"), of("tool.a"));
}

/// A stored report is cleaned like a captured one, and loses nothing.
#[test]
fn what_comes_back_from_the_disk_is_cleaned_again() {
    let before = report(vec![frame("fetch", "tool.crawler", "tool/crawler.py", true)], Privacy::Standard);
    let bytes = before.to_stored().unwrap();
    let back = Sanitizer::new().restore(&bytes, None, Privacy::Standard).unwrap();
    assert_eq!(back, before);

    let text = String::from_utf8(bytes).unwrap();
    let tampered = text
        .replace("CPython 3.11.7", "CPython of ada@example.com")
        .replace("\"tool.crawler\"", "\"ada@example.com\"")
        .replace("tool/crawler.py", "/home/wilhelmina/tool/crawler.py");
    assert_ne!(text, tampered);
    let back = Sanitizer::new().restore(tampered.as_bytes(), None, Privacy::Standard).unwrap();
    assert_eq!((back.platform().runtime(), back.platform().language()), (None, None));
    let frame = &back.exceptions()[0].frames()[0];
    assert_eq!((frame.module(), frame.file()), (Some("[email]"), Some("crawler.py")));
}
