//! Shared code of the programs that crash, which hosts in other languages link too.

pub mod cost;
pub mod kinds;

use std::env;
use std::hint::black_box;
use std::path::Path;

use crawl4ai_telemetry_native::{Consent, Plan, handler};

/// Installs the handler as the library would, according to the environment: `OFF` prevents it, `SPOOL` names the
/// folder, `CONFIGURATION` names the file with the answer, `POLICY` the administrator's, and `CONSENT` is `awaited` or `none`. Without `CONSENT`,
/// consent is given.
pub fn install() -> bool {
    if env::var_os("OFF").is_some() {
        return false;
    }
    let spool = env::var("SPOOL").expect("SPOOL");
    let configuration = env::var("CONFIGURATION").ok();
    let configuration = configuration.as_deref().map(Path::new);
    let policy = env::var("POLICY").ok();
    let policy = policy.as_deref().map(Path::new);
    let head = format!(
        r#"{{"schema":1,"level":"fatal","privacy":"standard","app":{{"name":"victim","version":"1.0.0"}},"environment":"cli","platform":{{"os":"linux","arch":"{}"}},"fingerprint":"0000000000000000""#,
        env::consts::ARCH
    );
    let plan = Plan {
        spool: Path::new(&spool),
        configuration,
        machine_policy: policy,
        head: &head,
        kind: "panic",
        tail: r#","operations":[],"context":{}}"#,
    };
    let handler = handler();
    handler.install(&plan).expect("installed");
    let stamp = handler.stamp(configuration, policy);
    match env::var("CONSENT").as_deref() {
        Ok("none") => handler.disarm(),
        Ok("awaited") => handler.arm(Consent::Awaited, stamp),
        _ => handler.arm(Consent::Given, stamp),
    }
    if let Some(path) = env::var_os("CHANGED") {
        std::fs::write(path, "no").expect("written");
    }
    true
}

/// What the arguments say: `cost DEPTH` prints what `install` costs, and a fault below DEPTH frames. A kind of crash
/// happens with `install`, or without it if `OFF` is set.
pub fn play(install: impl FnOnce()) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["cost", depth] => cost::once(depth.parse().expect("a number"), install),
        [kind, ..] => {
            if env::var_os("OFF").is_none() {
                install();
            }
            kinds::crash(kind);
        }
        [] => panic!("a kind of crash, or cost DEPTH"),
    }
}

#[inline(never)]
pub fn read(address: usize) -> i32 {
    unsafe { *(black_box(address) as *const i32) + 1 }
}

#[inline(never)]
pub fn recurse(n: u64) -> u64 {
    let kept = black_box([n; 32]);
    if n == u64::MAX {
        return 0;
    }
    recurse(n + 1) + kept[(n % 32) as usize]
}

/// The entry point for hosts in C, Python, Java and Go.
#[unsafe(no_mangle)]
pub extern "C" fn victim_install() -> i32 {
    i32::from(install())
}

#[unsafe(no_mangle)]
pub extern "C" fn victim_crash(how: i32) -> i32 {
    match how {
        0 => read(8),
        1 => std::process::abort(),
        -1 => kinds::trap(),
        _ => recurse(how as u64) as i32,
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn victim_survived() -> i32 {
    i32::from(handler().survived())
}

#[unsafe(no_mangle)]
pub extern "C" fn JNI_OnLoad(_: *mut u8, _: *mut u8) -> i32 {
    install();
    0x0001_0006
}

#[unsafe(no_mangle)]
pub extern "C" fn Java_Host_crash(_: *mut u8, _: *mut u8, how: i32) -> i32 {
    victim_crash(how) + 1
}
