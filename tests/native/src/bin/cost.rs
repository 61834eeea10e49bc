//! Measures what the handler costs. `cost DEPTH` prints four times in nanoseconds of processor time. The first is that
//! of the installation. The others are those of a fault below DEPTH frames, which an earlier handler repairs: when it
//! is recorded and withdrawn the first time, when it is only handed on, and without our handler. `cost marks` makes a
//! system call before and after the installation, for strace, and prints how many pages that touches first.

use native_victims::Ready;
use native_victims::cost::{fault, now, repair_faults};

fn main() {
    let what = std::env::args().nth(1).expect("a depth, or `marks`");
    if what == "marks" {
        let mark = || unsafe { libc::getppid() };
        let (mut before, mut after): (libc::rusage, libc::rusage) = unsafe { std::mem::zeroed() };
        unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut before) };
        mark();
        native_victims::install();
        mark();
        unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut after) };
        println!("{}", after.ru_minflt - before.ru_minflt);
        return;
    }
    let depth = what.parse().expect("a number");
    repair_faults();
    let alone = (0..20).map(|_| fault(depth)).min().expect("some");
    let ready = Ready::from_environment();
    let begin = now();
    ready.install();
    let installed = now() - begin;
    let recorded = fault(depth);
    // After three repairs, the earlier handler is trusted.
    for _ in 0..2 {
        fault(depth);
    }
    let handed_on = (0..20).map(|_| fault(depth)).min().expect("some");
    println!("{installed} {recorded} {handed_on} {alone}");
}
