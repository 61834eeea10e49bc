use super::*;

const MAPS: &str = "\
1000-2000 r--p 00000000 fe:00 131 /usr/bin/my tool\n\
2000-3000 r-xp 00001000 fe:00 131 /usr/bin/my tool\n\
3000-4000 r--p 00002000 fe:00 131 /usr/bin/my tool\n\
4000-5000 rw-p 00003000 fe:00 131 /usr/bin/my tool\n\
5000-6000 rw-p 00000000 00:00 0 \n\
6000-6800 r--p 00000000 fe:00 999 /home/ada/customers.csv\n\
7000-8000 r-xp 00000000 fe:00 132 /lib/libc.so.6\n\
8000-9000 r--s 00001000 fe:00 132 /lib/libc.so.6\n\
garbage\n\
zz-8000 r-xp 0 0 0 /x\n\
a000-b000 r--p 00000000 00:00 0 [vvar]\n\
b000-c000 r-xp 00000000 00:00 0 [vdso]\n";

fn modules(maps: &str) -> Vec<(Range<usize>, Vec<Range<usize>>)> {
    let mut found = Vec::new();
    maps::read(maps.as_bytes(), |module| {
        let read_only = module.read_only.iter().filter(|r| r.start < r.end).cloned().collect();
        found.push((module.span.clone(), read_only));
        ControlFlow::Continue(())
    });
    found
}

#[test]
fn a_module_is_what_has_code_beside_its_data() {
    let expected = vec![
        (0x1000..0x5000, vec![0x1000..0x2000, 0x2000..0x3000, 0x3000..0x4000]),
        (0x7000..0x9000, std::iter::once(0x7000..0x8000).collect()),
    ];
    assert_eq!(modules(MAPS), expected);
    assert!(modules("").is_empty());
    // The first case is a path longer than the kept part of a line, the second a last line without an end.
    let long = MAPS.replace("my tool", &"x".repeat(5_000));
    assert_eq!(modules(&long), expected);
    let open_end = modules("1000-2000 r-xp 0 fe:00 1 /a\n3000-4000 r-xp 0 fe:00 2 /b");
    assert_eq!(open_end.len(), 1, "half a line is none");
}

#[test]
fn literals_are_told_from_what_was_computed() {
    const ONE: &str = "a text of the program, in its read-only data";
    let leaked: &'static str = Box::leak(format!("computed {}", std::process::id()).into_boxed_str());
    let stack = *b"on the stack";
    let stack = std::str::from_utf8(&stack).unwrap();
    let copy = ONE.to_owned();
    let texts = [ONE, concat!("put", "together"), leaked, stack, &copy, file!(), "", ONE.get(2..6).unwrap()];
    assert_eq!(are_literals(&texts), [true, true, false, false, false, true, true, true]);
    assert_eq!(are_literals(&[]), [false; 0]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_is_mapped_is_no_literal_and_a_library_is() {
    let mut spans = Vec::new();
    each_module(|module| {
        spans.push(module.span.clone());
        ControlFlow::Continue(())
    });
    let here = are_literals as fn(&[&str]) -> Vec<bool> as usize;
    assert!(spans.iter().any(|span| span.contains(&here)));
    assert!(spans.len() > 2, "the loader and the C library have code too");
}
