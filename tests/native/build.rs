//! Compiles the C parts without frame pointers.

fn main() {
    println!("cargo:rerun-if-changed=src/victim.c");
    cc::Build::new().file("src/victim.c").opt_level(2).flag("-fomit-frame-pointer").compile("victim_c");
}
