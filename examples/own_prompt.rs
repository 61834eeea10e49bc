//! A program with its own screen asks there. The library decides when to ask and about what, and the program how.
//!
//! `cargo run --example own_prompt` runs it in a terminal. Reports go to a file in a temporary folder.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this example is a program with a screen")]

use std::error::Error;
use std::io::BufRead;

use crawl4ai_telemetry::consent::{Answer, Choice, ConsentPrompt, Question};
use crawl4ai_telemetry::{App, Env, Environment, Telemetry, capture_exception, context};

/// Takes the place of a window with three buttons.
struct Dialog;

impl ConsentPrompt for Dialog {
    /// A program that is busy drawing returns false. The report then waits for the next opportunity.
    fn is_ready(&self) -> bool {
        true
    }

    fn ask(&self, question: &Question<'_>) -> Answer {
        let bytes: usize = question.view().iter().map(|payload| payload.bytes.len()).sum();
        eprintln!("╭──────────────────────────────────────────────────────────────────────╮");
        eprintln!("│ {:<68} │", question.headline());
        eprintln!("│ {:<68} │", format!("What failed: {:.55}", question.failed().unwrap_or_default()));
        // May take two lines, because the path of this example's file is long.
        eprintln!("│ {}", question.goes_to());
        eprintln!("│ {:<68} │", format!("Details: {bytes} bytes, to be shown in a view of their own"));
        eprintln!("│ [s] send    [a] send always    [d] don't send    [Esc] not now       │");
        eprintln!("╰──────────────────────────────────────────────────────────────────────╯");
        let mut key = String::new();
        if std::io::stdin().lock().read_line(&mut key).is_err() {
            return Choice::Unanswered.into();
        }
        match key.trim() {
            "s" => Choice::Once.into(),
            "a" => Answer::from(Choice::Always).with_email(None),
            "d" => Choice::Never.into(),
            _ => Choice::NotNow.into(),
        }
    }

    /// Says what has become of the report, now that the answer has been carried out.
    fn tell(&self, ending: &str) {
        eprintln!("{ending}");
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("reports.jsonl");
    let telemetry = Telemetry::builder(App::new("own-prompt", "1.0.0"))
        .file(&file)
        .config_folder(folder.path())
        // Simulates a user's own machine on which nobody has decided yet.
        .env(Env::from_pairs::<&str, &str>("OWN_PROMPT", []))
        .environment(Environment::Cli)
        .prompt(Dialog)
        .install()?;

    let outcome = match "seven".parse::<u32>() {
        Ok(depth) => return Err(format!("{depth} is no number").into()),
        Err(error) => capture_exception(&error, context! { "setting" => "depth" }),
    };
    println!("The program was told: {outcome:?}");
    drop(telemetry);
    println!("Sent: {} bytes", std::fs::metadata(&file).map_or(0, |metadata| metadata.len()));
    Ok(())
}
