//! `victim KIND` crashes in one way, below a few Rust frames. `victim t-KIND` does so in a thread.

fn main() {
    native_victims::play(|| {
        native_victims::install();
    });
}
