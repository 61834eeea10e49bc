//! Tests of the whole rule, with words that are laid out by hand as a linker does.

mod messages;
mod work;

use super::*;
use crate::Sanitizer;

/// A source of words in memory. Some edges are known from the start; a closer look finds the others.
#[derive(Default)]
struct Memory {
    words: Vec<u8>,
    known: Edges,
    closer: Option<Edges>,
    writing: Option<Writing>,
}

impl Memory {
    fn of(words: &[u8]) -> Self {
        Self { words: words.to_vec(), ..Self::default() }
    }

    /// Literals as rustc lays them out: one after the other without gaps, with known edges.
    fn literals(all: &[&str]) -> Self {
        let mut memory = Self::of(b"\0");
        for literal in all {
            memory.known.note(memory.words.len(), Edge::Sure);
            memory.words.extend_from_slice(literal.as_bytes());
            memory.known.note(memory.words.len(), Edge::Sure);
        }
        memory.words.push(0);
        memory
    }

    /// A template of rustc since 1.93: pieces with holes between them.
    fn template(pieces: &[&str]) -> Self {
        let mut words = vec![0];
        for (i, piece) in pieces.iter().enumerate() {
            if i > 0 {
                words.push(0xc0);
            }
            if !piece.is_empty() {
                words.push(u8::try_from(piece.len()).unwrap());
                words.extend_from_slice(piece.as_bytes());
            }
        }
        words.push(0);
        Self::of(&words)
    }

    fn and(mut self, other: &Self) -> Self {
        let base = self.words.len();
        self.words.extend_from_slice(&other.words);
        for offset in 0..=other.words.len() {
            self.known.note(base + offset, other.known.at(offset));
        }
        self
    }
}

impl WordSource for Memory {
    fn name(&self) -> &str {
        "memory"
    }

    fn bytes(&self) -> u64 {
        self.words.len() as u64
    }

    fn visit(&self, look: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
        let edges = self.closer.as_ref().filter(|_| look == Look::Closer).unwrap_or(&self.known);
        for at in (0..self.words.len()).step_by(Block::SIZE) {
            let from = at.saturating_sub(Block::AROUND);
            let to = self.words.len().min(at + Block::SIZE + Block::AROUND);
            let block = Block::new(&self.words[from..to], at - from..at - from + Block::SIZE, edges, from);
            if visitor(&block.written_as(self.writing.unwrap_or(Writing::Machine))).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn has_closer_look(&self) -> bool {
        self.closer.is_some()
    }
}

fn left_by(own: &OwnWords, raw: &str) -> String {
    let runs = own.mark(&[raw], &[]).unwrap().runs.remove(0);
    let left = narrow(raw, &runs, &[]);
    let again = own.mark(&[&left], &[]).unwrap().runs.remove(0);
    assert_eq!(narrow(&left, &again, &[]), left, "narrowing twice is narrowing once: {raw}");
    left
}

fn left(memory: Memory, raw: &str) -> String {
    left_by(&OwnWords::new(vec![Box::new(memory)]), raw)
}

#[test]
fn how_much_counts() {
    for (literal, raw, expected) in [
        // A run with two exact ends needs two words and six letters.
        ("no way!", "no way! ada", "[text]"),
        ("no reply", "no reply ada", "no reply [word]"),
        ("no ad", "no ad ada", "[text]"),
        ("password", "password ada", "[text]"),
        // A run without an exact end needs four words and sixteen letters.
        (
            "the mail of nobody could be delivered today",
            "the mail of nobody could ada",
            "the mail of nobody could [word]",
        ),
        ("the mail of nobody could be delivered today", "mail of nobody ada", "[text]"),
        // A run with one exact end needs three words and twelve letters.
        ("the mail of somebody was lost", "the mail of somebody ada", "the mail of somebody [word]"),
        ("the mail of me was lost", "the mail of ada", "[text]"),
        // A run that is the whole text.
        ("overflow", "overflow", "overflow"),
        ("failure", "failure", "[word]"),
        ("the mail of somebody was lost, and nobody cares", "somebody was lost", "somebody was lost"),
        ("the mail of somebody was lost, and nobody cares", "mail was lost", "[text]"),
        // Only whole words stay.
        (
            "cannot deliver the mail of adam",
            "cannot deliver the mail of ada",
            "cannot deliver the mail of [word]",
        ),
        ("deliver the mail of them", "redeliver the mail of them", "[word] the mail of them"),
    ] {
        assert_eq!(left(Memory::literals(&[literal]), raw), expected, "{literal}");
    }
}

#[test]
fn other_scripts_count_too() {
    for (literal, raw, expected) in [
        (
            "не удалось прочитать файл",
            "не удалось прочитать файл Анна Каренина",
            "не удалось прочитать файл [text]",
        ),
        ("Анна Каренина и другие не найдены", "Анна Каренина", "[text]"),
        ("打开配置文件失败：", "打开配置文件失败：王小明", "[word]"),
        ("打开配置文件失败: ", "打开配置文件失败: 王小明", "打开配置文件失败: [word]"),
        ("δεν βρέθηκε το αρχείο", "δεν βρέθηκε το αρχείο Ελένη", "δεν βρέθηκε το αρχείο [word]"),
    ] {
        assert_eq!(left(Memory::literals(&[literal]), raw), expected, "{literal}");
    }
}

#[test]
fn a_strong_piece_brings_its_template_along() {
    let short = || Memory::template(&["password ", " is too short"]);
    assert_eq!(left(short(), "password hunter2 is too short"), "password [word] is too short");
    assert_eq!(left(short(), "my password hunter2 is too long"), "[text]");
    let position = || Memory::template(&["line ", " column ", ""]);
    assert_eq!(left(position(), "ada: line 17 column 4"), "[word]: line 17 column 4");
    assert_eq!(left(position(), "ada: line ada column 4"), "[text]");
    let names = || Memory::template(&["user ", " of ", ""]);
    assert_eq!(left(names(), "user ada of acme"), "[text]", "six letters of weak pieces prove nothing");
    let c = Memory::of(b"\0cannot open %s: no %s of %d\0");
    assert_eq!(left(c, "cannot open ada: no biopsy of 4711"), "cannot open [word]: no [word] of [number]");
}

#[test]
fn what_stays_besides_the_runs() {
    for (pieces, raw, expected) in [
        (
            &["cannot parse the page at line ", ""][..],
            "cannot parse the page at line 17",
            "cannot parse the page at line 17",
        ),
        (
            &["cannot parse the page at line ", ""],
            "cannot parse the page at line 12345678",
            "cannot parse the page at line [number]",
        ),
        (
            &["waited for the server ", " seconds"],
            "waited for the server 1.5 seconds",
            "waited for the server 1.5 seconds",
        ),
        (&["no such order: ", ""], "no such order: 4711", "no such order: [number]"),
        (
            &["invalid type: ", ", expected ", ""],
            "invalid type: string \"ada\", expected u32",
            "invalid type: string \"[word]\", expected u32",
        ),
        (
            &["invalid type: ", ", expected ", ""],
            "invalid type: map, expected ada",
            "invalid type: map, expected [word]",
        ),
        (&["the answer was ", ""], "the answer was 404 Not Found", "the answer was [number] Not Found"),
    ] {
        assert_eq!(left(Memory::template(pieces), raw), expected);
    }
    let table = Memory::literals(&["retry_policy", "time_limits", "owner_names"]);
    let names = table.and(&Memory::template(&["unknown field `", "`, expected ", ""]));
    let raw = "unknown field `ada`, expected one of `retry_policy`, `time_limits`";
    assert_eq!(left(names, raw), "unknown field `[word]`, expected one of `retry_policy`, `time_limits`");
}

#[test]
fn public_texts_and_what_is_declared() {
    let own = OwnWords::new(vec![Box::new(Memory::of(b"\0nothing of interest\0"))])
        .with_public_texts(["No such file or directory", "Permission denied"]);
    assert_eq!(left_by(&own, "/home/ada: Permission denied"), "/[word]: Permission denied");
    let raw = "gpt-4o said: FetchError of ada";
    let marked = own.mark(&[raw], &["gpt-4o", "my_tool::FetchError", "FetchError"]).unwrap();
    assert_eq!(narrow(raw, &marked.runs[0], &[]), "gpt-4o [word]: FetchError [text]");
    assert_eq!(marked.runs[0].iter().next().unwrap().rule, Rule::Declared);
}

#[test]
fn lists_of_words_are_no_messages() {
    let people: Vec<String> = (0..40).map(|i| format!("Ada{i} Lovelace{i} Byron{i} King{i}")).collect();
    let mut memory = Memory::of(b"\0no account for \0");
    let words: Vec<u8> = people.iter().flat_map(|p| p.bytes()).collect();
    let base = memory.words.len();
    memory.words.extend_from_slice(&words);
    memory.words.push(0);
    let mut read = |range: std::ops::Range<usize>| Some(memory.words[range].to_vec());
    let mut pairs = Pairs::new(&mut memory.known, &mut read);
    let mut start = base;
    for (i, person) in people.iter().enumerate() {
        pairs.add(16 * i as u64, start, Some(person.len()));
        start += person.len();
    }
    let own = OwnWords::new(vec![Box::new(memory)]);
    for name in ["Ada7 Lovelace7 Byron7 King7", "Lovelace7 Byron7 King7", "Byron7 King7Ada8 Lovelace8"] {
        assert_eq!(left_by(&own, &format!("no account for {name}")), "no account for [text]", "{name}");
        assert_eq!(left_by(&own, name), "[text]");
    }
}

#[test]
fn a_value_may_end_as_its_directive_does() {
    let own = OwnWords::new(vec![Box::new(Memory::of(b"\0near \"%s\": syntax error\0"))]);
    assert_eq!(
        left_by(&own, "stop: near \"lovelaces\": syntax error"),
        "[word]: near \"[word]\": syntax error"
    );
    let own = OwnWords::new(vec![Box::new(Memory::of(b"\0waited %lld seconds for an answer of %s\0"))]);
    assert_eq!(
        left_by(&own, "waited 4 hold seconds for an answer of ada"),
        "waited [text] seconds for an answer of [word]"
    );
}

#[test]
fn a_length_may_look_like_a_directive() {
    let piece = "cannot read the diary and letters of ";
    assert_eq!(piece.len(), usize::from(b'%'));
    assert_eq!(left(Memory::template(&[piece, ""]), &format!("{piece}ada")), format!("{piece}[word]"));
}

#[test]
fn a_row_of_names_is_a_list_too() {
    let zones: Vec<String> = (0..20).map(|i| format!("Europe/Town{i}")).collect();
    let own = OwnWords::new(vec![Box::new(Memory::of(
        format!("\0no time for %s\0{}\0", zones.join("\0")).as_bytes(),
    ))]);
    assert_eq!(left_by(&own, "no time for Europe/Town7"), "no time for [word]");
    assert_eq!(left_by(&own, "Europe/Town7"), "[word]");
}

#[test]
fn a_piece_is_not_found_inside_of_a_name() {
    let memory = Memory::template(&["cannot deliver the parcel", " of ", "s house in ", ""]);
    assert_eq!(
        left(memory, "cannot deliver the parcels of Lessings house in Rome"),
        "cannot deliver the [text]"
    );
}

#[test]
fn a_file_that_was_taken_in_is_no_message() {
    let book = "it was a bright cold day in april and the clocks were striking thirteen ".repeat(80);
    let own = OwnWords::new(vec![Box::new(Memory::of(format!("\0{book}\0").as_bytes()))]);
    assert_eq!(left_by(&own, "page: a bright cold day in april and the clocks were"), "[text]");
}

#[test]
fn a_closer_look_changes_nothing_that_was_decided() {
    let words = b"\0cannot open the archive of \0failed: adam is no administrator here\0";
    let mut memory = Memory::of(words);
    let mut closer = Edges::default();
    closer.note(37, Edge::Sure);
    memory.closer = Some(closer.clone());
    let known = Memory { closer: None, known: closer, ..Memory::of(words) };
    for raw in [
        "cannot open the archive of ada",
        "failed: adam is no administrator",
        "adam is no administrator here",
        "x",
    ] {
        let first = left_by(
            &OwnWords::new(vec![Box::new(Memory { closer: memory.closer.clone(), ..Memory::of(words) })]),
            raw,
        );
        assert_eq!(
            first,
            left_by(
                &OwnWords::new(vec![Box::new(Memory {
                    closer: None,
                    known: known.known.clone(),
                    ..Memory::of(words)
                })]),
                raw
            ),
            "{raw}"
        );
    }
}

#[test]
fn what_the_search_found_goes_from_a_run_too() {
    let own =
        OwnWords::new(vec![Box::new(Memory::of(b"\0see https://example.com/help for help, or ask %s\0"))]);
    let raw = "see https://example.com/help for help, or ask Ada Lovelace at /home/ada/x.html now";
    let runs = own.mark(&[raw], &[]).unwrap().runs.remove(0);
    let found = Sanitizer::new().spans(raw);
    assert_eq!(narrow(raw, &runs, &found), "see [url] for help, or ask [text] [path] [word]");
}

#[test]
fn without_a_source_nothing_is_known() {
    struct Broken;
    impl WordSource for Broken {
        fn name(&self) -> &str {
            "broken"
        }
        fn bytes(&self) -> u64 {
            9
        }
        fn visit(&self, _: Look, visitor: &mut Visitor<'_>) -> Result<(), Unreadable> {
            let _ = visitor(&Block::new(b"\0no account for \0", 0..17, &Edges::default(), 0));
            Err(Unreadable::Changed)
        }
    }
    let raw = "no account for ada";
    assert_eq!(OwnWords::new(vec![Box::new(Broken)]).mark(&[raw], &[]).unwrap_err(), Unreadable::Changed);
    assert_eq!(OwnWords::new(Vec::new()).mark(&[raw], &[]).unwrap_err(), Unreadable::NoWords);
    let both = OwnWords::new(vec![Box::new(Broken), Box::new(Memory::of(b"\0other words\0"))]);
    let marked = both.mark(&[raw], &[]).unwrap();
    assert!(marked.runs[0].is_empty(), "what a source handed out before it failed does not count");
    assert_eq!(marked.unread, [(0, Unreadable::Changed)]);
}

#[test]
fn python_modules_tell_lengths() {
    let mut words = b"\xe3\0\0\0".to_vec();
    for text in ["no account for ", "cannot find the page"] {
        words.extend_from_slice(&[0xda, u8::try_from(text.len()).unwrap()]);
        words.extend_from_slice(text.as_bytes());
    }
    let own = OwnWords::new(vec![Box::new(Memory { writing: Some(Writing::Python), ..Memory::of(&words) })]);
    assert_eq!(left_by(&own, "no account for ada"), "no account for [word]");
    assert_eq!(left_by(&own, "account for ada"), "[text]");
}
