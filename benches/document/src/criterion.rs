//! What criterion measured, as comparisons.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use static_call_paired::{Comparison, Row};

/// What a benchmark is, from the file of criterion that says so.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    value_str: Option<String>,
    throughput: Throughput,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Throughput {
    /// How many calls an iteration makes.
    elements: u32,
}

/// What was measured of it, in nanoseconds for each iteration.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// The median time of one call, and the ends of its confidence interval.
struct Measured {
    benchmark: Benchmark,
    nanoseconds: f64,
    interval: [f64; 2],
}

/// What the reports in `directory` say of the groups and benchmarks that these comparisons are called after. Ratios are
/// those of the medians, and what stands for their quartiles is the confidence interval of the median.
pub(crate) fn comparisons(
    directory: &Path,
    like: &[Comparison],
) -> anyhow::Result<Vec<Comparison>> {
    let measured = read(directory)?;
    let is_measured = |comparison: &&Comparison| {
        let mut groups = measured.iter().map(|measured| &measured.benchmark.group_id);
        groups.any(|group| *group == comparison.title)
    };
    like.iter()
        .filter(is_measured)
        .map(|comparison| comparison_like(comparison, &measured))
        .collect()
}

fn comparison_like(like: &Comparison, measured: &[Measured]) -> anyhow::Result<Comparison> {
    let find = |row: &Row| {
        let mut measured = measured.iter().filter(|measured| {
            let Benchmark {
                group_id,
                value_str,
                ..
            } = &measured.benchmark;
            *group_id == like.title && value_str.as_ref() == Some(&row.name)
        });
        measured
            .next()
            .with_context(|| format!("criterion has not measured {}: {}", like.title, row.name))
    };
    let found: Vec<_> = like.rows.iter().map(find).collect::<Result<_, _>>()?;
    let first = found[0].nanoseconds;
    let rows = like.rows.iter().zip(found).map(|(row, measured)| Row {
        name: row.name.clone(),
        nanoseconds: measured.nanoseconds,
        ratio: measured.nanoseconds / first,
        quartiles: measured.interval.map(|end| end / first),
    });
    Ok(Comparison {
        program: like.program.clone(),
        title: like.title.clone(),
        rounds: 1,
        rows: rows.collect(),
    })
}

/// Reads the last measurement of each benchmark in each group.
fn read(directory: &Path) -> anyhow::Result<Vec<Measured>> {
    let mut measured = Vec::new();
    for group in children(directory)? {
        if !group.is_dir() {
            continue;
        }
        for benchmark in children(&group)? {
            let last = benchmark.join("new");
            if last.is_dir() {
                measured.push(read_one(&last)?);
            }
        }
    }
    ensure!(!measured.is_empty(), "{}: no reports", directory.display());
    Ok(measured)
}

fn read_one(directory: &Path) -> anyhow::Result<Measured> {
    let benchmark: Benchmark = parsed(&directory.join("benchmark.json"))?;
    let Estimates { median } = parsed(&directory.join("estimates.json"))?;
    let calls = f64::from(benchmark.throughput.elements);
    let Interval {
        lower_bound,
        upper_bound,
    } = median.confidence_interval;
    Ok(Measured {
        benchmark,
        nanoseconds: median.point_estimate / calls,
        interval: [lower_bound, upper_bound].map(|end| end / calls),
    })
}

fn children(directory: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let entries =
        fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn parsed<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_criterion_measured_comes_in_the_order_of_the_comparison() {
        let directory = tempfile::tempdir().unwrap();
        for (name, median) in [("dyn", 2000.0), ("ours", 500.0)] {
            let path = directory.path().join("calls").join(name).join("new");
            fs::create_dir_all(&path).unwrap();
            let benchmark = serde_json::json!({
                "group_id": "calls", "value_str": name, "throughput": { "Elements": 1000 },
            });
            fs::write(path.join("benchmark.json"), benchmark.to_string()).unwrap();
            let interval =
                serde_json::json!({ "lower_bound": median * 0.5, "upper_bound": median });
            let estimates = serde_json::json!({
                "median": { "point_estimate": median, "confidence_interval": interval },
            });
            fs::write(path.join("estimates.json"), estimates.to_string()).unwrap();
        }
        let row = |name: &str| Row {
            name: String::from(name),
            nanoseconds: 1.0,
            ratio: 1.0,
            quartiles: [1.0; 2],
        };
        let comparison = |title: &str, rows| Comparison {
            program: String::from("call"),
            title: String::from(title),
            rounds: 3,
            rows,
        };
        let like = [
            comparison("others", vec![row("dyn")]),
            comparison("calls", vec![row("ours"), row("dyn")]),
        ];
        let measured = comparisons(directory.path(), &like).unwrap();
        let [measured] = &measured[..] else {
            panic!("{measured:?}");
        };
        let figures = measured.rows.iter().map(|row| {
            let Row {
                name,
                nanoseconds,
                ratio,
                quartiles,
            } = row;
            (name.as_str(), *nanoseconds, *ratio, *quartiles)
        });
        let figures: Vec<_> = figures.collect();
        assert_eq!(
            figures,
            [
                ("ours", 0.5, 1.0, [0.5, 1.0]),
                ("dyn", 2.0, 4.0, [2.0, 4.0])
            ]
        );
        let missing = [comparison("calls", vec![row("theirs")])];
        let error = comparisons(directory.path(), &missing).unwrap_err();
        assert_eq!(
            error.to_string(),
            "criterion has not measured calls: theirs"
        );
    }
}
