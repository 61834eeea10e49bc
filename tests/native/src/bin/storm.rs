//! `storm SEED` runs eight threads that allocate and free memory. One to three of them crash at a random moment. With
//! `PROFILER` set, a timer interrupts them every 500 µs.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use native_victims::{install, read, recurse};

static GO: AtomicBool = AtomicBool::new(false);
static THREADS: [AtomicI32; 8] = [const { AtomicI32::new(0) }; 8];

/// xorshift64
fn random(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[inline(never)]
fn churn(index: usize, seed: &mut u64, kept: &mut Vec<Vec<u8>>) {
    let size = (random(seed) % 4096) as usize;
    kept.push(vec![index as u8; size]);
    if kept.len() > 64 {
        kept.swap_remove((random(seed) % 64) as usize);
    }
    let memory = black_box(unsafe { libc::malloc(size + 1) });
    unsafe { libc::free(memory) };
    black_box(format!("{size}-{index}"));
}

#[inline(never)]
fn die(how: u64) -> i32 {
    match how {
        0 => read(8),
        1 => std::process::abort(),
        2 => recurse(0) as i32,
        3 => {
            let memory = black_box(unsafe { libc::malloc(100) });
            unsafe {
                libc::free(memory);
                libc::free(black_box(memory));
            }
            1
        }
        _ => read(0xdead_beef_dead_beef),
    }
}

extern "C" fn tick(_: i32) {
    black_box([1_u8; 600]);
}

fn start_profiler() {
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = tick as *const () as usize;
        action.sa_flags = libc::SA_ONSTACK | libc::SA_RESTART;
        libc::sigaction(libc::SIGPROF, &action, std::ptr::null_mut());
        let every = libc::timeval { tv_sec: 0, tv_usec: 500 };
        let timer = libc::itimerval { it_interval: every, it_value: every };
        libc::syscall(libc::SYS_setitimer, libc::ITIMER_PROF, &timer, 0);
    }
}

fn main() {
    let seed = std::env::args().nth(1).expect("a seed").parse::<u64>().expect("a number");
    let mut seed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    for _ in 0..9 {
        random(&mut seed);
    }
    install();
    if std::env::var_os("PROFILER").is_some() {
        start_profiler();
    }
    let kind = random(&mut seed) % 7;
    let victims = if random(&mut seed) & 3 == 0 { 3 } else { 1 };
    for (index, thread) in THREADS.iter().enumerate() {
        let mut seed = random(&mut seed) | 1;
        std::thread::spawn(move || {
            thread.store(unsafe { libc::syscall(libc::SYS_gettid) } as i32, Ordering::Release);
            let mut kept = Vec::new();
            loop {
                churn(index, &mut seed, &mut kept);
                if kind < 5 && index < victims && GO.load(Ordering::Relaxed) {
                    black_box(die(kind));
                }
            }
        });
    }
    while THREADS.iter().any(|thread| thread.load(Ordering::Acquire) == 0) {
        std::thread::yield_now();
    }
    std::thread::sleep(Duration::from_micros(2000 + random(&mut seed) % 8000));
    if kind < 5 {
        GO.store(true, Ordering::Release);
    } else {
        // The thread may be anywhere: in malloc, in free or in the kernel.
        for thread in &THREADS[..victims] {
            let thread = thread.load(Ordering::Acquire);
            unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), thread, libc::SIGABRT) };
        }
    }
    std::thread::sleep(Duration::from_secs(20));
    std::process::exit(7);
}
