//! Where the program lies in memory, told without locks, so that phase 1 can make addresses relative.

use std::ops::Range;

/// A process has 65,530 mappings at most, unless the administrator allows more; of those, a line of ours comes first.
#[cfg(target_os = "linux")]
const LONGEST: u64 = 16 * 1024 * 1024;

/// The span of the module that holds `address`.
///
/// Reads `/proc/self/maps`, because the loader's own list stands behind the loader's lock, which the
/// panicking thread may hold. Elsewhere than on Linux phase 1 has no addresses; phase 2 has.
#[cfg(target_os = "linux")]
pub(super) fn span_around(address: usize) -> Option<Range<usize>> {
    use std::io::Read;

    let mut maps = String::new();
    std::fs::File::open("/proc/self/maps").ok()?.take(LONGEST).read_to_string(&mut maps).ok()?;
    span_in(&maps, address)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn span_around(_: usize) -> Option<Range<usize>> {
    None
}

/// All mappings of the file whose mapping holds `address`, from the first to the last.
#[cfg_attr(
    not(any(target_os = "linux", test)),
    expect(dead_code, reason = "there is no such table elsewhere")
)]
fn span_in(maps: &str, address: usize) -> Option<Range<usize>> {
    let holder = maps.lines().filter_map(mapping).find(|m| m.span.contains(&address))?;
    let mut span = holder.span;
    for other in maps.lines().filter_map(mapping).filter(|m| m.file == holder.file) {
        span = span.start.min(other.span.start)..span.end.max(other.span.end);
    }
    Some(span)
}

struct Mapping<'a> {
    span: Range<usize>,
    file: &'a str,
}

/// `55d0c0a00000-55d0c0a2f000 r-xp 00000000 fe:00 131 /usr/bin/tool`
fn mapping(line: &str) -> Option<Mapping<'_>> {
    let (span, rest) = line.split_once(' ')?;
    let (start, end) = span.split_once('-')?;
    let file = rest.get(rest.find('/')?..)?;
    let hex = |s| usize::from_str_radix(s, 16).ok();
    Some(Mapping { span: hex(start)?..hex(end)?, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
        1000-2000 r--p 00000000 fe:00 131 /usr/bin/my tool\n\
        2000-3000 r-xp 00001000 fe:00 131 /usr/bin/my tool\n\
        5000-6000 rw-p 00000000 00:00 0 \n\
        7000-8000 r-xp 00000000 fe:00 132 /lib/libc.so.6\n\
        garbage\n\
        zz-8000 r-xp 0 0 0 /x\n";

    #[test]
    fn the_whole_module_around_an_address() {
        assert_eq!(span_in(MAPS, 0x2abc), Some(0x1000..0x3000));
        assert_eq!(span_in(MAPS, 0x7000), Some(0x7000..0x8000));
        assert_eq!(span_in(MAPS, 0x5500), None, "not a file");
        assert_eq!(span_in("", 1), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_function_lies_in_this_program() {
        let here = span_around as fn(usize) -> Option<Range<usize>> as usize;
        assert!(span_around(here).is_some_and(|span| span.contains(&here)));
    }
}
