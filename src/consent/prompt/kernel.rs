//! The input line of Rust's notebook kernel (evcxr): one line asks, one line answers.
//!
//! The kernel runs cells in a process of its own, whose standard input brings it the next cell. Who prints
//! `EVCXR_INPUT_REQUEST:text` there is given one line of the user's, and an empty one at once where no front end
//! answers (the protocol of the crate `evcxr_input`). Reading without that line, or anywhere else, waits for ever.

use std::io::Write;
use std::path::Path;

use crawl4ai_telemetry_core::App;

use super::Choice;
use crate::consent::offer::Offer;
use crate::environment::Env;
use crate::printable::Screen;

/// Will the kernel answer? Only the process that runs the cells is answered, and only while a cell runs, which it
/// does on the first thread; a program that a cell started inherits all but its name.
pub(crate) fn is_ready(env: &Env) -> bool {
    env.is_set("EVCXR_IS_RUNTIME") && is_the_kernel() && on_the_first_thread()
}

fn is_the_kernel() -> bool {
    let program = std::env::current_exe();
    let name = program.as_deref().ok().and_then(Path::file_stem).and_then(|stem| stem.to_str());
    name.is_some_and(|name| name.starts_with("evcxr"))
}

/// The cells are loaded as libraries, whose threads have no name: the first one included. Where the system cannot
/// tell, nobody is asked.
fn on_the_first_thread() -> bool {
    crawl4ai_telemetry_sys::is_main_thread() == Some(true)
}

/// Asks once. What is no answer means: not now.
///
/// What is sent and where it goes, `lines`, stands above the question, on standard error, which a notebook shows at
/// once: content between the kernel's marks appears when the cell has ended.
pub(crate) fn ask(app: &App, offer: &Offer, lines: &[String]) -> Choice {
    let asked = Screen.write_all((lines.join("\n") + "\n").as_bytes()).and_then(|()| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", request(app, offer)).and_then(|()| out.flush())
    });
    match asked.map(|()| line()) {
        Ok(Some(line)) => match line.trim() {
            "1" => Choice::Once,
            "2" => Choice::Always,
            "3" => Choice::Never,
            _ => Choice::NotNow,
        },
        Ok(None) | Err(_) => Choice::Unanswered,
    }
}

/// The kernel takes the question from behind the first colon, up to the second or the end of the line.
fn request(app: &App, offer: &Offer) -> String {
    let name: String = app.name().chars().filter(|c| !c.is_control() && *c != ':').collect();
    format!(
        "EVCXR_INPUT_REQUEST:{name} met an error. {} crash reports? 1 the next one only, 2 always, 3 never, \
         Enter decides later",
        if offer.done() == "saved" { "Save" } else { "Send" }
    )
}

/// One line, byte by byte and past the buffer of `std`: what comes after it is the kernel's next cell.
#[cfg(unix)]
fn line() -> Option<String> {
    /// No answer is longer; more than that is no answer to this question.
    const LONGEST: usize = 1024;

    let input = std::io::stdin();
    let (mut line, mut byte) = (Vec::new(), [0]);
    loop {
        match rustix::io::read(&input, &mut byte) {
            Ok(1) if byte == *b"\n" => return Some(String::from_utf8_lossy(&line).into_owned()),
            Ok(1) if line.len() < LONGEST => line.extend(byte),
            Ok(1) | Err(rustix::io::Errno::INTR) => {}
            Ok(_) | Err(_) => return None,
        }
    }
}

#[cfg(not(unix))]
fn line() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_cut_the_question() {
        for (destination, asks) in [("crashes.example.com", "Send"), ("the file a:b.jsonl", "Save")] {
            let offer = Offer {
                privacy: crawl4ai_telemetry_core::Privacy::OwnWords,
                destination: destination.to_owned(),
                by_hand: false,
                of_administrator: false,
                of_user: false,
            };
            let request = request(&App::new("a: b\n", "1.0"), &offer);
            let begins = format!("EVCXR_INPUT_REQUEST:a b met an error. {asks} crash reports? ");
            assert!(request.starts_with(&begins), "{request}");
            assert_eq!((request.matches(':').count(), request.lines().count()), (1, 1));
        }
    }
}
