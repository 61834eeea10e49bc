//! One error, one report: an error that crosses many layers is captured where it first leaves one.
//!
//! A *layer* captures errors without being asked each time: a `#[telemetry]` function, a telemetry context, `run`, or
//! an integration. An operation that only has a name is no layer; errors that leave it are not captured. An error that
//! reaches a layer **was reported before** if both of these hold:
//!
//! 1. It **says the same** as a reported error. Either the texts of its chain, from some link on, equal the texts of
//!    the reported error's chain. Or, in the same task, the text of its root contains the whole text of the reported
//!    error (8 bytes or more), as after `map_err(|e| format!("…: {e}"))`.
//! 2. The other error was reported **while this layer was open**. Either it was reported beneath this layer in the same
//!    task, on any thread. Or it was reported in another task or thread, has left the outermost layer there meanwhile,
//!    and has crossed no layer of the same name there.
//!
//! So an error that was handled hides no later error: it is forgotten when its layer ends successfully or with another
//! error. A function that fails a second time reports again, because no report was made beneath it since it was called.
//! A report from another task is used up by the first layer that recognizes it.
//!
//! Known consequences:
//!
//! - A layer that handles an error and then makes one with exactly the same texts does not report the second.
//! - Two different functions that fail with the same texts, one of them while the other runs in another task, may make
//!   one report.
//! - An error that is stored, and later returned by a layer that began after its report, is reported again. So is an
//!   error that was turned into a text that does not contain the error's text.
//! - A function that spawns itself as another task, and returns that task's error, reports it once for each task.
//!
//! **A log record** describes an error in other words, before or after the error leaves. Inside a layer, the record is
//! compared with the errors that were reported there before and with those that reach the layer later; it belongs to an
//! error whose text it contains. Outside all layers, where servers write their log, it is compared with the errors and
//! panics that the same thread reported a moment ago. A record that says only that a response failed, as tower-http's
//! does, belongs to whatever the thread just reported.
//!
//! Types are not compared, because boxing, `?` and `anyhow` change types but keep texts. Time is compared only outside
//! all layers.

use std::collections::VecDeque;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use super::departures;
use super::error::Chain;
use super::operations::{self, Of};
use super::signature::ErrorSignature;
use crate::fork_safe::ForkSafe;

/// Maximum number of errors that are remembered after they left their task. The layers of other tasks that were open at
/// that time look for them here.
const ELSEWHERE: usize = 256;

/// Maximum number of names of crossed layers that are kept with an error on its way from task to task.
const CROSSED: usize = 64;

/// Maximum time between an error that left all layers and a log record of it on the same thread, written by one of the
/// callers.
const MOMENT: Duration = Duration::from_secs(10);

/// Maximum time between an error that left all layers and a record on the same thread that says only that a response
/// failed.
const ANSWER: Duration = Duration::from_secs(2);

static DEPARTED: ForkSafe<VecDeque<DepartedError>> = ForkSafe::new(VecDeque::new());

struct DepartedError {
    at: u64,
    signature: ErrorSignature,
    thread: ThreadId,
    when: Instant,
    kind: Departed,
    /// Has a log record already reported the failed response that this error caused?
    answered: bool,
}

/// Why an error is remembered after it has left all layers of its task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Departed {
    /// The error left, and may come to a layer of another task.
    Left,
    /// A panic left, and may come to a layer of another task as an error.
    Panicked,
    /// The error became a response, and goes no further.
    Answered,
}

/// The reason for which an error is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CaptureMode {
    /// The program asks for it: always captured.
    Explicit,
    /// A layer sees the error, but the error does not leave it: `.capture()`.
    Observed,
    /// A log record, which may describe an error that was or will be captured itself.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "nothing logs"))]
    Logged,
    /// A log record that says that a response failed, but not why.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "nothing logs"))]
    AnswerFailed,
    /// An error that is leaving the innermost operation.
    Leaving,
}

/// The signature of an error that reached a layer, and whether the error is known.
pub(crate) struct DuplicateCheck {
    signature: ErrorSignature,
    known: bool,
}

impl DuplicateCheck {
    /// Checks whether the error was reported before.
    pub(crate) fn look(chain: &Chain<'_>, asked: CaptureMode) -> Self {
        let mut signature = ErrorSignature::of(chain);
        let crossed = match asked {
            CaptureMode::Explicit => None,
            CaptureMode::Observed | CaptureMode::Leaving => {
                beneath(&signature, chain).or_else(|| elsewhere(&signature, chain))
            }
            CaptureMode::Logged => {
                let known = beneath(&signature, chain).or_else(|| just_left(&signature, chain));
                known.or_else(|| elsewhere(&signature, chain))
            }
            CaptureMode::AnswerFailed => just_answered().then(Vec::new),
        };
        let known = crossed.is_some();
        signature.crossed = crossed.unwrap_or_default();
        for name in operations::own_names() {
            if signature.crossed.len() < CROSSED && !signature.crossed.contains(&name) {
                signature.crossed.push(name);
            }
        }
        Self { signature, known }
    }

    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    /// Remembers the error for the layers that it may come to next.
    pub(crate) fn remember(self, asked: CaptureMode) {
        let of = match asked {
            CaptureMode::Explicit | CaptureMode::Observed => Of::Here,
            // The error that the record tells of is remembered already.
            CaptureMode::Logged | CaptureMode::AnswerFailed if self.known => return,
            CaptureMode::Logged | CaptureMode::AnswerFailed => Of::Here,
            CaptureMode::Leaving => Of::Around,
        };
        if let Err(signature) = operations::remember(of, self.signature) {
            put(&mut DEPARTED.lock(), signature, Departed::Left, asked == CaptureMode::AnswerFailed);
        }
    }
}

fn put(left: &mut VecDeque<DepartedError>, signature: ErrorSignature, kind: Departed, answered: bool) {
    if left.len() >= ELSEWHERE {
        left.pop_front();
    }
    let at = departures::count();
    let (thread, when) = (thread::current().id(), Instant::now());
    left.push_back(DepartedError { at, signature, thread, when, kind, answered });
}

/// Notes that the innermost layer has judged a failed response. Later log records of that response, or of errors that
/// were reported in the layer, are not reported.
#[cfg(all(feature = "tower", feature = "tracing"))]
pub(crate) fn note_failed_answer() {
    let reported = operations::signatures();
    let mut left = DEPARTED.lock();
    for signature in reported.into_iter().chain([ErrorSignature::default()]) {
        put(&mut left, signature, Departed::Answered, false);
    }
}

/// Remembers a panic, so that a log record by the code that catches it is not reported too. The hook calls this, so it
/// does not wait for the lock: when another thread holds the lock, that record is reported.
pub(crate) fn note_panic(message: Option<&str>) {
    if let (Some(message), Some(mut left)) = (message, DEPARTED.try_lock()) {
        put(&mut left, ErrorSignature::of(&Chain::message(message)), Departed::Panicked, false);
    }
}

/// The layers that this error crossed, if it was reported beneath the innermost layer.
fn beneath(signature: &ErrorSignature, chain: &Chain<'_>) -> Option<Vec<&'static str>> {
    operations::find_signature(|known| known.is(signature, chain).then(|| known.crossed.clone()))
}

/// The layers that this error crossed, if it left all layers on this thread less than [`MOMENT`] ago.
fn just_left(signature: &ErrorSignature, chain: &Chain<'_>) -> Option<Vec<&'static str>> {
    let own = thread::current().id();
    let tells = |left: &DepartedError| {
        let known = &left.signature;
        // A record that equals a remembered record tells of a new failure.
        let again = !known.record.is_empty() && known.links == signature.links;
        left.thread == own && left.when.elapsed() < MOMENT && !again && known.is(signature, chain)
    };
    let left = DEPARTED.lock();
    left.iter().rev().find(|left| tells(left)).map(|left| left.signature.crossed.clone())
}

/// Has this thread just reported the cause of the failed response?
fn just_answered() -> bool {
    let own = thread::current().id();
    let mut known = operations::was_reported();
    let mut left = DEPARTED.lock();
    let recent =
        |left: &&mut DepartedError| left.thread == own && !left.answered && left.when.elapsed() < ANSWER;
    for left in left.iter_mut().filter(recent) {
        left.answered = true;
        known = true;
    }
    known
}

/// The layers that this error crossed, if it left another task while the innermost layer was open.
fn elsewhere(signature: &ErrorSignature, chain: &Chain<'_>) -> Option<Vec<&'static str>> {
    let (name, since) = operations::innermost()?;
    let mut left = DEPARTED.lock();
    let own = |left: &DepartedError| {
        let known = &left.signature;
        // Code that waits for a task receives the task's panic as an error that contains the panic's text.
        let panicked = left.kind == Departed::Panicked && known.is_contained_in_root_of(chain);
        let same = panicked || known.is_suffix_of(signature);
        let on_its_way = left.kind != Departed::Answered && left.at > since;
        on_its_way && !known.crossed.contains(&name) && same
    };
    let at = left.iter().position(own)?;
    left.remove(at).map(|left| left.signature.crossed)
}

#[cfg(test)]
mod tests;
