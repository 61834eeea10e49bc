//! When the exit hook runs, with real processes: the test starts itself again once for each way to end.

#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test fails by panicking")]
#![allow(clippy::disallowed_methods, reason = "the child is a program: it reads its environment and exits")]

#[cfg(not(unix))]
fn main() {
    assert_eq!(
        crawl4ai_telemetry_sys::on_exit(|| ()),
        Err(crawl4ai_telemetry_sys::ExitHookError::Unsupported)
    );
}

#[cfg(unix)]
fn main() {
    match std::env::var("PART") {
        Ok(part) => unix::program(&part),
        Err(_) => unix::test(),
    }
}

#[cfg(unix)]
mod unix {
    use std::any::Any;
    use std::path::PathBuf;
    use std::process::{Command, Output, exit};
    use std::{io, io::Write, panic, thread};

    use crawl4ai_telemetry_sys::{ExitHookError, on_exit};

    /// Writes to standard error, where nothing is buffered.
    fn say(line: &str) {
        io::stderr().write_all(format!("{line}\n").as_bytes()).expect("written");
    }

    fn hook() {
        say("hook");
    }

    fn another_hook() {
        say("another hook");
    }

    fn hook_that_panics() {
        say("hook");
        panic!("on purpose");
    }

    struct PanicsAgain;
    impl Drop for PanicsAgain {
        fn drop(&mut self) {
            panic!("in the payload's destructor");
        }
    }

    fn hook_whose_payload_panics() {
        say("hook");
        let payload: Box<dyn Any + Send> = Box::new(PanicsAgain);
        panic::resume_unwind(payload);
    }

    fn hook_that_registers() {
        say(&format!("hook {:?}", on_exit(hook) == Err(ExitHookError::Ending)));
    }

    /// Ends the process on a thread that is not the first.
    fn on_another_thread(end: fn() -> !) -> ! {
        let ended = thread::Builder::new().spawn(move || end()).expect("a thread").join();
        panic!("the thread came back: {:?}", ended.is_ok());
    }

    fn c_exit() -> ! {
        // SAFETY: the other thread only waits for this one.
        unsafe { libc::exit(3) }
    }

    /// Forks. The child calls `child` and exits with 3; the parent waits for it and prints its exit code.
    fn fork(child: fn()) {
        // SAFETY: no other thread was started.
        match unsafe { libc::fork() } {
            -1 => panic!("no fork"),
            0 => {
                child();
                exit(3);
            }
            pid => {
                let mut status = 0;
                // SAFETY: `status` is a local that outlives the call.
                assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
                say(&format!("child {}", libc::WEXITSTATUS(status)));
            }
        }
    }

    /// Loads the library of `tests/unloaded`, lets it register its hook and unloads it.
    fn unload() {
        let path = std::env::var("LIBRARY").expect("given");
        let path = std::ffi::CString::new(path).expect("no zero");
        // SAFETY: the library's own start-up code is the standard library's, and both strings end with a zero; the
        // symbol has the type that the library gives it.
        unsafe {
            let library = libc::dlopen(path.as_ptr(), libc::RTLD_NOW);
            assert!(!library.is_null(), "loaded");
            let register = libc::dlsym(library, c"unloaded_register".as_ptr());
            assert!(!register.is_null(), "found");
            let register = std::mem::transmute::<*mut libc::c_void, extern "C" fn() -> i32>(register);
            assert_eq!(register(), 0);
            say("registered");
            assert_eq!(libc::dlclose(library), 0);
            let again = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_NOLOAD);
            say(&format!("unloaded {}", again.is_null()));
        }
    }

    pub(super) fn program(part: &str) {
        match part {
            "panics" => on_exit(hook_that_panics),
            "payload panics" => on_exit(hook_whose_payload_panics),
            "registers in the hook" => on_exit(hook_that_registers),
            "none" | "unload" => Ok(()),
            "replaced" => on_exit(hook).and_then(|()| on_exit(another_hook)),
            "twice" => on_exit(hook).and_then(|()| on_exit(hook)),
            _ => on_exit(hook),
        }
        .expect("registered");
        match part {
            "exit on another thread" => on_another_thread(|| exit(3)),
            "exit of C" => c_exit(),
            "exit of C on another thread" => on_another_thread(|| c_exit()),
            // SAFETY: ends the process and touches nothing of it.
            "_exit" => unsafe { libc::_exit(3) },
            "abort" => std::process::abort(),
            "fork" => fork(|| ()),
            "fork that registers" => fork(|| on_exit(another_hook).expect("registered")),
            "unload" => unload(),
            "main returns" | "none" => return,
            _ => {}
        }
        exit(3);
    }

    fn run(part: &str) -> (Output, String) {
        let me = std::env::current_exe().expect("this test");
        let output = Command::new(me).env("PART", part).env("LIBRARY", library()).output().expect("started");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output, said)
    }

    fn library() -> PathBuf {
        let me = std::env::current_exe().expect("this test");
        let profile = me.parent().and_then(|deps| deps.parent()).expect("the folder of the profile");
        let name = format!("{}unloaded{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        profile.join("examples").join(name)
    }

    pub(super) fn test() {
        // Each case: how the process ends, its exit code, and its output.
        for (part, code, expected) in [
            ("main returns", Some(0), "hook\n"),
            ("exit", Some(3), "hook\n"),
            ("exit on another thread", Some(3), "hook\n"),
            ("exit of C", Some(3), "hook\n"),
            ("exit of C on another thread", Some(3), "hook\n"),
            ("twice", Some(3), "hook\n"),
            ("replaced", Some(3), "another hook\n"),
            ("registers in the hook", Some(3), "hook true\n"),
            ("payload panics", Some(3), "hook\n"),
            ("fork", Some(3), "child 3\nhook\n"),
            ("fork that registers", Some(3), "another hook\nchild 3\nhook\n"),
            ("_exit", Some(3), ""),
            ("abort", None, ""),
            ("none", Some(0), ""),
        ] {
            let (output, said) = run(part);
            assert_eq!((output.status.code(), said.as_str()), (code, expected), "{part}");
        }
        let (output, said) = run("panics");
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(said.starts_with("hook\n") && said.contains("on purpose"), "{said}");

        // `cargo test --test exit_hook` builds no examples.
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let mut build = Command::new(cargo);
        build.args(["build", "--quiet", "--locked", "--example", "unloaded", "--manifest-path", manifest]);
        if !cfg!(debug_assertions) {
            build.arg("--release");
        }
        assert!(build.status().expect("started").success(), "the library was built");
        let (output, said) = run("unload");
        assert_eq!(output.status.code(), Some(3), "{said}");
        if cfg!(any(target_env = "gnu", target_vendor = "apple")) {
            assert_eq!(said, "registered\nhook of the library\nunloaded true\n", "{said}");
        }
        println!("test result: ok. 1 passed; 0 failed; exit_hook");
    }
}
