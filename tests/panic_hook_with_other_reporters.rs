//! `human-panic` and `color-eyre` set their hooks without calling the previous one. Whether they are set up before or
//! after us, the panic is reported once, with the panicking function on top, and they print what they print without us.

#![allow(clippy::panic, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "this program has hooks of its own, and takes them away")]

mod scenario;
use std::panic::{set_hook, take_hook};
use std::process::Output;

use crawl4ai_telemetry::Guard;
use scenario::{Stage, builder, culprit};

#[inline(never)]
fn parse_page(page: usize) {
    panic!("page {page} has no table");
}

fn set_up(library: &str) {
    match library {
        "human-panic" => human_panic::setup_panic!(),
        "color-eyre" => color_eyre::install().expect("the first"),
        // Programs that silence the hook, or restore the default.
        "silence" => set_hook(Box::new(|_| {})),
        "default" => drop(take_hook()),
        _ => {}
    }
}

fn program(part: &str) {
    let mut telemetry: Option<Guard> = None;
    for step in part.split(", ") {
        match step {
            "telemetry" => telemetry = Some(builder().install().expect("installed")),
            "end of telemetry" => drop(telemetry.take()),
            library => set_up(library),
        }
    }
    parse_page(part.split(", ").count());
}

/// What the program printed, without the parts that differ between runs: the folder, the names of files in it, and the
/// thread's number.
fn printed(output: &Output, stage: &Stage) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let folder = stage.folder().to_string_lossy();
    // In quotation marks, the separators of Windows are doubled.
    let in_folder = |word: &str| word.replace(r"\\", r"\").contains(&*folder);
    let own = |word: &str| in_folder(word) || (word.starts_with('(') && word.ends_with(')'));
    text.split(' ').map(|word| if own(word) { "OWN" } else { word }).collect::<Vec<_>>().join(" ")
}

fn run(part: &str) -> (Stage, Output) {
    let stage = Stage::new();
    // The temporary folder, in which `human-panic` writes its own report.
    let mut command = stage.command(part);
    command.envs(["TMPDIR", "TMP"].map(|name| (name, stage.folder())));
    let output = command.output().expect("runs");
    assert_eq!(output.status.code(), Some(101), "{part}");
    (stage, output)
}

fn test(_: &Stage) {
    for library in ["human-panic", "color-eyre", "silence", "default"] {
        let (stage, alone) = run(&format!("{library}, nothing"));
        let alone = printed(&alone, &stage);
        assert_eq!(alone.is_empty(), library == "silence", "{library}: {alone}");
        for part in [format!("{library}, telemetry"), format!("telemetry, {library}")] {
            let (stage, output) = run(&part);
            assert_eq!(printed(&output, &stage), alone, "{part}");
            let reports = stage.delivered();
            assert_eq!(reports.len(), 1, "{part}: {reports:#?}");
            assert_eq!(culprit(&reports[0]), "panic_hook_with_other_reporters::parse_page", "{part}");
            assert_eq!(reports[0]["exceptions"][0]["value"], "page 2 has no table", "{part}");
            assert_eq!(reports[0]["level"], "fatal", "{part}");
        }
    }

    let (stage, both) = run("human-panic, telemetry, color-eyre, silence, nothing, nothing");
    assert_eq!((stage.delivered().len(), printed(&both, &stage).as_str()), (1, ""), "after two of them");
    let (stage, gone) = run("telemetry, end of telemetry, silence");
    assert_eq!(
        (stage.delivered().len(), printed(&gone, &stage).as_str()),
        (0, ""),
        "and not when it is over"
    );
}

fn main() {
    scenario::main(program, test);
}
