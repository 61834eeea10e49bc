//! As much of Markdown as the book uses: fenced blocks with the note above them, links, headings.
//!
//! A block of commands that a test cannot run says above itself who runs it and why, in a comment:
//!
//! ```text
//! <!-- run by .ci/run: it builds the workspace -->
//! <!-- not run: there is no broker here -->
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its file.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

/// A fenced block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands behind the fence: `sh`, `rust,no_run`, or nothing.
    pub language: String,
    /// The number of the line of the fence.
    pub line: usize,
    /// What it holds.
    pub text: String,
    /// What the comment right above it says.
    pub note: Option<Note>,
    /// Does nothing but empty lines stand between the block before and this one?
    pub follows: bool,
}

/// Why a block is not run with the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Something else runs it: a file of the project, and why.
    RunBy(String, String),
    /// Nothing does, and why.
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

/// Is the reader inside a block, and of which kind?
struct Open<'a> {
    fence: &'a str,
    block: Block,
}

impl Page {
    /// Reads one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), text: fs::read_to_string(path)? })
    }

    /// Every page of a folder, by name; not of those below it.
    ///
    /// # Errors
    /// When the folder or a page cannot be read.
    pub fn all_in(folder: &Path) -> io::Result<Vec<Self>> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    /// Its file's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Its fenced blocks, in order.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        self.walk().0
    }

    /// What stands outside of blocks, line by line with its number.
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

    /// What its links and pictures point to, with the numbers of their lines.
    #[must_use]
    pub fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (number, line) in self.prose() {
            // What stands in code is no link.
            let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("");
            for rest in plain.split("](").skip(1) {
                if let Some((target, _)) = rest.split_once(')') {
                    links.push((number, target.trim_matches(['<', '>']).to_owned()));
                }
            }
        }
        links
    }

    /// The anchors of its headings, as mdBook and forges make them.
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
