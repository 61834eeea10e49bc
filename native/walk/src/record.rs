//! Writes the bytes of a report. They come from parts that safe code prepared before the crash, and from numbers.

use crate::death::Death;
use crate::maps::Maps;
use crate::name::Id;
use crate::text::Text;
use crate::walk::{Frame, Walk};

/// Longest record, in bytes. It is longer than a record with all frames and modules that are kept.
pub const RECORD: usize = 16 * 1024;

/// Longest prepared part, in bytes.
pub const PREPARED: usize = 1024;

/// The parts of a report that are known before a crash, as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Prepared<'a> {
    /// The start of the report, without the comma in front of `"id"`.
    pub head: &'a [u8],
    /// The kind of the report's one exception, such as `panic`.
    pub kind: &'a [u8],
    /// The end of the report, from a comma to the last brace.
    pub tail: &'a [u8],
}

/// Writes the report of `death` into `out`.
///
/// The report contains the prepared parts, the id, the time, the signal and its class, the address of each frame
/// relative to its module, and the file name, build id and size of each module. It contains no register, no memory and
/// no address of the process.
pub fn write(
    out: &mut Text<RECORD>,
    prepared: &Prepared<'_>,
    id: Id,
    milliseconds: u64,
    death: &Death,
    walk: &Walk,
    maps: &Maps,
) {
    out.clear();
    out.put(prepared.head);
    out.put(br#","id":""#);
    id.write(out);
    out.put(br#"","time":""#);
    out.time(milliseconds);
    out.put(br#"","exceptions":[{"kind":""#);
    out.put(prepared.kind);
    out.put(br#"","type":""#);
    out.put(death.signal().as_bytes());
    out.put(b": ");
    out.put(death.class().as_bytes());
    out.put(br#"","frames":["#);
    let (inner, outer, cut) = walk.frames();
    let mut comma: &[u8] = b"";
    for frame in inner.iter().chain(outer) {
        out.put(comma);
        comma = b",";
        write_frame(out, frame, walk);
    }
    out.put(b"]");
    if cut > 0 {
        out.put(br#","frames_cut":"#);
        out.decimal(cut as u64, 1);
    }
    out.put(br#"}],"images":["#);
    comma = b"";
    for module in walk.modules() {
        out.put(comma);
        comma = b",";
        out.put(br#"{"name":""#);
        out.put(maps.get(module.mapping).map(|mapping| mapping.name()).unwrap_or_default());
        let id = module.elf.build_id();
        if !id.is_empty() {
            out.put(br#"","build_id":""#);
            for byte in id {
                out.hexadecimal(u64::from(*byte), 2);
            }
        }
        out.put(br#"","size":"#);
        out.decimal(module.elf.size, 1);
        out.put(b"}");
    }
    out.put(b"]");
    out.put(prepared.tail);
}

/// Writes a frame. A frame outside of all modules gets no address, because an address of the process would show its
/// memory layout.
fn write_frame(out: &mut Text<RECORD>, frame: &Frame, walk: &Walk) {
    out.put(br#"{"in_app":false"#);
    let module = frame.module.and_then(|at| Some((at, walk.modules().get(at)?)));
    if let Some((at, module)) = module {
        out.put(br#","address":"0x"#);
        out.hexadecimal(frame.pc.wrapping_sub(module.elf.base), 1);
        out.put(br#"","image":"#);
        out.decimal(at as u64, 1);
    }
    out.put(b"}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::Probe;

    #[test]
    fn the_longest_record_fits() {
        let mut maps = Maps::new();
        maps.begin(Probe::default());
        maps.feed(format!("1000-2000 r-xp 00000000 08:01 7 /{}\n", "m".repeat(100)).as_bytes());
        let death = Death {
            signal: 8,
            code: 1,
            by_instruction: true,
            address: 0,
            pc: 0,
            is_stack_overflow: false,
            crossed: None,
        };
        let prepared = Prepared { head: &[b'h'; PREPARED], kind: b"signal", tail: &[b't'; PREPARED] };
        let mut out = Text::new();
        let id = Id::from_random([9; 16]);
        write(&mut out, &prepared, id, 1_763_678_400_123, &death, &Walk::fullest(), &maps);
        assert!(out.is_whole());
        let text = String::from_utf8(out.bytes().to_vec()).expect("text");
        assert_eq!(text.matches("\"address\":\"0xffffffffffff\",\"image\":31}").count(), 128);
        assert_eq!(text.matches("build_id").count(), 32);
        assert!(text.contains("\"type\":\"SIGFPE: integer division by zero\""), "{text}");
        assert!(text.contains("\"frames_cut\":1048448"), "{text}");
    }
}
