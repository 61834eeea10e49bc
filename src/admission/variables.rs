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

    /// Reads the variables again, on the calling thread. If they have not changed, nothing is kept.
    pub(super) fn refresh(&self) {
        let env = self.first.refresh();
        if env.says_the_same_as(self.newest()) {
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
