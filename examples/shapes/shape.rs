//! The shapes, and what can be computed of them.

use std::f64::consts::{PI, TAU};

use static_call::static_dispatch;

use crate::bounds::{Bounds, Point};

/// A shape in the plane. Circles and rectangles are most of a scene, so their bodies are compiled into the calls.
#[static_dispatch(devirt, inline(Circle, Rectangle))]
pub(crate) trait Shape {
    /// The area.
    fn area(&self) -> f64;

    /// The length of the outline.
    fn outline(&self) -> f64;

    /// The smallest rectangle around it.
    fn bounds(&self) -> Bounds;

    /// Makes it larger, and moves it away from the origin, by this factor.
    fn scale(&mut self, factor: f64);
}

/// Multiplies all of these.
fn scale_all<'a>(numbers: impl IntoIterator<Item = &'a mut f64>, factor: f64) {
    for number in numbers {
        *number *= factor;
    }
}

/// A circle.
pub(crate) struct Circle {
    pub(crate) centre: Point,
    pub(crate) radius: f64,
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        PI * self.radius * self.radius
    }

    fn outline(&self) -> f64 {
        TAU * self.radius
    }

    fn bounds(&self) -> Bounds {
        Bounds::around(self.centre, [self.radius; 2])
    }

    fn scale(&mut self, factor: f64) {
        scale_all(&mut self.centre, factor);
        self.radius *= factor;
    }
}

/// A rectangle with sides along the axes.
pub(crate) struct Rectangle {
    pub(crate) centre: Point,
    pub(crate) size: [f64; 2],
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.size[0] * self.size[1]
    }

    fn outline(&self) -> f64 {
        2.0 * (self.size[0] + self.size[1])
    }

    fn bounds(&self) -> Bounds {
        Bounds::around(self.centre, self.size.map(|length| length / 2.0))
    }

    fn scale(&mut self, factor: f64) {
        scale_all(self.centre.iter_mut().chain(&mut self.size), factor);
    }
}

/// An ellipse with axes along those of the plane.
pub(crate) struct Ellipse {
    pub(crate) centre: Point,
    pub(crate) radii: [f64; 2],
}

impl Shape for Ellipse {
    fn area(&self) -> f64 {
        PI * self.radii[0] * self.radii[1]
    }

    /// By Ramanujan's first approximation.
    fn outline(&self) -> f64 {
        let [a, b] = self.radii;
        PI * (3.0 * (a + b) - ((3.0 * a + b) * (a + 3.0 * b)).sqrt())
    }

    fn bounds(&self) -> Bounds {
        Bounds::around(self.centre, self.radii)
    }

    fn scale(&mut self, factor: f64) {
        scale_all(self.centre.iter_mut().chain(&mut self.radii), factor);
    }
}

/// A triangle.
pub(crate) struct Triangle {
    pub(crate) corners: [Point; 3],
}

impl Shape for Triangle {
    fn area(&self) -> f64 {
        area_within(&self.corners)
    }

    fn outline(&self) -> f64 {
        length_around(&self.corners)
    }

    fn bounds(&self) -> Bounds {
        self.corners.into_iter().collect()
    }

    fn scale(&mut self, factor: f64) {
        scale_all(self.corners.as_flattened_mut(), factor);
    }
}

/// A polygon whose sides do not cross.
pub(crate) struct Polygon {
    pub(crate) corners: Vec<Point>,
}

impl Shape for Polygon {
    fn area(&self) -> f64 {
        area_within(&self.corners)
    }

    fn outline(&self) -> f64 {
        length_around(&self.corners)
    }

    fn bounds(&self) -> Bounds {
        self.corners.iter().copied().collect()
    }

    fn scale(&mut self, factor: f64) {
        scale_all(self.corners.as_flattened_mut(), factor);
    }
}

/// The sides between corners.
fn sides(corners: &[Point]) -> impl Iterator<Item = (Point, Point)> {
    let next = corners.iter().cycle().skip(1);
    corners.iter().copied().zip(next.copied())
}

/// By the shoelace formula.
fn area_within(corners: &[Point]) -> f64 {
    let twice = sides(corners).map(|([x1, y1], [x2, y2])| x1 * y2 - x2 * y1);
    twice.sum::<f64>().abs() / 2.0
}

fn length_around(corners: &[Point]) -> f64 {
    sides(corners)
        .map(|([x1, y1], [x2, y2])| (x2 - x1).hypot(y2 - y1))
        .sum()
}
