//! One error, one report: an error that crosses many layers is captured where it first leaves one.
//!
//! A *layer* is what captures without being asked each time: a `#[telemetry]` function, a telemetry context,
//! `run`, an integration. (An operation that only has a name is none; errors pass it unseen.) An error that comes to a layer **is one that was reported before** when
//!
//! 1. it **says the same**: from some link of its chain on, the texts are word for word those of the reported
//!    error's chain; or, in the same task, the text of its root contains the reported error's whole text
//!    (8 bytes or more), which is what `map_err(|e| format!("…: {e}"))` and its like leave of an error; and
//! 2. it was reported **while this layer was open**: beneath it in the same task, on whatever threads the task
//!    ran; or in another task or thread whose outermost layer it has left meanwhile, and then it must not have
//!    crossed a layer of the same name there.
//!
//! So an error that was handled hides nothing: when its layer ends well, or with something else to say, it is
//! forgotten. The same function that fails again reports again, because no report was made beneath it since it
//! was called. A report from another task is used up by the first layer that it is recognized in.
//!
//! What follows from that, and is not hidden: a layer that handles an error and then makes one of its own that
//! says word for word the same does not report the second. Two different functions that fail word for word the
//! same at once, one of them while the other runs in another task, may make one report. An error that is put
//! away and returned by a layer that began after it was reported is reported again, and so is one that was
//! turned into a text that does not contain it. A function that spawns itself as another task, and returns that
//! task's error, reports it once for each task.
//!
//! Types are not compared: boxing, `?` and `anyhow` change them, and keep the texts. Time is not looked at.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::error::Chain;
use super::operations::{self, Of};

/// A text that is shorter may stand in another by accident.
const SHORTEST_CONTAINED: usize = 8;

/// A text that is longer is not kept to be looked for.
const LONGEST_CONTAINED: usize = 1024;

/// How many errors that left their task are remembered. They are looked for by layers that were open when they
/// left, so this many may be on their way at once.
const ELSEWHERE: usize = 256;

/// How many names of crossed layers are kept with an error that goes from task to task.
const CROSSED: usize = 64;

/// Counts the errors that left their task, in steps that leave five bits for the operations' own use.
static LEFT: AtomicU64 = AtomicU64::new(STEP);

const STEP: u64 = 32;

static LEFT_THEIR_TASK: Mutex<VecDeque<Left>> = Mutex::new(VecDeque::new());

struct Left {
    at: u64,
    mark: Mark,
}

/// A point in the order of errors that leave their task. Points that differ in the lowest five bits are one.
#[inline]
pub(crate) fn now() -> u64 {
    LEFT.load(Ordering::Relaxed)
}

/// On whose behalf an error is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The program says so: always captured.
    Expressly,
    /// An error that a layer sees and that stays: `.capture()`, a log record.
    Passing,
    /// An error that is leaving the innermost operation.
    Leaving,
}

/// What is remembered of an error that was reported.
#[derive(Clone, Default)]
pub(crate) struct Mark {
    /// A hash of each link's text, outermost first.
    links: Vec<u64>,
    /// The chain was longer than what was kept of it.
    cut: bool,
    /// The outermost text, when it is one that can be looked for in others.
    text: Option<Box<str>>,
    /// The layers that it has crossed.
    crossed: Vec<&'static str>,
}

impl Mark {
    fn of(chain: &Chain<'_>) -> Self {
        let texts = || chain.exceptions.iter().map(|link| link.message.as_deref().unwrap_or_default());
        let lengths = SHORTEST_CONTAINED..=LONGEST_CONTAINED;
        Self {
            links: texts().map(hash).collect(),
            cut: chain.cut > 0,
            text: texts().next().filter(|text| lengths.contains(&text.len())).map(Into::into),
            crossed: Vec::new(),
        }
    }

    /// Does `other`, from some link on, say what this one says?
    fn is_in(&self, other: &Self) -> bool {
        (0..other.links.len()).any(|from| {
            let rest = other.links.get(from..).unwrap_or_default();
            let same = self.links.iter().zip(rest).all(|(a, b)| a == b);
            // What was cut off cannot be compared; without a cut the ends must be the same too.
            same && !self.links.is_empty() && (self.cut || other.cut || self.links.len() == rest.len())
        })
    }

    /// Does the root of `chain` contain what this one says? An error that became a text has no source.
    fn is_told_by(&self, chain: &Chain<'_>) -> bool {
        let root = chain.exceptions.last().and_then(|link| link.message.as_deref());
        let Some((root, text)) = root.zip(self.text.as_deref()) else { return false };
        chain.cut == 0 && contains(root, text)
    }
}

/// As whole words.
fn contains(told: &str, text: &str) -> bool {
    told.match_indices(text).any(|(at, _)| {
        let before = told.get(..at).and_then(|s| s.chars().next_back());
        let behind = told.get(at + text.len()..).and_then(|s| s.chars().next());
        [before, behind].into_iter().flatten().all(|c| !c.is_alphanumeric())
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// An error that came to a layer.
pub(crate) struct Arrived {
    mark: Mark,
    known: bool,
}

impl Arrived {
    /// Looks whether it was reported before.
    pub(crate) fn look(chain: &Chain<'_>, asked: Asked) -> Self {
        let mut mark = Mark::of(chain);
        let crossed = match asked {
            Asked::Expressly => None,
            Asked::Passing | Asked::Leaving => beneath(&mark, chain).or_else(|| elsewhere(&mark)),
        };
        let known = crossed.is_some();
        mark.crossed = crossed.unwrap_or_default();
        for name in operations::own_names() {
            if mark.crossed.len() < CROSSED && !mark.crossed.contains(&name) {
                mark.crossed.push(name);
            }
        }
        Self { mark, known }
    }

    pub(crate) fn is_known(&self) -> bool {
        self.known
    }

    /// Remembers it for the layers that it may come to next.
    pub(crate) fn remember(self, asked: Asked) {
        let of = match asked {
            Asked::Expressly | Asked::Passing => Of::Here,
            Asked::Leaving => Of::Around,
        };
        if let Err(mark) = operations::remember(of, self.mark) {
            let mut left = LEFT_THEIR_TASK.lock().unwrap_or_else(PoisonError::into_inner);
            if left.len() >= ELSEWHERE {
                left.pop_front();
            }
            let at = LEFT.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            left.push_back(Left { at, mark });
        }
    }
}

/// The layers that an error crossed which was reported beneath the innermost operation.
fn beneath(mark: &Mark, chain: &Chain<'_>) -> Option<Vec<&'static str>> {
    operations::find_mark(|known| {
        (known.is_in(mark) || known.is_told_by(chain)).then(|| known.crossed.clone())
    })
}

/// The layers that an error crossed which left another task while the innermost operation was open.
fn elsewhere(mark: &Mark) -> Option<Vec<&'static str>> {
    let (name, since) = operations::innermost()?;
    let mut left = LEFT_THEIR_TASK.lock().unwrap_or_else(PoisonError::into_inner);
    let own = |left: &Left| left.at > since && !left.mark.crossed.contains(&name) && left.mark.is_in(mark);
    let at = left.iter().position(own)?;
    left.remove(at).map(|left| left.mark.crossed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::error::Capturable;

    fn chain(error: &anyhow::Error) -> Chain<'_> {
        let error: &(dyn std::error::Error + 'static) = error.as_ref();
        Capturable::chain(error)
    }

    fn is_known(error: &anyhow::Error, reported: &anyhow::Error) -> (bool, bool) {
        let (error, reported) = (chain(error), Mark::of(&chain(reported)));
        (reported.is_in(&Mark::of(&error)), reported.is_told_by(&error))
    }

    #[test]
    fn what_says_the_same() {
        let io = || std::io::Error::other("no route to host");
        let plain = || anyhow::anyhow!("no route to host");
        let around = || plain().context("cannot fetch the page");
        let cases: &[(&str, anyhow::Error, anyhow::Error, (bool, bool))] = &[
            ("itself", plain(), plain(), (true, true)),
            ("another type", plain(), anyhow::Error::new(io()), (true, true)),
            ("wrapped", around(), plain(), (true, true)),
            ("wrapped twice", around().context("and again"), around(), (true, false)),
            ("turned into a text", anyhow::anyhow!("step 3: {}", plain()), plain(), (false, true)),
            ("a part of a word", anyhow::anyhow!("no route to hostess"), plain(), (false, false)),
            ("something else", anyhow::anyhow!("timed out"), plain(), (false, false)),
            ("the inner of what was reported", plain(), around(), (false, false)),
            (
                "another cause",
                anyhow::anyhow!("x").context("cannot fetch the page"),
                around(),
                (false, false),
            ),
        ];
        for (name, error, reported, expected) in cases {
            assert_eq!(is_known(error, reported), *expected, "{name}");
        }
    }

    #[test]
    fn short_texts_must_be_equal() {
        let short = anyhow::anyhow!("eof");
        assert_eq!(is_known(&anyhow::anyhow!("unexpected eof"), &short), (false, false));
        assert_eq!(is_known(&anyhow::anyhow!("eof"), &short), (true, false));
    }

    #[test]
    fn chains_that_were_cut_are_the_same_as_far_as_they_go() {
        let mut deep = anyhow::anyhow!("root");
        for level in 0..40 {
            deep = deep.context(format!("level {level}"));
        }
        let reported = Mark::of(&chain(&deep));
        assert!(reported.cut);
        assert!(reported.is_in(&Mark::of(&chain(&deep.context("one more")))));
    }

    #[test]
    fn the_memory_of_other_tasks_is_bounded_and_used_once() {
        let error = anyhow::anyhow!("left its task");
        let _open = operations::Scope::enter("the receiver");
        for _ in 0..3 {
            // From a thread without any operation.
            std::thread::scope(|scope| {
                scope.spawn(|| Arrived::look(&chain(&error), Asked::Leaving).remember(Asked::Leaving));
            });
        }
        let known = || Arrived::look(&chain(&error), Asked::Leaving).is_known();
        assert_eq!([known(), known(), known(), known()], [true, true, true, false]);
        for _ in 0..1000 {
            let other = anyhow::anyhow!("nobody waits for it");
            std::thread::scope(|scope| {
                scope.spawn(|| Arrived::look(&chain(&other), Asked::Leaving).remember(Asked::Leaving));
            });
        }
        assert!(LEFT_THEIR_TASK.lock().unwrap().len() <= ELSEWHERE);
    }
}
