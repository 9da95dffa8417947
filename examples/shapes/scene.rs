//! Scenes, as they are read from a file.
//!
//! Each line is a shape: its kind, and numbers. Empty lines, and what follows `#`, mean nothing.
//!
//! ```text
//! circle     X Y RADIUS
//! rectangle  X Y WIDTH HEIGHT
//! ellipse    X Y RADIUS RADIUS
//! triangle   X Y  X Y  X Y
//! polygon    X Y  X Y  X Y …
//! ```
//!
//! `X Y` is the centre, or a corner.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};

use crate::AnyShape;
use crate::bounds::Point;
use crate::shape::{Circle, Ellipse, Polygon, Rectangle, Shape, Triangle};

/// The scene that ships with the example.
const SHIPPED: &str = include_str!("../data/scene.txt");

/// Shapes.
pub(crate) struct Scene {
    pub(crate) shapes: Vec<AnyShape>,
    /// Which of them have corners.
    pub(crate) angular: Vec<usize>,
}

impl Scene {
    /// Reads a file, or what ships with the example.
    pub(crate) fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        match path {
            None => Self::parse(SHIPPED),
            Some(path) => {
                let text = fs::read_to_string(path)
                    .with_context(|| format!("cannot read {}", path.display()))?;
                Self::parse(&text).with_context(|| format!("in {}", path.display()))
            }
        }
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut scene = Self {
            shapes: Vec::new(),
            angular: Vec::new(),
        };
        for (line, number) in text.lines().zip(1..) {
            let content = line.split('#').next().unwrap_or_default().trim();
            if content.is_empty() {
                continue;
            }
            let shape = parse_shape(content).with_context(|| format!("line {number}: {line}"))?;
            if content.starts_with(['t', 'p']) {
                scene.angular.push(scene.shapes.len());
            }
            scene.shapes.push(shape.into());
        }
        ensure!(!scene.shapes.is_empty(), "the scene holds no shape");
        Ok(scene)
    }

    /// The shapes that have corners.
    pub(crate) fn angular(&self) -> impl Iterator<Item = &AnyShape> {
        self.angular.iter().map(|index| &self.shapes[*index])
    }
}

fn parse_shape(content: &str) -> anyhow::Result<Box<dyn Shape>> {
    let mut words = content.split_whitespace();
    let kind = words.next().unwrap_or_default();
    let numbers = words.map(number).collect::<anyhow::Result<Vec<f64>>>()?;
    Ok(match (kind, &numbers[..]) {
        ("circle", &[x, y, radius]) => Box::new(Circle {
            centre: [x, y],
            radius: length(radius)?,
        }),
        ("rectangle", &[x, y, width, height]) => Box::new(Rectangle {
            centre: [x, y],
            size: [length(width)?, length(height)?],
        }),
        ("ellipse", &[x, y, first, second]) => Box::new(Ellipse {
            centre: [x, y],
            radii: [length(first)?, length(second)?],
        }),
        ("triangle", &[x1, y1, x2, y2, x3, y3]) => Box::new(Triangle {
            corners: [[x1, y1], [x2, y2], [x3, y3]],
        }),
        ("polygon", coordinates) if coordinates.len() >= 6 && coordinates.len() % 2 == 0 => {
            let (corners, _) = coordinates.as_chunks();
            let corners: &[Point] = corners;
            Box::new(Polygon {
                corners: corners.to_vec(),
            })
        }
        ("circle" | "rectangle" | "ellipse" | "triangle" | "polygon", numbers) => {
            let wanted = match kind {
                "circle" => "3: X Y RADIUS",
                "rectangle" => "4: X Y WIDTH HEIGHT",
                "ellipse" => "4: X Y RADIUS RADIUS",
                "triangle" => "6: X Y for each corner",
                _ => "X Y for each of three corners or more",
            };
            bail!("a {kind} takes {wanted}; there are {}", numbers.len())
        }
        _ => bail!(
            "there is no shape '{kind}', only circle, rectangle, ellipse, triangle and polygon"
        ),
    })
}

fn number(word: &str) -> anyhow::Result<f64> {
    let number = word.parse::<f64>().ok().filter(|number| number.is_finite());
    number.with_context(|| format!("'{word}' is not a number"))
}

fn length(number: f64) -> anyhow::Result<f64> {
    ensure!(number >= 0.0, "a length of {number} is less than nothing");
    Ok(number)
}
