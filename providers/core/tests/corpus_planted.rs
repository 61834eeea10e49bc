//! Nothing planted survives: every class of secret in every position, with fresh random values each run.
//!
//! A leak is a fragment of six characters of a secret anywhere in what comes out, in any case.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a helper of a test may fail like the test"
)]

mod planted {
    pub(crate) mod classes;
    pub(crate) mod numbers;
    pub(crate) mod positions;
    pub(crate) mod rng;
}

use std::collections::BTreeMap;

use crawl4ai_telemetry_core::Sanitizer;
use planted::{classes, positions, rng::Rng};

/// How often each class stands in each position, with another value each time: what takes a debug build ten to
/// twenty seconds. `PLANTED_ROUNDS=… cargo test` (when compiling) asks for more.
fn rounds() -> usize {
    option_env!("PLANTED_ROUNDS").and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}

/// The longest fragment of a secret that may survive, plus one.
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

/// The first fragment of `secret` that is in `out`, and not in what the position says of itself.
fn leaked(out: &str, secret: &str, bare: &str) -> Option<String> {
    // What every text of its kind has in common is no secret.
    const COMMON: [&str; 4] = ["example", "https://", "/users/", "library"];
    let out = out.to_lowercase();
    let secret: Vec<char> = secret.to_lowercase().chars().collect();
    secret
        .windows(FRAGMENT.min(secret.len()))
        .map(|fragment| fragment.iter().collect::<String>())
        .filter(|fragment| {
            !bare.contains(fragment.as_str()) && !COMMON.iter().any(|c| c.contains(fragment.as_str()))
        })
        .find(|fragment| out.contains(fragment.as_str()))
}
