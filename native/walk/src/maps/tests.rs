use super::*;

/// A program of two mappings, a library that is also mapped for reading, code made at run time, and other mappings.
const TEXT: &str = "\
55d0c0a00000-55d0c0a10000 r--p 00000000 08:01 131                        /home/ada/my tool/\u{fc}ber\"tool
55d0c0a10000-55d0c0a80000 r-xp 0000f000 08:01 131                        /home/ada/my tool/\u{fc}ber\"tool
55d0c0a80000-55d0c0a81000 rw-p 0007f000 08:01 131                        /home/ada/my tool/\u{fc}ber\"tool
7f0000000000-7f0000100000 r--p 00000000 08:01 200                        /usr/lib/libz.so.1.2
7f0000200000-7f0000201000 r--p 00000000 08:01 200                        /usr/lib/libz.so.1.2
7f0000201000-7f0000210000 r-xp 00001000 08:01 200                        /usr/lib/libz.so.1.2 (deleted)
7f0000400000-7f0000401000 rwxp 00000000 00:00 0
7f0000500000-7f0000501000 ---p 00000000 00:00 0
7f0000501000-7f0000601000 rw-p 00000000 00:00 0                          [anon:stack of a thread]
7ffd1c5f0000-7ffd1c5f2000 r-xp 00000000 00:00 0                          [vdso]
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
";

fn read(text: &str, probe: Probe) -> Maps {
    let mut maps = Maps::new();
    maps.begin(probe);
    maps.feed(text.as_bytes());
    maps
}

#[test]
fn code_has_a_module_and_a_name_without_a_path() {
    let maps = read(TEXT, Probe::default());
    let mapping = |address| maps.find(address).and_then(|at| maps.get(at)).copied();
    let tool = mapping(0x55d0_c0a1_0000).expect("the program");
    assert_eq!((tool.header, tool.offset), (0x55d0_c0a0_0000, 0xf000));
    assert_eq!(tool.name(), b"__ber_tool");
    let library = mapping(0x7f00_0020_1fff).expect("the library");
    assert_eq!(library.name(), b"libz.so.1.2");
    assert_eq!(library.content, Content::Module);
    assert_eq!(mapping(0x7f00_0040_0000).expect("made").content, Content::Unnamed);
    let vdso = mapping(0x7ffd_1c5f_0001).expect("the kernel's");
    assert_eq!((vdso.name(), vdso.content), (&b"[vdso]"[..], Content::Module));
    for data in [0, 0x55d0_c0a0_0000, 0x55d0_c0a8_0000, 0x7f00_0050_1000, u64::MAX] {
        assert!(!maps.is_code(data), "{data:#x}");
    }
}

#[test]
fn however_the_text_is_split_it_says_the_same() {
    let mut bytewise = Maps::new();
    bytewise.begin(Probe::default());
    for byte in TEXT.as_bytes() {
        bytewise.feed(&[*byte]);
    }
    assert_eq!(bytewise.count, read(TEXT, Probe::default()).count);
    assert_eq!(bytewise.count, 5);
}

#[test]
fn an_overflow_is_told_from_other_accesses() {
    let is_overflow = |address, stack_pointer| {
        read(TEXT, Probe { address, stack_pointer, is_unmapped: false }).is_stack_overflow()
    };
    assert!(is_overflow(0x7f00_0050_0ff8, 0x7f00_0050_1010), "the guard of a thread's stack");
    assert!(!is_overflow(0x7f00_0050_0ff8, 0x7ffd_0000_0000), "far from the stack");
    assert!(!is_overflow(0x10, 0x7f00_0050_2000), "a null pointer");
    assert!(!is_overflow(0x55d0_c0a0_0010, 0x55d0_c0a0_0020), "written where it may only be read");
    assert!(!is_overflow(0, 0x7f00_0050_1010), "no access failed");
}

#[test]
fn a_guard_inside_of_the_stacks_line_is_one_where_the_kernel_says_that_nothing_is_mapped() {
    let is_overflow = |address, stack_pointer, is_unmapped| {
        read(TEXT, Probe { address, stack_pointer, is_unmapped }).is_stack_overflow()
    };
    assert!(is_overflow(0x7f00_0050_1ff8, 0x7f00_0050_2008, true), "the first page of a thread's stack");
    assert!(!is_overflow(0x7f00_0050_1ff8, 0x7f00_0050_2008, false), "code on the stack is called");
    assert!(!is_overflow(0x7f00_0050_1ff8, 0x7f00_0060_0000, true), "far from the stack pointer");
    assert!(!is_overflow(0x55d0_c0a0_0010, 0x55d0_c0a0_0020, true), "where nothing may be written");
}

#[test]
fn lines_that_are_none_are_passed_over() {
    let long = format!("00400000-00500000 r-xp 00000000 08:01 77 /{}\n", "x".repeat(6000));
    for text in ["\n\n", "hello\n", "00-", "g0-10 r-xp 0 0:0 0\n", "0-1\n", "0-1 r-xp\n", &long] {
        let maps = read(text, Probe { address: 1, stack_pointer: 1, is_unmapped: true });
        assert!(maps.count <= 1, "{text}");
        assert_eq!(maps.get(0).map_or(&b""[..], Mapping::name), b"", "a path that is cut has no name");
    }
}

#[test]
fn the_process_that_runs_this_is_read() {
    let Ok(text) = std::fs::read_to_string("/proc/self/maps") else { return };
    let maps = read(&text, Probe::default());
    let here = the_process_that_runs_this_is_read as fn() as usize as u64;
    let mapping = maps.find(here).and_then(|at| maps.get(at)).expect("this very code");
    assert!(mapping.name().starts_with(b"crawl4ai_telemetry_native_walk"), "{:?}", mapping.name());
}
