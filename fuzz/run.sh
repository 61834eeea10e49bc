#!/bin/sh
# Fuzzes one target without a nightly toolchain: fuzz/run.sh TARGET SECONDS
# The flags are those of cargo-fuzz. If that is installed, `cargo +nightly fuzz run TARGET` does the same.
set -eu
cd "$(dirname "$0")"
target=$1 seconds=${2:-600}
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
host=$(rustc -vV | sed -n 's/^host: //p')
cargo build --release --target "$host" --bin "$target"
mkdir -p "corpus/$target" "artifacts/$target"
"${CARGO_TARGET_DIR:-target}/$host/release/$target" "corpus/$target" -artifact_prefix="artifacts/$target/" \
    -max_total_time="$seconds" -max_len=1024 -timeout=60 -dict=words.dict -print_final_stats=1
