//! Every kind of crash, below a few Rust frames.

use std::hint::black_box;

use crate::{read, recurse};

unsafe extern "C" {
    fn victim_null(n: i32) -> i32;
    fn victim_qsort(n: i32) -> i32;
    fn victim_call(f: extern "C" fn(i32) -> i32, n: i32) -> i32;
    fn victim_double_free(n: i32) -> i32;
    fn victim_thread(f: extern "C" fn(i32) -> i32) -> i32;
}

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in drop");
    }
}

extern "C" fn back(n: i32) -> i32 {
    black_box(read(black_box(n as usize & 8))) + 1
}

#[inline(never)]
fn deep(n: u32) -> i32 {
    if n == 0 { read(16) } else { black_box(deep(n - 1)) + 1 }
}

#[inline(never)]
fn divide(n: i32) -> i32 {
    #[cfg(target_arch = "x86_64")]
    unsafe {
        let (zero, result): (i32, i32) = (black_box(0), 0);
        let mut result = result;
        std::arch::asm!("cdq", "idiv {0:e}", in(reg) zero, inout("eax") n => result, out("edx") _);
        result
    }
    // A division by zero does not trap on aarch64.
    #[cfg(not(target_arch = "x86_64"))]
    n
}

#[inline(never)]
pub(crate) fn trap() -> i32 {
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!("int3");
    }
    #[cfg(target_arch = "aarch64")]
    unsafe {
        std::arch::asm!("brk #1");
    }
    1
}

#[inline(never)]
fn call(function: usize) -> i32 {
    let function: extern "C" fn() -> i32 = unsafe { std::mem::transmute(black_box(function)) };
    function() + 3
}

/// Crashes with `value` in registers, below `depth` frames that contain it.
#[inline(never)]
fn planted(value: u64, depth: u64) -> u64 {
    let kept = black_box([value; 8]);
    if depth > 0 {
        return planted(value, depth - 1) ^ kept[(depth % 8) as usize];
    }
    #[cfg(target_arch = "x86_64")]
    unsafe {
        let float = f64::from_bits(value);
        std::arch::asm!(
            "mov byte ptr [8], 1",
            in("rax") value, in("rcx") value, in("rdx") value, in("rsi") value, in("rdi") value, in("r8") value,
            in("r9") value, in("r10") value, in("r11") value, in("r12") value, in("r13") value, in("r14") value,
            in("r15") value, in("xmm0") float, in("xmm7") float, in("xmm15") float,
        );
    }
    #[cfg(target_arch = "aarch64")]
    unsafe {
        let float = f64::from_bits(value);
        std::arch::asm!(
            "str wzr, [x8]",
            in("x8") 8_u64, in("x0") value, in("x1") value, in("x2") value, in("x3") value, in("x9") value,
            in("x20") value, in("x21") value, in("x22") value, in("x28") value, in("v0") float, in("v31") float,
        );
    }
    kept[0]
}

#[inline(never)]
fn act(kind: &str, n: i32) -> i32 {
    let result = match kind {
        "null" => read(16),
        "wild" => read(0x7000_0000_0000),
        "noncanonical" => read(0xdead_beef_dead_beef),
        "abort" => std::process::abort(),
        "trap" => trap(),
        #[cfg(target_arch = "x86_64")]
        "illegal" => unsafe {
            std::arch::asm!("ud2");
            1
        },
        #[cfg(target_arch = "aarch64")]
        "illegal" => unsafe {
            std::arch::asm!("udf #0");
            1
        },
        "divide" => divide(n),
        "drop" => {
            let _bomb = Bomb;
            panic!("first");
        }
        "c" => unsafe { victim_null(n) },
        "qsort" => unsafe { victim_qsort(n) },
        "callback" => unsafe { victim_call(back, n) },
        "call-null" => call(0),
        "double-free" => unsafe { victim_double_free(n) },
        "c-thread" => unsafe { victim_thread(back) },
        "overflow" => recurse(n as u64) as i32,
        "deep" => deep(3000),
        // Rust's own handler ignores the first raised SIGSEGV and the first raised SIGBUS.
        "raise" => unsafe { libc::raise(libc::SIGSEGV) },
        "raise-bus" => unsafe { libc::raise(libc::SIGBUS) },
        "raise-null" => unsafe { libc::raise(libc::SIGSEGV) + read(16) },
        "raise-abort" => unsafe {
            libc::raise(libc::SIGBUS);
            libc::raise(libc::SIGSEGV);
            std::process::abort()
        },
        "raise-both" if n == 3 => unsafe { libc::raise(libc::SIGSEGV) + libc::raise(libc::SIGBUS) },
        "raise-both" => 0,
        "no-memory" => {
            let layout = std::alloc::Layout::from_size_align(1 << 46, 8).unwrap();
            let memory = black_box(unsafe { std::alloc::alloc(layout) });
            if memory.is_null() {
                std::alloc::handle_alloc_error(layout);
            }
            1
        }
        "bus" => unsafe {
            let file = libc::memfd_create(c"empty".as_ptr(), 0);
            let flags = libc::MAP_SHARED;
            read(libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_READ, flags, file, 0) as usize)
        },
        // A text that no record may have. It is in the arguments, the heap, the name of a thread, registers and frames.
        "planted" => {
            let text: String = std::env::args().nth(2).unwrap();
            let depth = std::env::args().nth(3).unwrap().parse().unwrap();
            let _thread = std::thread::Builder::new().name(text.clone()).spawn(std::thread::park);
            let value = u64::from_le_bytes(text.as_bytes()[..8].try_into().unwrap());
            planted(value, depth) as i32
        }
        "none" => 0,
        other => panic!("no such kind: {other}"),
    };
    black_box(result) + 1
}

#[inline(never)]
fn third(kind: &str, n: i32) -> i32 {
    let kept: Vec<i32> = black_box((0..n).collect());
    let result = act(kind, n);
    black_box(&kept);
    result + kept.len() as i32
}

#[inline(never)]
fn second(kind: &str, n: i32) -> i32 {
    let result: i32 = [n, n + 1].iter().map(|k| third(kind, *k)).sum();
    black_box(result) + 2
}

#[inline(never)]
fn first(kind: &str, n: i32) -> i32 {
    let text = format!("{kind}{n}");
    let result = second(kind, n);
    result + text.len() as i32
}

/// Crashes in one way; with `t-` before it, in a thread.
pub fn crash(kind: &str) {
    if let Some(kind) = kind.strip_prefix("t-") {
        let kind = kind.to_owned();
        let thread = std::thread::Builder::new().name("worker".into()).spawn(move || first(&kind, 3));
        let _ = thread.unwrap().join();
    } else {
        black_box(first(kind, 3));
    }
}
