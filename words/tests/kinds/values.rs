//! The planted values, which are new in each run: names and sentences in twelve languages, secrets, dates and numbers.

use std::path::Path;

/// One language of `languages.txt`.
struct Language {
    given: Vec<String>,
    family: Vec<String>,
    words: Vec<String>,
    sentences: Vec<String>,
}

pub(crate) struct Values {
    state: u64,
    languages: Vec<Language>,
}

impl Values {
    /// The seed is printed, so that `SEED` can repeat a run that failed.
    pub(crate) fn new() -> Self {
        let fresh =
            std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64 ^ u64::from(std::process::id()) << 32;
        let seed =
            std::env::args().find_map(|arg| arg.strip_prefix("SEED=")?.parse().ok()).unwrap_or(fresh | 1);
        println!("SEED={seed}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kinds/languages.txt");
        let text = std::fs::read_to_string(path).unwrap();
        let languages = text.split("\n= ").skip(1).map(|part| {
            let mut lines = part.lines().skip(1);
            let mut words = |separator: char| -> Vec<String> {
                lines.next().unwrap().split(separator).map(str::to_owned).collect()
            };
            Language { given: words(' '), family: words(' '), words: words(' '), sentences: words('|') }
        });
        Self { state: seed, languages: languages.collect() }
    }

    pub(crate) fn next(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 11).unwrap() % below
    }

    fn one_of(&mut self, pick: impl Fn(&Language) -> &Vec<String>, language: usize) -> String {
        let many = pick(&self.languages[language]).len();
        let index = self.next(many);
        pick(&self.languages[language])[index].clone()
    }

    pub(crate) fn name(&mut self) -> String {
        let language = self.next(self.languages.len());
        self.name_in(language)
    }

    fn name_in(&mut self, language: usize) -> String {
        let (given, family) = (self.one_of(|l| &l.given, language), self.one_of(|l| &l.family, language));
        // In Chinese and Japanese the family name comes first, without a space.
        let wide = given.chars().next().is_some_and(|c| c >= '\u{3000}');
        if wide { format!("{family}{given}") } else { format!("{given} {family}") }
    }

    pub(crate) fn sentence(&mut self) -> String {
        let language = self.next(self.languages.len());
        let (name, word) = (self.name_in(language), self.one_of(|l| &l.words, language));
        self.one_of(|l| &l.sentences, language).replace('#', &name).replace('*', &word)
    }

    /// A password of one word, as people choose it.
    pub(crate) fn secret(&mut self) -> String {
        const CONSONANTS: [u8; 14] = *b"bdfghklmnprstz";
        const VOWELS: [u8; 5] = *b"aeiou";
        let mut out = String::new();
        for _ in 0..3 + self.next(3) {
            out.push(char::from(CONSONANTS[self.next(14)]));
            out.push(char::from(VOWELS[self.next(5)]));
        }
        if self.next(2) == 0 { format!("{out}{}", self.next(100)) } else { out }
    }

    pub(crate) fn number(&mut self) -> String {
        match self.next(4) {
            0 => format!("{}.{}.{}", 1 + self.next(28), 1 + self.next(12), 1930 + self.next(90)),
            1 => format!(
                "{}.{:06}, {}.{:06}",
                self.next(90),
                self.next(1_000_000),
                self.next(180),
                self.next(1_000_000)
            ),
            2 => format!("{:04}", self.next(10_000)),
            _ => format!("{}", 1_000_000 + self.next(90_000_000)),
        }
    }

    pub(crate) fn any(&mut self) -> String {
        match self.next(10) {
            0..4 => self.name(),
            4..6 => self.sentence(),
            6..8 => self.secret(),
            _ => self.number(),
        }
    }
}
