//! Finds the compiled modules of a package, and checks that they match the sources beside them.

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::constants;

/// The most modules that are read of one package.
const FILES: usize = 4096;

/// Maximum depth of folders that are searched.
const DEPTH: usize = 12;

/// The longest compiled module that is read, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The length of a compiled module's header, in bytes. Four bytes give the version of Python and four are flags. The
/// rest is the time and size of the source, or a hash of it (PEP 552).
const HEADER: usize = 16;

/// Folders in a package that do not belong to the program.
const LEFT_OUT: [&str; 3] = ["__pycache__", "tests", "test"];

/// The version of Python that compiled modules must have.
#[derive(Clone, Debug)]
pub struct Version {
    /// The minor version: 11 for Python 3.11.
    pub minor: u8,
    /// The tag in the names of compiled modules: `cpython-311`.
    pub tag: String,
    /// The first bytes of a compiled module.
    pub magic: [u8; 4],
}

/// The words of a package's folder or of a module's source file, `most` bytes at most.
pub(super) fn words(path: &Path, is_package: bool, version: &Version, most: usize) -> Vec<u8> {
    let mut sources = Vec::new();
    if is_package {
        find(path, DEPTH, &mut sources)
    } else {
        sources.push(path.to_owned())
    }
    // Sorted, because the order in which a folder is listed depends on the file system.
    sources.sort();
    let mut words = Vec::new();
    for source in sources {
        let Some(code) = compiled(&source, version) else { continue };
        let more = constants::texts(&code, version.minor);
        if words.len().saturating_add(more.len()) > most {
            break;
        }
        words.extend_from_slice(&more);
    }
    words
}

/// Finds the sources below a folder, without following links.
fn find(folder: &Path, depth: usize, sources: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if sources.len() >= FILES {
            return;
        }
        let (path, kind) = (entry.path(), entry.file_type());
        let is_folder = kind.as_ref().is_ok_and(fs::FileType::is_dir);
        if is_folder && depth > 0 && !LEFT_OUT.iter().any(|name| path.ends_with(name)) {
            find(&path, depth - 1, sources);
        } else if kind.is_ok_and(|kind| kind.is_file()) && path.extension().is_some_and(|end| end == "py") {
            sources.push(path);
        }
    }
}

/// The compiled module of a source, without its header. `None` if there is none, if it is of another version, or if the
/// source has changed since.
fn compiled(source: &Path, version: &Version) -> Option<Vec<u8>> {
    let seen = fs::metadata(source).ok()?;
    let name = format!("{}.{}.pyc", source.file_stem()?.to_str()?, version.tag);
    let file = File::open(source.parent()?.join("__pycache__").join(name)).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).ok()?;
    let is_whole = u64::try_from(bytes.len()).is_ok_and(|len| len <= LONGEST);
    (is_whole && is_of(bytes.get(..HEADER)?, &seen, version)).then(|| bytes.split_off(HEADER))
}

fn is_of(header: &[u8], source: &Metadata, version: &Version) -> bool {
    let number = |at: usize| {
        let four = header.get(at..at + 4).and_then(|four| <[u8; 4]>::try_from(four).ok());
        four.map(u32::from_le_bytes).unwrap_or_default()
    };
    if header.get(..4) != Some(&version.magic) {
        return false;
    }
    match number(4) {
        0 => {
            let changed = source.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
            // Python also stores only the lower 32 bits of both.
            changed.is_some_and(|at| at.as_secs() as u32 == number(8)) && source.len() as u32 == number(12)
        }
        // The module stores a hash of its source. The tool that made it keeps it up to date (1), or Python has checked
        // it (3).
        1 | 3 => true,
        _ => false,
    }
}
