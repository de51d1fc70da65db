//! Numbers and their precision.

use std::fmt;

use serde::Serialize;

use super::verdict::grouped;

/// The precision of a number, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Counted.
    Exact,
    /// Estimated from a few parents.
    About,
    /// There is more than was counted.
    AtLeast,
}

/// A number and its precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The number.
    pub number: usize,
    /// Its precision.
    pub precision: Precision,
}

impl Count {
    /// A counted number.
    #[must_use]
    pub fn exact(number: usize) -> Self {
        Self { number, precision: Precision::Exact }
    }

    pub(super) fn about(number: f64, precision: Precision) -> Self {
        Self { number: rounded(number), precision: precision.max(Precision::About) }
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
fn rounded(number: f64) -> usize {
    number.round().max(0.0) as usize
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.precision {
            Precision::Exact => "",
            Precision::About => "about ",
            Precision::AtLeast => "at least ",
        })?;
        f.write_str(&grouped(self.number))
    }
}
