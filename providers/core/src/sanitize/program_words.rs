//! Gives the program's own words to the sanitizer. They are read once, for the first report. The texts of one report
//! are marked in one pass.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use once_cell::race::OnceBox;

use super::{Counts, Sanitizer, Text, limits};
use crate::fingerprint::TextHash;
use crate::own_words::{OwnWords, Runs, Unreadable, narrow, signature};
use crate::report::Body;
use crate::{Context, Fingerprint, Node};

/// The words of the running program, and the identity of its build.
#[derive(Debug)]
pub struct ProgramWords {
    /// The program's words, and those of the files shipped with it.
    pub words: OwnWords,
    /// The identity of this build. A report that this build stored is not narrowed by another build.
    pub build: String,
}

/// A function that reads the words. It runs once, on the thread that stores reports, and may read files.
pub(super) type ReadWords = Arc<dyn Fn() -> Result<ProgramWords, Unreadable> + Send + Sync>;

/// The function that reads the words, and its result.
pub(super) struct WordsSlot {
    read: Option<ReadWords>,
    // A lock is not used here, because a forked child would wait for a thread that it does not have.
    found: OnceBox<Result<ProgramWords, Unreadable>>,
}

impl WordsSlot {
    pub(super) fn new(read: Option<ReadWords>) -> Self {
        Self { read, found: OnceBox::new() }
    }

    /// The words, or the reason why there are none.
    pub(super) fn get(&self) -> Result<&ProgramWords, Unreadable> {
        let Some(read) = &self.read else { return Err(Unreadable::NoWords) };
        self.found.get_or_init(|| Box::new(read())).as_ref().map_err(|why| *why)
    }
}

impl Sanitizer {
    /// For the library: the identity of the program's build, or the reason why the words cannot be read. The first call
    /// opens the program's file.
    #[doc(hidden)]
    pub fn words_build(&self) -> Result<&str, Unreadable> {
        self.rules.words.get().map(|words| words.build.as_str())
    }

    /// For the library: reads the program's words before the report that needs them is made, while another thread looks
    /// up names.
    #[doc(hidden)]
    pub fn prepare_words(&self) {
        if let Ok(program) = self.rules.words.get() {
            program.words.prepare();
        }
    }
}

/// The runs of all texts of one report; the key is the text.
#[derive(Debug, Default)]
pub(super) struct Marks {
    // The keys are hashed without a seed, so that equal texts give an equal map.
    runs: HashMap<String, Runs, BuildHasherDefault<DefaultHasher>>,
}

impl Marks {
    /// Marks the texts of a body. `safe` are the words that the program declared.
    pub(super) fn of(words: &OwnWords, body: &Body<String>, safe: &[String]) -> Result<Self, Unreadable> {
        let mut texts: Vec<&str> = Vec::new();
        texts.extend(body.exceptions.iter().filter_map(|exception| exception.value.as_deref()));
        texts.extend(body.thread.as_deref());
        collect(&body.context, &mut texts);
        let mut declared: Vec<&str> = safe.iter().map(String::as_str).collect();
        declared.extend([body.app.name.as_str(), body.app.version.as_str()]);
        declared.extend(body.operations.iter().map(String::as_str));
        for exception in &body.exceptions {
            declared.push(&exception.type_name);
            for frame in &exception.frames {
                declared.extend(frame.function.as_deref());
                declared.extend(frame.module.as_deref());
            }
        }
        let marked = words.mark(&texts, &declared)?;
        let runs = texts.iter().map(|text| (*text).to_owned()).zip(marked.runs).collect();
        Ok(Self { runs })
    }

    /// The program's own runs of a text; empty if the text was not marked.
    pub(super) fn runs(&self, text: &str) -> Runs {
        self.runs.get(text).cloned().unwrap_or_default()
    }
}

/// Appends the strings of a context, including the keys, for as many values as a context may hold.
fn collect<'a>(context: &'a Context, texts: &mut Vec<&'a str>) {
    let mut open: Vec<&Node<String>> = Vec::new();
    let mut left = limits::CONTEXT_VALUES;
    for (key, value) in context.iter() {
        texts.push(key);
        open.push(value);
    }
    while let Some(node) = open.pop() {
        left = left.saturating_sub(1);
        if left == 0 {
            return;
        }
        match node {
            Node::String(text) => texts.push(text),
            Node::List(list) => open.extend(list),
            Node::Map(map) => {
                for (key, value) in map.iter() {
                    texts.push(key);
                    open.push(value);
                }
            }
            Node::Null | Node::Bool(_) | Node::Int(_) | Node::UInt(_) | Node::Float(_) => {}
        }
    }
}

impl Sanitizer {
    /// Cleans a text of which the program wrote `runs`. The runs stay, each find of the search becomes its placeholder,
    /// and everything else becomes a placeholder of its kind.
    pub(super) fn narrowed(&self, raw: &str, runs: &Runs, most: usize, counts: &mut Counts) -> Text {
        let Ok(found) = self.search_window(raw, &runs.protected(), most) else {
            return super::text::unscrubbed(counts);
        };
        for find in &found {
            counts.add(find.kind);
        }
        let text = narrow(raw, runs, &found);
        // The narrowed text is searched again, because parts that are now adjacent must not have a form of their own.
        let whole = 0..text.len();
        self.scrub_around(&text, std::slice::from_ref(&whole), most, counts).0
    }

    /// A hash of the texts of a body without their values. The hash is equal at every level.
    pub(super) fn signature_of(&self, body: &Body<String>, marks: &Marks) -> Fingerprint {
        let mut hash = TextHash::new();
        for exception in &body.exceptions {
            let text = exception.value.as_deref().map(|value| {
                let clean =
                    self.narrowed(value, &marks.runs(value), limits::EXCEPTION_VALUE, &mut Counts::default());
                signature(&clean)
            });
            hash.field(text.unwrap_or_default().as_bytes());
        }
        hash.finish()
    }
}
