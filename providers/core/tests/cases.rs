//! Cleans messages of public bug reports with invented details, and generated values of the kinds that other scanners
//! find. Each case lists the parts that must be removed and the parts that must stay. `own.jsonl` has more cases of
//! each kind, with look-alikes. `servers.jsonl` has the kinds that messages of further programs showed, mostly servers;
//! `headers.jsonl` has credentials of headers as many languages write lists and maps of them, `lists.jsonl` other secrets
//! in lists, fields and quotes with prefixes, `sentences.jsonl` sentences after words that are also keys,
//! `sentences-2.jsonl` names and values in sentences that are known, `databases.jsonl` values that databases and their drivers repeat, and `persons.jsonl` numbers, dates and addresses of
//! persons.

use std::collections::BTreeMap;

use crawl4ai_telemetry_core::Sanitizer;
use serde::Deserialize;

const FILES: [(&str, &str); 10] = [
    ("messages-1", include_str!("cases/messages-1.jsonl")),
    ("messages-2", include_str!("cases/messages-2.jsonl")),
    ("own", include_str!("cases/own.jsonl")),
    ("servers", include_str!("cases/servers.jsonl")),
    ("headers", include_str!("cases/headers.jsonl")),
    ("lists", include_str!("cases/lists.jsonl")),
    ("sentences", include_str!("cases/sentences.jsonl")),
    ("sentences-2", include_str!("cases/sentences-2.jsonl")),
    ("databases", include_str!("cases/databases.jsonl")),
    ("persons", include_str!("cases/persons.jsonl")),
];

#[derive(Deserialize)]
struct Case {
    kind: String,
    text: String,
    must_go: Vec<String>,
    must_stay: Vec<String>,
}

#[test]
fn what_must_go_goes_and_what_must_stay_stays() {
    let sanitizer = Sanitizer::new();
    let mut faults: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut cases = 0;
    for (file, lines) in FILES {
        for (n, line) in lines.lines().enumerate() {
            let case: Case =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}:{}: {error}", n + 1));
            cases += 1;
            let clean = sanitizer.text(&case.text);
            let left = case
                .must_go
                .iter()
                .filter(|part| clean.contains(part.as_str()))
                .map(|part| format!("left {part:?}"));
            let gone = case
                .must_stay
                .iter()
                .filter(|part| !clean.contains(part.as_str()))
                .map(|part| format!("gone {part:?}"));
            let wrong: Vec<String> = left.chain(gone).collect();
            if !wrong.is_empty() {
                let fault = format!(
                    "{file}:{} {}\n      {:?}\n      {:?}",
                    n + 1,
                    wrong.join(", "),
                    case.text,
                    &*clean
                );
                faults.entry(case.kind).or_default().push(fault);
            }
            assert_eq!(sanitizer.text(&clean), clean, "cleaning twice: {:?}", case.text);
        }
    }
    println!("{cases} cases");
    for (kind, faults) in &faults {
        println!("  {kind}");
        faults.iter().for_each(|fault| println!("    {fault}"));
    }
    assert!(faults.is_empty(), "{} wrong", faults.values().map(Vec::len).sum::<usize>());
}
