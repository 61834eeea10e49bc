//! Starts one command that opens files, and watches it for a while.

use std::io;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Time between two checks of the command.
const LOOK: Duration = Duration::from_millis(10);

/// Stack size of a thread that waits for one process, in bytes. It is set, because otherwise the standard library reads
/// a variable for it.
const STACK: usize = 64 * 1024;

/// Starts a command with its own variables and these, and no others. Returns true if it succeeds, or still runs after
/// `patience`.
pub(crate) fn launch(mut command: Command, variables: &[(String, String)], patience: Duration) -> bool {
    let own: Vec<_> =
        command.get_envs().filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
    command.env_clear().envs(variables.iter().map(|(name, value)| (name, value))).envs(own);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The command gets its own process group, so that Ctrl-C on the program's terminal does not reach the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let Ok(mut child) = command.spawn() else { return false };
    let until = Instant::now().checked_add(patience);
    loop {
        match ended_well(&mut child) {
            Ok(Some(well)) => return well,
            Ok(None) => {}
            // The program waits for all its children and has taken the result, so the result is unknown here.
            Err(_) => return true,
        }
        if until.is_none_or(|until| Instant::now() >= until) {
            reap(child);
            return true;
        }
        thread::sleep(LOOK);
    }
}

fn ended_well(child: &mut Child) -> io::Result<Option<bool>> {
    Ok(child.try_wait()?.map(|status| status.success()))
}

/// Waits for the end of a browser, so that the system can remove its entry. If no thread can be started, the entry
/// remains until the end of the program.
fn reap(mut child: Child) {
    let _ = thread::Builder::new().name("browser".into()).stack_size(STACK).spawn(move || child.wait());
}
