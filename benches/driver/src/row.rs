//! A line of the table.

/// A figure, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Figure {
    Number(f64),
    /// It was killed after so much.
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

    /// What it is more than something else.
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

/// What was promised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bar {
    AtMost(f64),
    AtLeast(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Met,
    Missed,
    /// No bar, or no figure.
    None,
}

/// One thing that was measured, ours and everybody's.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What the explanation of a miss is found by.
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

    pub(crate) fn at_most(self, bar: f64) -> Self {
        Self { bar: Some(Bar::AtMost(bar)), ..self }
    }

    pub(crate) fn at_least(self, bar: f64) -> Self {
        Self { bar: Some(Bar::AtLeast(bar)), ..self }
    }

    pub(crate) fn beside(mut self, who: &'static str, figure: impl Into<Figure>) -> Self {
        self.beside.push((who, figure.into()));
        self
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match (self.bar, self.ours) {
            (Some(Bar::AtMost(bar)), Figure::Number(n)) if n <= bar => Verdict::Met,
            (Some(Bar::AtLeast(bar)), Figure::Number(n)) if n >= bar => Verdict::Met,
            (Some(Bar::AtMost(_) | Bar::AtLeast(_)), Figure::Number(_) | Figure::MoreThan(_)) => {
                Verdict::Missed
            }
            (None, _) | (Some(_), Figure::NotMeasured) => Verdict::None,
        }
    }
}
