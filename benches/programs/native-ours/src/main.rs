//! The program whose crashes this project records.

fn main() {
    let ready = native_victims::Ready::from_environment();
    native_victims::play(|| ready.install());
}
