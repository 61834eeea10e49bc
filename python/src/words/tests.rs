use std::io::Write;
use std::process::Command;

use super::*;

/// The words of a module that this machine's Python compiles.
fn words_of(source: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("module.py");
    std::fs::File::create(&path).unwrap().write_all(source.as_bytes()).unwrap();
    let script = "import sys, marshal, importlib.util as u\n\
                  code = compile(open(sys.argv[1]).read(), sys.argv[1], 'exec')\n\
                  sys.stdout.buffer.write(bytes([sys.version_info.minor]) + marshal.dumps(code))";
    let said = Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let (minor, code) = said.stdout.split_first().unwrap();
    let words = texts(code, *minor);
    let words = words.split(|b| *b == 0).filter(|text| !text.is_empty());
    words.map(|text| String::from_utf8(text.to_vec()).unwrap()).collect()
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
    ] {
        let found = words_of(&source);
        assert_eq!(found.iter().any(|word| word == "Name3"), is, "{source}: {found:?}");
    }
}

/// Whatever a file says, reading it ends, and takes no more than the file has.
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
