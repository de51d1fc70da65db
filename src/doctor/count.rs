//! Numbers, and how well each is known.

use serde::Serialize;

use super::verdict::grouped;

/// How well a number is known, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Counted.
    Exact,
    /// Reckoned from a few parents.
    About,
    /// There is more than was counted.
    AtLeast,
}

/// A number, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The number.
    pub number: usize,
    /// How well it is known.
    pub precision: Precision,
}

impl Count {
    /// A counted number.
    #[must_use]
    pub fn exact(number: usize) -> Self {
        Self { number, precision: Precision::Exact }
    }

    pub(super) fn about(number: f64, precision: Precision) -> Self {
        Self { number: whole(number), precision: precision.max(Precision::About) }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self { number: self.number + other.number, precision: self.precision.max(other.precision) }
    }

    #[expect(clippy::cast_precision_loss, reason = "far fewer rows than a double counts")]
    pub(super) fn times(self, factor: f64) -> Self {
        if (factor - 1.0).abs() < f64::EPSILON {
            self
        } else {
            Self::about(self.number as f64 * factor, self.precision)
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of rows, rounded")]
fn whole(number: f64) -> usize {
    number.round().max(0.0) as usize
}

/// A number as people read it.
pub(super) fn told(count: Count) -> String {
    let number = grouped(count.number);
    match count.precision {
        Precision::Exact => number,
        Precision::About => format!("about {number}"),
        Precision::AtLeast => format!("at least {number}"),
    }
}
