//! Reads a scene of shapes and computes their areas, their bounds and the lengths of their outlines, in several
//! passes. The calls learn which types they meet: the report is printed before and after.

mod bounds;
mod options;
mod scene;
mod shape;

use std::io::{self, Write};

use anyhow::ensure;
use clap::Parser as _;
use indicatif::HumanCount;
use static_call::Devirt;

use crate::bounds::Bounds;
use crate::options::Options;
use crate::scene::Scene;
use crate::shape::Shape;

/// A shape of the scene. This type is all that the program changes to have its calls learn.
type AnyShape = Devirt<Box<dyn Shape>>;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let scene = Scene::read(options.scene.as_deref())?;
    run(&options, scene, &mut io::stdout().lock())
}

fn run(options: &Options, mut scene: Scene, output: &mut impl Write) -> anyhow::Result<()> {
    writeln!(output, "Before:\n\n{}\n", static_call::report())?;

    let expected = scene.summary_by_virtual_calls();
    for _ in 0..options.passes.get() {
        let summary = scene.summary();
        ensure!(
            summary == expected,
            "the calls of a pass gave another result than virtual calls: {summary:?}, not {expected:?}",
        );
    }
    // All shapes twice as large, about the origin.
    scene.scale(2.0);
    let Summary {
        area,
        outline,
        bounds,
    } = scene.summary();
    ensure!(
        (area, outline) == (4.0 * expected.area, 2.0 * expected.outline),
        "a scene twice as large has another area or outline than it should",
    );

    writeln!(output, "After {} passes:\n", options.passes)?;
    writeln!(output, "{}\n", static_call::report())?;
    writeln!(
        output,
        "{} shapes, twice as large as they were, have an area of {area:.1} and fill {bounds}. {} of them\nhave \
         corners, and outlines of {outline:.1} in all.",
        HumanCount(scene.shapes.len() as u64),
        HumanCount(scene.angular.len() as u64),
    )?;
    Ok(())
}

/// What a pass computes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Summary {
    area: f64,
    /// Of the shapes that have corners.
    outline: f64,
    bounds: Bounds,
}

impl Scene {
    /// One pass through the scene. Each call of a method here learns for itself: that of `outline` meets other
    /// shapes than those of `area` and `bounds`.
    fn summary(&self) -> Summary {
        Summary {
            area: self.shapes.iter().map(|shape| shape.area()).sum(),
            outline: self.angular().map(|shape| shape.outline()).sum(),
            bounds: self.shapes.iter().map(|shape| shape.bounds()).collect(),
        }
    }

    /// The same by the pointers in the shapes, whose calls do not learn.
    fn summary_by_virtual_calls(&self) -> Summary {
        let shapes = || self.shapes.iter().map(Devirt::as_inner);
        Summary {
            area: shapes().map(|shape| shape.area()).sum(),
            outline: self.angular().map(|shape| shape.as_inner().outline()).sum(),
            bounds: shapes().map(|shape| shape.bounds()).collect(),
        }
    }

    fn scale(&mut self, factor: f64) {
        for shape in &mut self.shapes {
            shape.scale(factor);
        }
    }
}
