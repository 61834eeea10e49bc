//! Nothing planted survives: every class of secret is planted in every position, with new random values in each run.
//!
//! A leak is a fragment of six characters of a secret anywhere in the output, in upper or lower case.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a helper of a test may fail like the test"
)]

mod planted {
    pub(crate) mod classes;
    pub(crate) mod neighbours;
    pub(crate) mod numbers;
    pub(crate) mod positions;
    pub(crate) mod rng;
}

use std::collections::BTreeMap;

use crawl4ai_telemetry_core::Sanitizer;
use crawl4ai_telemetry_core::sanitize::Redaction;
use planted::{classes, neighbours, positions, rng::Rng};

/// The number of values of each class in each position. With the default, a debug build takes ten to twenty seconds.
/// `PLANTED_ROUNDS=…`, set when compiling, is another number.
fn rounds() -> usize {
    option_env!("PLANTED_ROUNDS").and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}

/// Length of the shortest fragment of a secret that is a leak, in characters.
const FRAGMENT: usize = 6;

#[test]
fn nothing_planted_survives() {
    let seed = Rng::fresh_seed();
    let mut rng = Rng::new(seed);
    let sanitizer = Sanitizer::new();
    let mut cases = 0;
    let mut leaks: BTreeMap<(&str, &str), (String, String)> = BTreeMap::new();
    for class in classes::ALL {
        for position in positions::ALL {
            let bare = (position.clean)(&sanitizer, "x").to_lowercase();
            for _ in 0..rounds() {
                let planted = (class.make)(&mut rng);
                let out = (position.clean)(&sanitizer, &planted.text);
                cases += 1;
                if let Some(fragment) = planted.secrets.iter().find_map(|secret| leaked(&out, secret, &bare))
                {
                    leaks.insert(
                        (class.name, position.name),
                        (format!("{} ({fragment:?})", planted.text), out),
                    );
                }
            }
        }
    }
    println!(
        "seed {seed}: {} classes, {} positions, {cases} cases, {} leaks",
        classes::ALL.len(),
        positions::ALL.len(),
        leaks.len()
    );
    for ((class, position), (text, out)) in &leaks {
        println!("  {class}, {position}\n    {text}\n    {out}");
    }
    assert!(classes::ALL.len() >= 90 && positions::ALL.len() >= 12);
    assert!(leaks.is_empty(), "{} leaks, seed {seed}", leaks.len());
}

/// Is this a part of what cleaning itself writes: a placeholder, or the table of what was taken?
fn of_cleaning(fragment: &str) -> bool {
    "redactions".contains(fragment) || Redaction::ALL.iter().any(|kind| kind.placeholder().contains(fragment))
}

/// Texts that are common to all values of a kind, so that they are not secret.
const COMMON: [&str; 4] = ["example", "https://", "/users/", "library"];

/// Plants each value once beside each neighbour in each encoding. `PLANTED_ROUNDS` sets a larger number.
#[test]
fn nothing_planted_survives_beside_another_script_or_two_layers_deep() {
    let seed = Rng::fresh_seed();
    let mut rng = Rng::new(seed);
    let sanitizer = Sanitizer::new();
    let rounds = rounds().div_ceil(20);
    let mut cases = 0;
    let mut leaks: BTreeMap<(&str, &str, &str), (String, String)> = BTreeMap::new();
    for class in classes::ALL {
        for (script, beside) in neighbours::BESIDE {
            for (layers, encode) in neighbours::LAYERS {
                // Beside a letter of its own script, a key is part of another word, so it need not be found.
                if class.name == "Russian password" && script == "Cyrillic" {
                    continue;
                }
                let around =
                    |inside: &str| format!("got {} back", encode(&format!("{beside}{inside}{beside}")));
                // The neighbours may be read as one with what stands around them: `%38 back` has `38 bac`.
                let bare = around("").to_lowercase();
                for _ in 0..rounds {
                    let planted = (class.make)(&mut rng);
                    let text = around(&planted.text);
                    let out = sanitizer.text(&text);
                    cases += 1;
                    let read = planted.secrets.iter().find_map(|secret| {
                        leaked(&out, secret, &bare).or_else(|| leaked_encoded(&out, secret, encode))
                    });
                    if let Some(fragment) = read {
                        let what = format!("{} ({fragment:?})", planted.text);
                        leaks.insert((class.name, script, layers), (what, out.to_string()));
                    }
                }
            }
        }
    }
    println!("seed {seed}: {cases} cases, {} leaks", leaks.len());
    for ((class, script, layers), (text, out)) in &leaks {
        println!("  {class}, beside {script}, {layers}\n    {text}\n    {out}");
    }
    assert!(leaks.is_empty(), "{} leaks, seed {seed}", leaks.len());
}

/// Like [`leaked`], but finds a fragment that is still encoded, because a reader can decode it.
fn leaked_encoded(out: &str, secret: &str, encode: fn(&str) -> String) -> Option<String> {
    let secret: Vec<char> = secret.chars().collect();
    let fragments =
        secret.windows(FRAGMENT.min(secret.len())).map(|fragment| fragment.iter().collect::<String>());
    fragments
        .filter(|fragment| !COMMON.iter().any(|c| c.contains(&fragment.to_lowercase())))
        .find(|f| out.contains(&encode(f)))
}

/// The first fragment of `secret` that is in `out`. Fragments in `bare`, the text of the position itself, do not count.
fn leaked(out: &str, secret: &str, bare: &str) -> Option<String> {
    let out = out.to_lowercase();
    let secret: Vec<char> = secret.to_lowercase().chars().collect();
    secret
        .windows(FRAGMENT.min(secret.len()))
        .map(|fragment| fragment.iter().collect::<String>())
        .filter(|fragment| {
            !bare.contains(fragment.as_str())
                && !COMMON.iter().any(|c| c.contains(fragment.as_str()))
                && !of_cleaning(fragment)
        })
        .find(|fragment| out.contains(fragment.as_str()))
}
