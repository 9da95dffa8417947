//! Comparisons as pictures.

use std::path::Path;

use anyhow::{Context as _, anyhow};
use plotters::prelude::*;
use static_call_paired::Comparison;

const WIDTH: u32 = 800;
const ROW: u32 = 28;
/// For the title, and for the axis below.
const MARGIN: u32 = 90;
const NAMES: u32 = 330;
const FONT: &str = "sans-serif";
const BAR: RGBColor = RGBColor(0x4c, 0x72, 0xb0);

/// Writes a plot of one comparison to `directory`, and names it in Markdown.
pub(crate) fn write(
    comparison: &Comparison,
    build: &str,
    directory: &Path,
) -> anyhow::Result<String> {
    let name: String = format!("{build}-{}-{}", comparison.program, comparison.title)
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect();
    let path = directory.join(format!("{name}.svg"));
    draw(comparison, &path)
        .map_err(|error| anyhow!("{error}"))
        .with_context(|| format!("cannot draw {}", path.display()))?;
    Ok(format!("\n![{}]({})\n\n", comparison.title, path.display()))
}

/// Draws a bar for each subject's ratio, with a line from quartile to quartile. The first is at the top.
fn draw(comparison: &Comparison, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let rows = &comparison.rows;
    let count = u32::try_from(rows.len())?;
    let highest = rows.iter().map(|row| row.quartiles[1]).fold(1.0, f64::max);
    let area = SVGBackend::new(path, (WIDTH, MARGIN + ROW * count)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(&comparison.title, (FONT, 18))
        .margin(10)
        .x_label_area_size(35)
        .y_label_area_size(NAMES)
        .build_cartesian_2d(0.0..highest * 1.05, (0..count - 1).into_segmented())?;
    let position = |row: u32| count - 1 - row;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .x_desc(format!("time, to {}", rows[0].name))
        .y_labels(rows.len())
        .y_label_formatter(&|segment| match segment {
            SegmentValue::CenterOf(place) if *place < count => {
                rows[position(*place) as usize].name.clone()
            }
            _ => String::new(),
        })
        .draw()?;
    let bars = rows.iter().zip(0..).map(|(row, index)| {
        let place = position(index);
        let corners = [
            (0.0, SegmentValue::Exact(place)),
            (row.ratio, SegmentValue::Exact(place + 1)),
        ];
        let mut bar = Rectangle::new(corners, BAR.filled());
        bar.set_margin(5, 5, 0, 0);
        bar
    });
    chart.draw_series(bars)?;
    let spreads = rows.iter().zip(0..).map(|(row, index)| {
        let place = SegmentValue::CenterOf(position(index));
        let ends = row.quartiles.map(|quartile| (quartile, place.clone()));
        PathElement::new(ends.to_vec(), BLACK.stroke_width(2))
    });
    chart.draw_series(spreads)?;
    area.present()?;
    Ok(())
}
