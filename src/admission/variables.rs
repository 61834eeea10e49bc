//! The environment variables, and the newer snapshots of them.

use once_cell::race::OnceBox;

use crate::environment::Env;

/// The variables at the set-up, and every later reading of them.
pub(super) struct Variables {
    first: Env,
    refreshed: NextVariables,
}

/// A snapshot of the variables that is newer than the one before it. The list has no lock, because the panic hook and
/// the child of a fork read it. Old snapshots are kept, because a reader may still use them.
#[derive(Default)]
struct NextVariables(OnceBox<Refreshed>);

struct Refreshed {
    env: Env,
    next: NextVariables,
}

impl Variables {
    pub(super) fn new(first: Env) -> Self {
        Self { first, refreshed: NextVariables::default() }
    }

    pub(super) fn first(&self) -> &Env {
        &self.first
    }

    /// The variables as last read.
    pub(super) fn newest(&self) -> &Env {
        let mut newest = &self.first;
        let mut next = &self.refreshed;
        while let Some(refreshed) = next.0.get() {
            newest = &refreshed.env;
            next = &refreshed.next;
        }
        newest
    }

    /// Reads the variables again, on the calling thread. If those that decide have not changed, nothing is kept. A server
    /// that changes other variables at each request would otherwise fill the memory with copies of them.
    pub(super) fn refresh(&self) {
        let env = self.first.refresh().of_decisions();
        if env.says_the_same_as(&self.newest().of_decisions()) {
            return;
        }
        let mut link = Box::new(Refreshed { env, next: NextVariables::default() });
        let mut last = &self.refreshed;
        loop {
            while let Some(refreshed) = last.0.get() {
                last = &refreshed.next;
            }
            match last.0.set(link) {
                Ok(()) => break,
                // Another thread was first, so this snapshot is added after its.
                Err(back) => link = back,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_copy_is_kept_only_of_variables_that_decide() {
        let reading = Arc::new(AtomicUsize::new(0));
        let (n, names) =
            (Arc::clone(&reading), ["JOB_KEY", "APP_TELEMETRY", "DO_NOT_TRACK", "CI", "CODESPACES"]);
        let source = move || {
            let n = n.load(Ordering::Relaxed);
            let value = |at: usize| if at == n % 10 { n.to_string() } else { String::new() };
            names.iter().enumerate().map(|(at, name)| ((*name).to_owned(), value(at))).collect()
        };
        let variables = Variables::new(Env::from_source("APP", source));
        for n in 1..10 {
            let before: *const Env = variables.newest();
            // In the first and in every tenth reading only the key of a job has another value.
            reading.store(n, Ordering::Relaxed);
            variables.refresh();
            let newest = variables.newest();
            assert_eq!(before == std::ptr::from_ref(newest), n > 5, "{n}");
            let name = names.get(n).copied().unwrap_or("APP_TELEMETRY");
            assert_eq!(newest.get(name), Some(&*if n < 5 { n.to_string() } else { String::new() }), "{n}");
        }
        for n in [10, 20, 30] {
            let before: *const Env = variables.newest();
            reading.store(n, Ordering::Relaxed);
            variables.refresh();
            assert_eq!(
                (before, variables.newest().get("JOB_KEY")),
                (std::ptr::from_ref(variables.newest()), None)
            );
        }
    }
}
