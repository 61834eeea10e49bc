//! Parses one line: `start-end perms offset major:minor inode  path`.

use super::NAME;

pub(super) struct Line {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) offset: u64,
    /// Device and inode.
    pub(super) file: (u64, u64),
    pub(super) is_readable: bool,
    pub(super) is_writable: bool,
    pub(super) is_executable: bool,
    pub(super) is_file: bool,
    pub(super) name: [u8; NAME],
    pub(super) name_length: usize,
}

impl Line {
    pub(super) fn name(&self) -> &[u8] {
        self.name.get(..self.name_length).unwrap_or_default()
    }
}

/// Parses a line; `None` if it has another form. `whole` is false if the line's end is missing.
pub(super) fn parse(line: &[u8], whole: bool) -> Option<Line> {
    let mut rest = line;
    let start = number(&mut rest, 16, b'-')?;
    let end = number(&mut rest, 16, b' ')?;
    let (permissions, behind) = rest.split_at_checked(5)?;
    rest = behind;
    let [read, write, execute, ..] = permissions else { return None };
    let offset = number(&mut rest, 16, b' ')?;
    let major = number(&mut rest, 16, b':')?;
    let minor = number(&mut rest, 16, b' ')?;
    let inode = number(&mut rest, 10, b' ')?;
    while let Some((b' ', behind)) = rest.split_first() {
        rest = behind;
    }
    let is_file = rest.first() == Some(&b'/');
    let mut parsed = Line {
        start,
        end,
        offset,
        file: (major.wrapping_shl(32) | minor, inode),
        is_readable: *read == b'r',
        is_writable: *write == b'w',
        is_executable: *execute == b'x',
        is_file,
        name: [0; NAME],
        name_length: 0,
    };
    if whole && (is_file || rest.first() == Some(&b'[')) {
        name_of(rest, &mut parsed);
    }
    Some(parsed)
}

/// Takes a number and the mark after it. At the end of the line the mark may be missing.
fn number(rest: &mut &[u8], base: u32, mark: u8) -> Option<u64> {
    let mut value = 0_u64;
    let mut digits = 0_usize;
    while let Some((byte, behind)) = rest.split_first() {
        *rest = behind;
        if *byte == mark {
            break;
        }
        let digit = char::from(*byte).to_digit(base)?;
        value = value.wrapping_mul(u64::from(base)).wrapping_add(u64::from(digit));
        digits = digits.wrapping_add(1);
    }
    (digits > 0).then_some(value)
}

/// Stores the last component of a path as the name of `line`. Bytes that a module's name may not have become `_`.
fn name_of(path: &[u8], line: &mut Line) {
    // The kernel adds this to the path of a deleted file.
    let path = path.strip_suffix(b" (deleted)").unwrap_or(path);
    let name = match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => path.get(at.wrapping_add(1)..).unwrap_or_default(),
        None => path,
    };
    let kernel = path.first() == Some(&b'[');
    for (to, from) in line.name.iter_mut().zip(name) {
        let plain = from.is_ascii_alphanumeric() || matches!(from, b'.' | b'_' | b'+' | b'-');
        *to = if plain || kernel && matches!(from, b'[' | b']') { *from } else { b'_' };
        line.name_length = line.name_length.wrapping_add(1);
    }
}
