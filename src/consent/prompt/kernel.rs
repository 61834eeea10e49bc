//! The input line of Rust's notebook kernel (evcxr): one line asks, one line answers.
//!
//! The kernel runs cells in a process of its own, and sends the next cell to the standard input of that process. If the
//! process prints `EVCXR_INPUT_REQUEST:text`, the kernel sends one line from the user instead, or at once an empty line
//! if no front end answers (the protocol of the crate `evcxr_input`). A read without that request, or anywhere else,
//! waits for ever.

use std::io::Write;
use std::path::Path;

use crawl4ai_telemetry_core::App;

use super::Choice;
use crate::consent::offer::Offer;
use crate::environment::Env;
use crate::printable::Screen;

/// Will the kernel answer? It answers only the process that runs the cells, and only while a cell runs, which is on the
/// first thread. A program that a cell started inherits the variables, so the process is recognized by its name.
pub(crate) fn is_ready(env: &Env) -> bool {
    env.is_set("EVCXR_IS_RUNTIME") && is_the_kernel() && on_the_first_thread()
}

fn is_the_kernel() -> bool {
    let program = std::env::current_exe();
    let name = program.as_deref().ok().and_then(Path::file_stem).and_then(|stem| stem.to_str());
    name.is_some_and(|name| name.starts_with("evcxr"))
}

/// Asks the system, because cells are loaded as libraries, in which not even the first thread has a name. If the system
/// cannot tell, the user is not asked.
fn on_the_first_thread() -> bool {
    crawl4ai_telemetry_sys::is_main_thread() == Some(true)
}

/// Asks once. A line that is no valid answer means not now.
///
/// `lines` say what is sent and where it goes. They are printed before the question, on standard error, because a
/// notebook shows standard error at once. Content between the kernel's marks appears only after the cell has ended.
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

/// The line that makes the kernel ask. The kernel takes the question from between the first colon and the next one or
/// the end of the line, so colons and control characters are removed from the program's name.
fn request(app: &App, offer: &Offer) -> String {
    let name: String = app.name().chars().filter(|c| !c.is_control() && *c != ':').collect();
    format!(
        "EVCXR_INPUT_REQUEST:{name} met an error. {} crash reports? 1 the next one only, 2 always, 3 never, \
         Enter decides later",
        if offer.done() == "saved" { "Save" } else { "Send" }
    )
}

/// Reads one line, byte by byte and without the buffer of `std`, because the bytes after the line are the next cell.
#[cfg(unix)]
fn line() -> Option<String> {
    /// The longest answer, in bytes. The rest of a longer line is dropped.
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
