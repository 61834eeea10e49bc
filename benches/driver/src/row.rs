//! A row of the table.

/// A figure, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Figure {
    Number(f64),
    /// The program was killed after this time.
    MoreThan(f64),
    NotMeasured,
}

impl Figure {
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Self::Number(n) => Some(n),
            Self::MoreThan(_) | Self::NotMeasured => None,
        }
    }

    fn times(self, times: f64) -> Self {
        match self {
            Self::Number(n) => Self::Number(n * times),
            Self::MoreThan(n) => Self::MoreThan(n * times),
            Self::NotMeasured => Self::NotMeasured,
        }
    }

    /// The difference to another figure.
    pub(crate) fn over(self, base: Self) -> Self {
        match (self, base) {
            (Self::Number(n), Self::Number(base)) => Self::Number(n - base),
            (Self::MoreThan(n), Self::Number(_)) => Self::MoreThan(n),
            _ => Self::NotMeasured,
        }
    }
}

impl From<f64> for Figure {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}

impl From<Option<f64>> for Figure {
    fn from(n: Option<f64>) -> Self {
        n.map_or(Self::NotMeasured, Self::Number)
    }
}

/// The bar that a figure must meet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) side: Side,
    pub(crate) limit: f64,
    /// The limit is a multiple of this peer's figure in the same run. Without a peer it is absolute.
    pub(crate) peer: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    AtMost,
    AtLeast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    Missed,
    /// There is no bar or no figure.
    None,
}

/// One measured quantity, with our figure and those of the peers.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The key of the explanation of a miss.
    pub(crate) id: &'static str,
    pub(crate) what: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) bar: Option<Bar>,
    pub(crate) ours: Figure,
    pub(crate) beside: Vec<(&'static str, Figure)>,
}

impl Row {
    pub(crate) fn new(
        id: &'static str,
        what: &'static str,
        unit: &'static str,
        ours: impl Into<Figure>,
    ) -> Self {
        Self { id, what, unit, bar: None, ours: ours.into(), beside: Vec::new() }
    }

    pub(crate) fn at_most(self, limit: f64) -> Self {
        self.bar(Side::AtMost, limit, None)
    }

    pub(crate) fn at_least(self, limit: f64) -> Self {
        self.bar(Side::AtLeast, limit, None)
    }

    /// At most `times` the figure of `peer`, which must be in the same row.
    pub(crate) fn at_most_times(self, times: f64, peer: &'static str) -> Self {
        self.bar(Side::AtMost, times, Some(peer))
    }

    /// At least `times` the figure of `peer`, which must be in the same row.
    pub(crate) fn at_least_times(self, times: f64, peer: &'static str) -> Self {
        self.bar(Side::AtLeast, times, Some(peer))
    }

    fn bar(self, side: Side, limit: f64, peer: Option<&'static str>) -> Self {
        Self { bar: Some(Bar { side, limit, peer }), ..self }
    }

    pub(crate) fn beside(mut self, who: &'static str, figure: impl Into<Figure>) -> Self {
        self.beside.push((who, figure.into()));
        self
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let Some(bar) = self.bar else { return Verdict::None };
        let limit = match bar.peer {
            None => Figure::Number(bar.limit),
            Some(peer) => self
                .beside
                .iter()
                .find(|(who, _)| *who == peer)
                .map_or(Figure::NotMeasured, |of| of.1.times(bar.limit)),
        };
        let met = match (self.ours, limit) {
            (Figure::NotMeasured, _) | (_, Figure::NotMeasured) => return Verdict::None,
            (Figure::MoreThan(_), Figure::Number(_) | Figure::MoreThan(_)) => false,
            // A killed peer took longer than anything that was measured.
            (Figure::Number(_), Figure::MoreThan(_)) => bar.side == Side::AtMost,
            (Figure::Number(ours), Figure::Number(limit)) => match bar.side {
                Side::AtMost => ours <= limit,
                Side::AtLeast => ours >= limit,
            },
        };
        if met { Verdict::Met } else { Verdict::Missed }
    }
}
