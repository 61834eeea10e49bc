//! Exact tests for counts, and the correction for many tests.

use statrs::distribution::{Binomial, Discrete, DiscreteCDF, Hypergeometric};
use statrs::stats_tests::{Alternative, fishers_exact};

/// The share of inputs without any effect that may still lead to a finding: one in twenty.
pub(super) const FALSE_ALARMS: f64 = 0.05;

/// The number of kinds of findings. Each kind gets an equal part of the false alarms (Bonferroni).
const KINDS: f64 = 4.0;

/// Fisher's exact test, one-sided: the chance of `k` or more hits among `n` items, if `of_total` of all `total` items
/// are hits (R. A. Fisher, *Statistical Methods for Research Workers*, 1934, section 21.02).
pub(super) fn over(k: u64, n: u64, of_total: u64, total: u64) -> f64 {
    let rest = total.checked_sub(n).zip(of_total.checked_sub(k));
    let Some((others, k_others)) = rest.filter(|(others, k_others)| k_others <= others && k <= n) else {
        return 1.0;
    };
    let table = [k, n - k, k_others, others - k_others];
    fishers_exact(&table, Alternative::Greater).map_or(1.0, |p| p.min(1.0))
}

/// The chance that all `k` items are among the `inside` of `total`, if they are drawn without replacement.
pub(super) fn all_inside(k: u64, inside: u64, total: u64) -> f64 {
    if k > inside {
        return 0.0;
    }
    // Computed through its logarithm, because the factorial of a million is too large for a number.
    Hypergeometric::new(total, inside, k).map_or(1.0, |drawn| drawn.ln_pmf(k).exp().min(1.0))
}

/// The chance that `k` or more of `n` events fall into a part of what they may fall into: on one day of eight, or into
/// the starts of one day among those of eight, if the rates are equal. This is the conditional test whether two Poisson
/// rates are equal (J. Przyborowski, H. Wilenski, *Homogeneity of results in testing samples from Poisson series*,
/// Biometrika 31, 1940).
pub(super) fn in_part(part: f64, k: u64, n: u64) -> f64 {
    let Some(fewer) = k.checked_sub(1) else { return 1.0 };
    Binomial::new(part, n).map_or(1.0, |drawn| drawn.sf(fewer).min(1.0))
}

/// The part of `a` in `a` and `b`.
pub(super) fn part(a: u64, b: u64) -> f64 {
    if a + b == 0 { 1.0 } else { a as f64 / (a + b) as f64 }
}

/// The chance that something differs so much in either direction, from the chances of both. They are never both small
/// (D. R. Cox, D. V. Hinkley, *Theoretical Statistics*, 1974, section 4.2).
pub(super) fn either(more: f64, less: f64) -> f64 {
    (2.0 * more.min(less)).min(1.0)
}

/// The chance that parts of two wholes differ so much in either direction.
pub(super) fn differ([k_before, k_after]: [u64; 2], [before, after]: [u64; 2]) -> f64 {
    let (hits, all) = (k_before + k_after, before + after);
    either(over(k_after, after, hits, all), over(k_before, before, hits, all))
}

/// A tested finding, and how likely it is without any effect.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tested<T> {
    pub(super) what: T,
    pub(super) p: f64,
    /// `p` after the correction for all tests of its kind, to be compared with [`FALSE_ALARMS`].
    pub(super) corrected: f64,
}

/// Selects the findings that may be claimed, the most certain first. `tests` is the number of tests, and `given` holds
/// those with a small `p` (S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of
/// Statistics 6, 1979).
pub(super) fn claims<T>(tests: u64, mut given: Vec<(T, f64)>) -> Vec<Tested<T>> {
    // A value that could not be computed supports no claim.
    given.retain(|(_, p)| !p.is_nan());
    given.sort_by(|(_, a), (_, b)| a.total_cmp(b));
    let mut claims = Vec::new();
    let mut largest = 0.0_f64;
    for (left, (what, p)) in (0..tests).rev().map(|left| left + 1).zip(given) {
        largest = largest.max(p * left as f64 * KINDS);
        if largest > FALSE_ALARMS {
            break;
        }
        claims.push(Tested { what, p, corrected: largest });
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_are_those_of_r() {
        // R 4.2: fisher.test(matrix(c(k, n-k, K-k, N-n-K+k), 2), alternative = "greater")$p.value
        for ((k, n, of_total, total), expected) in [
            ((3, 4, 4, 8), 0.242_857_142_857), // Fisher's tea
            ((4, 4, 4, 8), 0.014_285_714_286),
            ((0, 10, 5, 100), 1.0),
            ((10, 10, 10, 100), 5.776_904_234e-14),
        ] {
            let p = over(k, n, of_total, total);
            assert!((p - expected).abs() <= expected * 1e-8, "{k} {n} {of_total} {total}: {p} {expected}");
        }
        // choose(5, 5) / choose(10, 5), and the extreme cases
        assert!((all_inside(5, 5, 10) - 1.0 / 252.0).abs() < 1e-12);
        assert_eq!((all_inside(6, 5, 10), all_inside(0, 5, 10)), (0.0, 1.0));
        // pbinom(9, 12, 1/8, lower.tail = FALSE)
        let p: f64 = [(66.0, 10), (12.0, 11), (1.0, 12)]
            .map(|(ways, k)| ways * 0.125_f64.powi(k) * 0.875_f64.powi(12 - k))
            .iter()
            .sum();
        assert!((in_part(1.0 / 8.0, 10, 12) - p).abs() < p * 1e-8);
        assert_eq!((in_part(1.0 / 8.0, 0, 0), part(0, 0), part(3, 1)), (1.0, 1.0, 0.75));
        // Impossible numbers give 1.
        assert_eq!((over(5, 4, 10, 20), over(1, 30, 2, 20), over(2, 2, 1, 9)), (1.0, 1.0, 1.0));
    }

    #[test]
    fn large_numbers_are_numbers_too() {
        // All of 200 in a third of a million, about 3 to the -200th; all of 60 in a third of six hundred thousand
        // million.
        for (k, inside, total, expected) in
            [(200, 333_333, 1_000_000, -95.4), (60, 200_000_000_000, 600_000_000_000, -28.6)]
        {
            let p = all_inside(k, inside, total);
            assert!((p.log10() - expected).abs() < 0.1, "{k}: {p}");
        }
        assert!((all_inside(1_000_000, 999_999_999, 1_000_000_000) - 0.999).abs() < 1e-4);
        // A day with twice the rate of a usual one, for a hundred thousand and for a thousand million reports.
        for n in [100_000, 1_000_000_000] {
            let p = in_part(1.0 / 8.0, n / 4, n);
            assert!((0.0..1e-300).contains(&p), "{n}: {p}");
            assert!(in_part(1.0 / 8.0, n / 8, n) > 0.4, "{n}");
        }
        let p = over(700, 1_000, 250_000, 1_000_000);
        assert!((1e-250..1e-150).contains(&p), "{p}");
        assert!((0.4..0.6).contains(&over(250, 1_000, 250_000, 1_000_000)));
    }

    #[test]
    fn holm_takes_them_one_by_one() {
        // This kind gets 0.05 / 4. The smallest p must be below a quarter of it, the next below a third, and so on.
        // After one that is not, all are rejected.
        let given = vec![("c", 0.006), ("a", 0.001), ("d", 0.000_5), ("b", 0.004)];
        let claimed: Vec<_> = claims(4, given).into_iter().map(|claim| claim.what).collect();
        assert_eq!(claimed, ["d", "a", "b", "c"]);
        let given = vec![("a", 0.001), ("b", 0.004_2), ("c", 0.004_3)];
        let claimed: Vec<_> = claims(4, given).into_iter().map(|claim| claim.what).collect();
        assert_eq!(claimed, ["a"]);
        assert!(claims(1_000, vec![("a", 0.001)]).is_empty());
        assert!(claims(1, vec![("a", f64::NAN)]).is_empty());
    }

    /// Without an effect, p may be any number between 0 and 1.
    #[test]
    fn where_nothing_happened_so_many_show_a_claim_as_is_said() {
        let mut random = crate::analyze::tests::Random(1);
        let mut alarms = 0;
        for _ in 0..6_000 {
            let given: Vec<_> = (0..100).map(|test| (test, random.part())).collect();
            alarms += u32::from(!claims(100, given).is_empty());
        }
        // 0.05 / 4 of 6,000 are 75; 34 are four standard deviations.
        assert!((41..=109).contains(&alarms), "{alarms}");
    }
}
