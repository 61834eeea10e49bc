//! Times calls, or only makes them for callgrind.

use std::time::{Duration, Instant};

/// The length of a sample. In shorter ones, the clock's resolution would be noise.
const SAMPLE: Duration = Duration::from_millis(2);

/// The number of samples. The best counts, because the rest of the machine disturbed it least.
const SAMPLES: usize = 31;

pub(crate) struct Meter {
    /// How many calls to make; `None` if they are timed.
    calls: Option<u64>,
    nanos: f64,
    bytes: usize,
}

impl Meter {
    pub(crate) const fn timing() -> Self {
        Self { calls: None, nanos: f64::NAN, bytes: 0 }
    }

    pub(crate) const fn repeating(calls: u64) -> Self {
        Self { calls: Some(calls), nanos: f64::NAN, bytes: 0 }
    }

    /// Prints the result, unless the calls were only counted.
    pub(crate) fn print(&self) {
        if self.calls.is_none() {
            println!("{} {}", self.nanos, self.bytes);
        }
    }

    /// Measures the best time of one call.
    #[inline(always)]
    pub(crate) fn each(&mut self, mut act: impl FnMut()) {
        if let Some(calls) = self.calls {
            return (0..calls).for_each(|_| act());
        }
        let mut calls = 1_u32;
        loop {
            let start = Instant::now();
            (0..calls).for_each(|_| act());
            if start.elapsed() > SAMPLE || calls > 1 << 26 {
                break;
            }
            calls *= 2;
        }
        self.nanos = (0..SAMPLES)
            .map(|_| {
                let start = Instant::now();
                (0..calls).for_each(|_| act());
                start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
            })
            .fold(f64::INFINITY, f64::min);
    }

    /// Like [`each`](Self::each), for a call that processes so many bytes.
    #[inline(always)]
    pub(crate) fn each_over(&mut self, bytes: usize, act: impl FnMut()) {
        self.bytes = bytes;
        self.each(act);
    }

    /// Measures the median time of single calls that fill a queue. `make` prepares each call, and `rest` runs after
    /// each round.
    pub(crate) fn single<T>(
        &mut self,
        mut make: impl FnMut() -> T,
        mut act: impl FnMut(&T),
        mut rest: impl FnMut(),
    ) {
        const ROUND: u64 = 32;
        let calls = self.calls.unwrap_or(20 * ROUND);
        let mut times: Vec<f64> = (0..calls)
            .map(|call| {
                if call % ROUND == ROUND - 1 {
                    rest();
                }
                let made = make();
                let start = Instant::now();
                act(&made);
                start.elapsed().as_secs_f64() * 1e9
            })
            .collect();
        times.sort_by(f64::total_cmp);
        self.nanos = times.get(times.len() / 2).copied().unwrap_or(f64::NAN);
    }

    /// Sets a figure that was not measured by the other methods.
    pub(crate) fn found(&mut self, figure: f64) {
        self.nanos = figure;
    }
}
