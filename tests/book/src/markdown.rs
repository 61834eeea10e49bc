//! Parses the parts of Markdown that the book uses: fenced blocks with the note above them, links and headings.
//!
//! If a block of commands cannot be run by a test, a comment above the block names what runs it and the reason:
//!
//! ```text
//! <!-- run by .ci/run: it builds the workspace -->
//! <!-- not run: there is no broker here -->
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A page of the book.
#[derive(Clone, Debug)]
pub struct Page {
    /// The path of its file.
    pub path: PathBuf,
    /// The text of the page.
    pub text: String,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The info string after the fence: `sh`, `rust,no_run`, or empty.
    pub language: String,
    /// The line number of the opening fence.
    pub line: usize,
    /// The text between the fences.
    pub text: String,
    /// The note in the comment right above the block.
    pub note: Option<Note>,
    /// Whether only empty lines separate this block from the previous one.
    pub follows: bool,
}

/// Why the test of commands does not run a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Another file of the project runs the block: the file, and the reason.
    RunBy(String, String),
    /// Nothing runs the block: the reason.
    NotRun(String),
}

impl Note {
    fn parse(line: &str) -> Option<Self> {
        let comment = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
        let (who, why) = comment.split_once(": ")?;
        match who.strip_prefix("run by ") {
            Some(file) => Some(Self::RunBy(file.to_owned(), why.to_owned())),
            None => (who == "not run").then(|| Self::NotRun(why.to_owned())),
        }
    }
}

/// The block that the parser is inside of, and its fence.
struct Open<'a> {
    fence: &'a str,
    block: Block,
}

impl Page {
    /// Reads a page.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), text: fs::read_to_string(path)? })
    }

    /// Reads every page directly in a folder, sorted by name. Subfolders are skipped.
    ///
    /// # Errors
    /// When the folder or a page cannot be read.
    pub fn all_in(folder: &Path) -> io::Result<Vec<Self>> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// The name of the page's file.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The page's fenced blocks, in order.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        self.walk().0
    }

    /// The lines outside of fenced blocks, each with its line number.
    #[must_use]
    pub fn prose(&self) -> Vec<(usize, &str)> {
        self.walk().1
    }

    fn walk(&self) -> (Vec<Block>, Vec<(usize, &str)>) {
        let (mut blocks, mut prose) = (Vec::new(), Vec::new());
        let mut open: Option<Open<'_>> = None;
        let (mut above, mut follows) = ("", false);
        for (at, line) in self.text.lines().enumerate() {
            let number = at + 1;
            match open.take() {
                Some(block) if line.trim() == block.fence => {
                    blocks.push(block.block);
                    (above, follows) = ("", true);
                }
                Some(mut block) => {
                    block.block.text.push_str(line);
                    block.block.text.push('\n');
                    open = Some(block);
                }
                None if line.starts_with("```") => {
                    let language = line.trim_start_matches('`');
                    let fence = line.strip_suffix(language).unwrap_or(line);
                    let (language, note) = (language.trim().to_owned(), Note::parse(above));
                    let block = Block { language, line: number, text: String::new(), note, follows };
                    open = Some(Open { fence, block });
                }
                None => {
                    prose.push((number, line));
                    if !line.trim().is_empty() {
                        (above, follows) = (line, false);
                    }
                }
            }
        }
        (blocks, prose)
    }

    /// The targets of the page's links and pictures, with their line numbers.
    #[must_use]
    pub fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (number, line) in self.prose() {
            // A link inside of inline code is not a link.
            let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("");
            for rest in plain.split("](").skip(1) {
                if let Some((target, _)) = rest.split_once(')') {
                    links.push((number, target.trim_matches(['<', '>']).to_owned()));
                }
            }
        }
        links
    }

    /// The anchors of the page's headings, formed as mdBook and code forges form them.
    #[must_use]
    pub fn anchors(&self) -> Vec<String> {
        let headings = self.prose().into_iter().filter(|(_, line)| line.starts_with('#'));
        headings.map(|(_, line)| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let dashed = |c: char| if c == ' ' { '-' } else { c };
    heading.to_lowercase().chars().filter(kept).map(dashed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        Page { path: "page.md".into(), text: text.to_owned() }
    }

    #[test]
    fn blocks_are_found_with_their_notes() {
        let page = page(concat!(
            "# Title\n\n```sh\nls\n```\n\n```text\nfile\n```\nwords\n<!-- run by .ci/run: it builds -->\n",
            "```sh\ncargo build\n```\n<!-- not run: why -->\n\n````md\n```sh\n```\n````\n",
        ));
        let blocks = page.blocks();
        let found: Vec<_> = blocks.iter().map(|b| (b.line, &*b.language, &*b.text, b.follows)).collect();
        assert_eq!(
            found,
            [
                (3, "sh", "ls\n", false),
                (7, "text", "file\n", true),
                (12, "sh", "cargo build\n", false),
                (17, "md", "```sh\n```\n", false)
            ]
        );
        assert_eq!(blocks[2].note, Some(Note::RunBy(".ci/run".into(), "it builds".into())));
        assert_eq!(blocks[3].note, Some(Note::NotRun("why".into())));
        assert_eq!((&blocks[0].note, &blocks[1].note), (&None, &None));
    }

    #[test]
    fn links_and_anchors_are_found_outside_of_code() {
        let page = page(
            "## What `v` shows, and why\n[a](x.md#y) and ![b](c.svg), `[n](o)`\n```\n[no](no.md)\n# no\n```\n",
        );
        assert_eq!(page.links(), [(2, "x.md#y".to_owned()), (2, "c.svg".to_owned())]);
        assert_eq!(page.anchors(), ["what-v-shows-and-why"]);
    }
}
