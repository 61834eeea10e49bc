//! A program with one function, compiled during the test, with its debug information where the test wants it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

/// `marked` begins in line 3.
const SOURCE: &str = r#"
#[inline(never)]
fn marked(x: u32) -> u32 {
    std::hint::black_box(x) + 1
}

fn main() {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let base = u64::from_str_radix(maps.split('-').next().unwrap(), 16).unwrap();
    println!("{:#x}", marked as *const () as u64 - base + u64::from(marked(0)) - 1);
}
"#;

pub(crate) struct Small {
    pub(crate) folder: tempfile::TempDir,
    /// The start of `marked`, relative to the program.
    pub(crate) address: u64,
}

impl Small {
    /// `split` is the value of `-C split-debuginfo`.
    pub(crate) fn compile(split: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("small.rs"), SOURCE).unwrap();
        let mut rustc = Command::new("rustc");
        rustc.current_dir(folder.path()).args([
            "-g",
            "--edition=2021",
            "-Clink-arg=-Wl,--build-id",
            "small.rs",
        ]);
        rustc.arg(format!("-Csplit-debuginfo={split}"));
        let output = rustc.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let output = Command::new(folder.path().join("small")).output().unwrap();
        let address = String::from_utf8(output.stdout).unwrap();
        let address = u64::from_str_radix(address.trim().trim_start_matches("0x"), 16).unwrap();
        Self { folder, address }
    }

    pub(crate) fn program(&self) -> PathBuf {
        self.folder.path().join("small")
    }

    /// The build id, as `readelf` reads it.
    pub(crate) fn build_id(&self) -> String {
        let output = Command::new("readelf").arg("--notes").arg(self.program()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.split("Build ID: ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
    }

    /// Files of one kind, beside the program.
    pub(crate) fn files(&self, extension: &str) -> Vec<PathBuf> {
        let all = self.folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path());
        all.filter(|path| path.extension().is_some_and(|e| e == extension)).collect()
    }

    /// A report with one frame, whose return address is `behind` bytes after the start of `marked`.
    pub(crate) fn report(&self, kind: &str, behind: u64) -> Value {
        let address = format!("{:#x}", self.address + behind);
        json!({
            "schema": 1, "id": "60fd8e31df9c49ab89e4148aa4c2af98", "time": "2026-11-27T01:00:00Z", "level": "fatal",
            "privacy": "standard", "app": { "name": "small", "version": "1.0.0" }, "environment": "cli",
            "platform": { "os": "linux", "arch": "x86_64" }, "fingerprint": "0000000000000000",
            "exceptions": [{
                "kind": kind, "type": if kind == "signal" { "SIGSEGV: null pointer" } else { "panic" },
                "frames": [{ "in_app": false, "address": address, "image": 0 }],
            }],
            "images": [{ "name": "small", "build_id": self.build_id(), "size": 1 << 20 }], "context": {},
        })
    }
}

/// Whether this machine has the tools for the tests.
pub(crate) fn can_compile() -> bool {
    let can = |tool: &Path| Command::new(tool).arg("--version").output().is_ok_and(|o| o.status.success());
    cfg!(target_os = "linux") && can(Path::new("rustc")) && can(Path::new("readelf"))
}
