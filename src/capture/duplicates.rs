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

use super::error::Chain;
use super::operations::{self, Of};
use crate::fork_safe::ForkSafe;

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
static DEPARTURES: AtomicU64 = AtomicU64::new(STEP);

const STEP: u64 = 32;

static DEPARTED: ForkSafe<VecDeque<DepartedError>> = ForkSafe::new(VecDeque::new());

struct DepartedError {
    at: u64,
    signature: ErrorSignature,
}

/// A point in the order of errors that leave their task. Points that differ in the lowest five bits are one.
#[inline]
pub(crate) fn now() -> u64 {
    DEPARTURES.load(Ordering::Relaxed)
}

/// On whose behalf an error is captured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CaptureMode {
    /// The program says so: always captured.
    Explicit,
    /// An error that a layer sees and that stays: `.capture()`, a log record.
    Observed,
    /// An error that is leaving the innermost operation.
    Leaving,
}

/// What is remembered of an error that was reported.
#[derive(Clone, Default)]
pub(crate) struct ErrorSignature {
    /// A hash of each link's text, outermost first.
    links: Vec<u64>,
    /// The chain was longer than what was kept of it.
    cut: bool,
    /// The outermost text, when it is one that can be looked for in others.
    text: Option<Box<str>>,
    /// The layers that it has crossed.
    crossed: Vec<&'static str>,
}

impl ErrorSignature {
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
    fn is_suffix_of(&self, other: &Self) -> bool {
        (0..other.links.len()).any(|from| {
            let rest = other.links.get(from..).unwrap_or_default();
            let same = self.links.iter().zip(rest).all(|(a, b)| a == b);
            // What was cut off cannot be compared; without a cut the ends must be the same too.
            same && !self.links.is_empty() && (self.cut || other.cut || self.links.len() == rest.len())
        })
    }

    /// Does the root of `chain` contain what this one says? An error that became a text has no source.
    fn is_contained_in_root_of(&self, chain: &Chain<'_>) -> bool {
        let root = chain.exceptions.last().and_then(|link| link.message.as_deref());
        let Some((root, text)) = root.zip(self.text.as_deref()) else { return false };
        chain.cut == 0 && contains(root, text)
    }
}

/// As whole words.
fn contains(haystack: &str, text: &str) -> bool {
    haystack.match_indices(text).any(|(at, _)| {
        let before = haystack.get(..at).and_then(|s| s.chars().next_back());
        let behind = haystack.get(at + text.len()..).and_then(|s| s.chars().next());
        [before, behind].into_iter().flatten().all(|c| !c.is_alphanumeric())
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// An error that came to a layer.
pub(crate) struct DuplicateCheck {
    signature: ErrorSignature,
    known: bool,
}

impl DuplicateCheck {
    /// Looks whether it was reported before.
    pub(crate) fn look(chain: &Chain<'_>, asked: CaptureMode) -> Self {
        let mut signature = ErrorSignature::of(chain);
        let crossed = match asked {
            CaptureMode::Explicit => None,
            CaptureMode::Observed | CaptureMode::Leaving => {
                beneath(&signature, chain).or_else(|| elsewhere(&signature))
            }
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

    /// Remembers it for the layers that it may come to next.
    pub(crate) fn remember(self, asked: CaptureMode) {
        let of = match asked {
            CaptureMode::Explicit | CaptureMode::Observed => Of::Here,
            CaptureMode::Leaving => Of::Around,
        };
        if let Err(signature) = operations::remember(of, self.signature) {
            let mut left = DEPARTED.lock();
            if left.len() >= ELSEWHERE {
                left.pop_front();
            }
            let at = DEPARTURES.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            left.push_back(DepartedError { at, signature });
        }
    }
}

/// The layers that an error crossed which was reported beneath the innermost operation.
fn beneath(signature: &ErrorSignature, chain: &Chain<'_>) -> Option<Vec<&'static str>> {
    operations::find_signature(|known| {
        (known.is_suffix_of(signature) || known.is_contained_in_root_of(chain)).then(|| known.crossed.clone())
    })
}

/// The layers that an error crossed which left another task while the innermost operation was open.
fn elsewhere(signature: &ErrorSignature) -> Option<Vec<&'static str>> {
    let (name, since) = operations::innermost()?;
    let mut left = DEPARTED.lock();
    let own = |left: &DepartedError| {
        left.at > since && !left.signature.crossed.contains(&name) && left.signature.is_suffix_of(signature)
    };
    let at = left.iter().position(own)?;
    left.remove(at).map(|left| left.signature.crossed)
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
        let (error, reported) = (chain(error), ErrorSignature::of(&chain(reported)));
        (reported.is_suffix_of(&ErrorSignature::of(&error)), reported.is_contained_in_root_of(&error))
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
        let reported = ErrorSignature::of(&chain(&deep));
        assert!(reported.cut);
        assert!(reported.is_suffix_of(&ErrorSignature::of(&chain(&deep.context("one more")))));
    }

    #[test]
    fn the_memory_of_other_tasks_is_bounded_and_used_once() {
        let error = anyhow::anyhow!("left its task");
        let _open = operations::Scope::enter("the receiver");
        for _ in 0..3 {
            // From a thread without any operation.
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    DuplicateCheck::look(&chain(&error), CaptureMode::Leaving).remember(CaptureMode::Leaving)
                });
            });
        }
        let known = || DuplicateCheck::look(&chain(&error), CaptureMode::Leaving).is_known();
        assert_eq!([known(), known(), known(), known()], [true, true, true, false]);
        for _ in 0..1000 {
            let other = anyhow::anyhow!("nobody waits for it");
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    DuplicateCheck::look(&chain(&other), CaptureMode::Leaving).remember(CaptureMode::Leaving)
                });
            });
        }
        assert!(DEPARTED.lock().len() <= ELSEWHERE);
    }
}
