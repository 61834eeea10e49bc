//! One error, one report: an error that crosses many layers is captured where it first leaves one.
//!
//! A *layer* captures without being asked each time: a `#[telemetry]` function, a telemetry context, `run`, an
//! integration. (An operation that only has a name is no layer; errors pass it unseen.) An error that comes to a layer
//! **was reported before** when
//!
//! 1. it **says the same**: from some link of its chain on, the texts are word for word those of the reported
//!    error's chain; or, in the same task, the text of its root contains the reported error's whole text
//!    (8 bytes or more), which is what `map_err(|e| format!("…: {e}"))` and its like leave of an error; and
//! 2. it was reported **while this layer was open**: beneath it in the same task, on whatever threads the task
//!    ran; or in another task or thread whose outermost layer it has left meanwhile, and then it must not have
//!    crossed a layer of the same name there.
//!
//! So a handled error hides nothing: it is forgotten when its layer ends well or with something else to say. The same
//! function that fails again reports again, because no report was made beneath it since it was called. A report from
//! another task is used up by the first layer that recognizes it.
//!
//! Known consequences: a layer that handles an error and then makes one of its own that says word for word the same
//! does not report the second. Two different functions that fail word for word the same at once, one of them while the
//! other runs in another task, may make one report. An error that is put away and returned by a layer that began after
//! it was reported is reported again, and so is one that was turned into a text that does not contain it. A function
//! that spawns itself as another task, and returns that task's error, reports it once for each task.
//!
//! **A log record** tells of an error in its own words, before the error leaves or after. In a layer, the record is
//! compared with the errors that come to the layer later and with those reported there before: they are one when the
//! record holds the error's text. Outside all layers, where a server has its log, it is compared with what the same
//! thread reported a moment ago, panics among them. A record that says only that an answer failed, as tower-http's
//! does, tells of whatever the thread just reported.
//!
//! Types are not compared, because boxing, `?` and `anyhow` change them and keep the texts. Time counts outside all
//! layers only.

use std::collections::VecDeque;
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use super::departures;
use super::error::Chain;
use super::operations::{self, Of};
use super::signature::ErrorSignature;
use crate::fork_safe::ForkSafe;

/// Most errors that are remembered after they left their task. Layers that were open when they left look for them, so
/// that this many may be on their way at once.
const ELSEWHERE: usize = 256;

/// Most names of crossed layers that are kept with an error that goes from task to task.
const CROSSED: usize = 64;

/// Longest time from an error that left all layers to a record of it on the same thread, which is written on the way
/// up.
const MOMENT: Duration = Duration::from_secs(10);

/// Longest time from such an error to a record that says only that an answer failed, written as the answer goes by.
const ANSWER: Duration = Duration::from_secs(2);

static DEPARTED: ForkSafe<VecDeque<DepartedError>> = ForkSafe::new(VecDeque::new());

struct DepartedError {
    at: u64,
    signature: ErrorSignature,
    thread: ThreadId,
    when: Instant,
    kind: Departed,
    /// Has a record said that the answer failed because of it?
    answered: bool,
}

/// Why an error is remembered after it has left all layers of its task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Departed {
    /// The error left, and may come to a layer of another task.
    Left,
    /// A panic left, and may come to a layer of another task as an error.
    Panicked,
    /// The error became an answer, and goes nowhere else.
    Answered,
}

/// On whose behalf an error is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CaptureMode {
    /// The program asks for it: always captured.
    Explicit,
    /// An error that a layer sees and that stays: `.capture()`.
    Observed,
    /// A log record, which may tell of an error that was or will be captured itself.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "nothing logs"))]
    Logged,
    /// A log record that an answer failed, without a word about why.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "nothing logs"))]
    AnswerFailed,
    /// An error that is leaving the innermost operation.
    Leaving,
}

/// An error that came to a layer.
pub(crate) struct DuplicateCheck {
    signature: ErrorSignature,
    known: bool,
}

impl DuplicateCheck {
    /// Looks whether the error was reported before.
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

/// Notes that the innermost layer has judged a failed answer. Later records of that answer, or of errors that were
/// reported in the layer, are not reported.
#[cfg(all(feature = "tower", feature = "tracing"))]
pub(crate) fn note_failed_answer() {
    let reported = operations::signatures();
    let mut left = DEPARTED.lock();
    for signature in reported.into_iter().chain([ErrorSignature::default()]) {
        put(&mut left, signature, Departed::Answered, false);
    }
}

/// Remembers a panic, for a record by code that catches it. Does not wait for the lock, because the hook calls it; when
/// another thread holds it, that record is reported too.
pub(crate) fn note_panic(message: Option<&str>) {
    if let (Some(message), Some(mut left)) = (message, DEPARTED.try_lock()) {
        put(&mut left, ErrorSignature::of(&Chain::message(message)), Departed::Panicked, false);
    }
}

/// The layers that this error crossed, if it was reported beneath the innermost layer.
fn beneath(signature: &ErrorSignature, chain: &Chain<'_>) -> Option<Vec<&'static str>> {
    operations::find_signature(|known| known.is(signature, chain).then(|| known.crossed.clone()))
}

/// The layers that this error crossed, if it left all layers on this thread a moment before this record of it.
fn just_left(signature: &ErrorSignature, chain: &Chain<'_>) -> Option<Vec<&'static str>> {
    let own = thread::current().id();
    let tells = |left: &DepartedError| {
        let known = &left.signature;
        // An equal record is a new failure.
        let again = !known.record.is_empty() && known.links == signature.links;
        left.thread == own && left.when.elapsed() < MOMENT && !again && known.is(signature, chain)
    };
    let left = DEPARTED.lock();
    left.iter().rev().find(|left| tells(left)).map(|left| left.signature.crossed.clone())
}

/// Did this thread just report why the answer that goes by failed?
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
        // Code that waits for a task gets its panic as an error that holds the panic's text.
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
