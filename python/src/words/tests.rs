use std::io::Write;
use std::process::Command;

use super::*;

/// The own words of a module, compiled by this machine's Python.
fn words_of(source: &str) -> Vec<String> {
    let words = code_of(source);
    let words = words.split(|b| *b == 0).filter(|text| !text.is_empty());
    words.map(|text| String::from_utf8(text.to_vec()).unwrap()).collect()
}

/// The bytes in which `texts` returns the own words of a module, compiled by this machine's Python.
fn code_of(source: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("module.py");
    std::fs::File::create(&path).unwrap().write_all(source.as_bytes()).unwrap();
    let script = "import sys, marshal, importlib.util as u\n\
                  code = compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')\n\
                  sys.stdout.buffer.write(bytes([sys.version_info.minor]) + marshal.dumps(code))";
    let said = Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let (minor, code) = said.stdout.split_first().unwrap();
    texts(code, *minor)
}

#[test]
fn messages_are_words_and_names_and_paths_are_none() {
    let words = words_of(
        "class Station:\n    'A station.'\n    def read(self, owner):\n        names = ('first one', ('second', 7))\n        \
         raise ValueError(f'the barometer of {owner!r} fell silent' + 'über {} und {x!r:>20}, {{not}}')\n",
    );
    let has = |text: &str| words.iter().any(|word| word == text);
    for text in
        ["the barometer of ", " fell silent", "A station.", "first one", "second", "über %s und %s, {%s}"]
    {
        assert!(has(text), "{text:?} in {words:?}");
    }
    assert!(
        !words.iter().any(|word| word.contains("module.py") || word == "read" || word == "owner"),
        "{words:?}"
    );
}

#[test]
fn lists_of_names_are_none() {
    let names = |count: usize| (0..count).map(|n| format!("'Name{n}'")).collect::<Vec<_>>().join(", ");
    for (source, is) in [
        (format!("NAMES = ({},)", names(15)), true),
        (format!("NAMES = ({},)", names(16)), false),
        (format!("def f(x): return x in {{{}}}", names(16)), false),
        (
            format!("SALUTES = {{{}}}", names(9).replace("',", "': 'Dear',"))
                .replace("'Name8'", "'Name8': 'Dear'"),
            true,
        ),
        (format!("f({})", names(16)), false),
        (format!("PAIRS = ({},)", names(16).replace("'N", "('N").replace(',', ", 1),") + ", 1)"), false),
        (format!("DEEP = (1, (2, ({},)))", names(15)), true),
        (format!("DEEP = (1, (2, ({},)))", names(16)), false),
    ] {
        let found = words_of(&source);
        assert_eq!(found.iter().any(|word| word == "Name3"), is, "{source}: {found:?}");
    }
}

/// Lists of people in the usual forms. A name does not count as a message because a program lists it.
#[test]
fn columns_of_names_are_none() {
    let people = |count: usize| (0..count).map(|n| format!("Ada{n} Lovelace{n}")).collect::<Vec<_>>();
    let dict = |rows: &[String], row: &dyn Fn(usize, &str) -> String| {
        let rows: Vec<_> = rows.iter().enumerate().map(|(n, name)| row(n, name)).collect();
        format!("PEOPLE = {{{}}}", rows.join(", "))
    };
    type Row = fn(usize, &str) -> String;
    let shapes: [(&str, Row); 6] = [
        ("values", |n, name| format!("{n}: '{name}'")),
        ("keys", |n, name| format!("'{name}': {n}")),
        ("between sentences", |n, name| format!("{n}: ['{name}', 'plays the flute number {n}', get()]")),
        ("tuples", |n, name| format!("{n}: ('{name}', {n})")),
        ("tuples with a sentence", |n, name| format!("{n}: ('{name}', 'plays the flute number {n}')")),
        ("deep", |n, name| format!("{n}: ({n}, ('{name}', {n}))")),
    ];
    for (shape, row) in shapes {
        for (count, is) in [(15, true), (16, false), (40, false)] {
            let found = words_of(&dict(&people(count), &row));
            assert_eq!(found.iter().any(|word| word == "Ada3 Lovelace3"), is, "{shape}, {count}: {found:?}");
        }
    }
    // A column of lower-case names counts as a list too.
    let column = |n: usize, name: &str| format!("{n}: ('{}', {n})", name.to_lowercase());
    let found = words_of(&dict(&people(16), &column));
    assert!(!found.iter().any(|word| word == "ada3 lovelace3"), "{found:?}");
    // A table of messages is kept.
    let errors: Vec<_> = (0..40).map(|n| format!("the page {n} was not found")).collect();
    let found = words_of(&dict(&errors, &|n, text| format!("{n}: '{text}'")));
    assert!(found.iter().any(|word| word == "the page 3 was not found"), "{found:?}");
}

/// One NUL separates the texts of a function, so that the library's rule on rows of names sees them as a row. Two NULs
/// separate functions, so that the texts of twenty functions are not a row.
#[test]
fn a_row_is_one_of_a_single_function() {
    let names = |n: usize| if n.is_multiple_of(2) { format!("Ada{n} King") } else { format!("Byron{n}") };
    let values: Vec<_> = (0..20).map(|n| format!("{n}: '{}'", names(n))).collect();
    let row = code_of(&format!("PEOPLE = {{{}}}", values.join(", ")));
    let joined: Vec<_> = (0..20).map(names).collect();
    assert!(contains(&row, joined.join("\0").as_bytes()), "{}", String::from_utf8_lossy(&row));

    let functions: Vec<_> = (0..20).map(|n| format!("def f{n}():\n    raise E('Bad Input{n}')\n")).collect();
    let apart = code_of(&functions.concat());
    assert!(contains(&apart, b"\0\0Bad Input3\0\0"), "{}", String::from_utf8_lossy(&apart));
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Reading any bytes ends, and yields no more bytes than the file has.
#[test]
fn damaged_modules_say_nothing() {
    let script = "import sys, marshal; sys.stdout.buffer.write(marshal.dumps(compile('def f(a):\\n raise E(\"two words\", (1, 2.5, 1j, 10**30, b\"x\", None, ...))', 'm', 'exec')))";
    let code = Command::new("python3").args(["-c", script]).output().unwrap().stdout;
    assert!(!code.is_empty());
    for end in 0..code.len() {
        assert_eq!(texts(&code[..end], 11), Vec::<u8>::new(), "cut at {end}");
    }
    for at in 0..code.len() {
        for value in [0, 0x7f, 0xff, b'(', b'c', b'['] {
            let mut damaged = code.clone();
            damaged[at] = value;
            assert!(texts(&damaged, 11).len() <= 2 * damaged.len(), "{value} at {at}");
        }
    }
    let nested = b"(\x01\x00\x00\x00".repeat(10_000);
    assert_eq!(texts(&nested, 11), Vec::<u8>::new());
    assert_eq!(texts(b"c", 11), Vec::<u8>::new());
}
