//! `view`: writes a page about all reports and opens it in the browser.

pub(crate) mod bars;
mod browser;
mod page;
mod reports;
mod taken_out;
pub(crate) mod words;

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use crawl4ai_telemetry::Telemetry;
use crawl4ai_telemetry::clock::{Clock, SystemClock};
use crawl4ai_telemetry::printable::line;
use crawl4ai_telemetry_files::Folder;

use crate::exit::{Failure, all_was_seen};
use crate::output::Streams;

/// See all of it as a page, in your browser
///
/// What is decided, what waits, what was sent, every byte of it, what was taken
/// out, and how to have it erased. The page lies on this computer, for you alone;
/// it loads nothing and sends nothing, and `purge` and `disable` delete it.
/// Changes nothing and sends nothing. `enable` and `disable` change the decision.
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct View {
    /// Write the page to a new file of yours, and open nothing
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl View {
    pub(crate) fn run(self, telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
        let page = page::of(telemetry, SystemClock::new().now())?;
        match &self.out {
            Some(file) => {
                let shown = write_new(file, page.as_bytes())?;
                streams.say(&format!(
                    "The page is in {shown}. It shows what was sent; only you can delete this file."
                ));
            }
            None => show(page.as_bytes(), telemetry, streams)?,
        }
        all_was_seen(telemetry)
    }
}

/// Stores the page for the user, and opens it if there is a screen.
fn show(page: &[u8], telemetry: &Telemetry, streams: &mut Streams) -> Result<(), Failure> {
    let command = telemetry.app().command_name();
    let kept = telemetry.keep_page(page).and_then(std::path::absolute).map_err(|error| {
        Failure::Refused(format!(
            "the page cannot be kept: {error}; `{command} view --out FILE` writes it where you say"
        ))
    })?;
    let path = line(&kept.display().to_string()).into_owned();
    if browser::open(&kept) {
        streams.say(&format!("Opened in your browser: {path}"));
        streams.say("If it shows an error instead, it may not read hidden folders:");
        streams.say(&format!("`{command} view --out FILE` writes the page where you say."));
    } else {
        streams.say("No browser could be opened here. The page is for you alone, and lies in");
        streams.say(&path);
    }
    Ok(())
}

/// Writes a new file that only the user can read, and returns its path as it is shown. The file is either complete or
/// not created, and never replaces another file.
pub(crate) fn write_new(path: &Path, page: &[u8]) -> Result<String, Failure> {
    let shown = line(&path.display().to_string()).into_owned();
    match create(path, page) {
        Ok(()) => Ok(shown),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Failure::Refused(format!(
            "{shown} is there already, and stays as it is: name another file, or delete it first"
        ))),
        Err(error) => Err(Failure::Refused(format!("the page cannot be written to {shown}: {error}"))),
    }
}

fn create(path: &Path, page: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(ErrorKind::IsADirectory)?;
    let folder = Folder::anywhere(path.parent().unwrap_or(Path::new("")))?;
    let mut file = folder.create(name)?;
    let written = file.write_all(page).and_then(|()| file.sync_all());
    drop(file);
    if written.is_err() {
        // An incomplete page is removed. If that fails too, only the first failure is reported.
        let _ = folder.remove(name);
    }
    written
}
