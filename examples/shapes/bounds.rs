//! Rectangles around shapes.

use std::fmt;

/// A point.
pub(crate) type Point = [f64; 2];

/// The smallest rectangle around something, with sides along the axes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bounds {
    low: Point,
    high: Point,
}

impl Bounds {
    /// Those of nothing.
    const NONE: Self = Self {
        low: [f64::INFINITY; 2],
        high: [f64::NEG_INFINITY; 2],
    };

    /// Those of a shape that reaches so far from its centre.
    pub(crate) fn around(centre: Point, reach: [f64; 2]) -> Self {
        Self {
            low: [0, 1].map(|axis| centre[axis] - reach[axis]),
            high: [0, 1].map(|axis| centre[axis] + reach[axis]),
        }
    }

    fn join(self, other: Self) -> Self {
        Self {
            low: [0, 1].map(|axis| self.low[axis].min(other.low[axis])),
            high: [0, 1].map(|axis| self.high[axis].max(other.high[axis])),
        }
    }
}

impl FromIterator<Self> for Bounds {
    fn from_iter<I: IntoIterator<Item = Self>>(parts: I) -> Self {
        parts.into_iter().fold(Self::NONE, Self::join)
    }
}

impl FromIterator<Point> for Bounds {
    fn from_iter<I: IntoIterator<Item = Point>>(points: I) -> Self {
        points
            .into_iter()
            .map(|point| Self::around(point, [0.0; 2]))
            .collect()
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { low, high } = self;
        let [width, height] = [0, 1].map(|axis| high[axis] - low[axis]);
        write!(formatter, "{width:.1} by {height:.1}")
    }
}
