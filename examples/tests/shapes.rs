//! The command line of the example `shapes`.

mod support;

use std::fs;

use assert_cmd::assert::Assert;
use predicates::str::{contains, is_match};

fn shapes(scene: &str) -> Assert {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let file = directory.path().join("scene.txt");
    fs::write(&file, scene).expect("a file can be written");
    support::example("shapes").arg("--scene").arg(file).assert()
}

#[test]
fn the_calls_learn_what_they_meet() {
    let output = support::example("shapes")
        .assert()
        .success()
        .stdout(contains("not called yet"))
        .stdout(contains("After 20 passes:"))
        .stdout(is_match(r"(?m)area .* guarded +(8[5-9]|9[0-5]) %").unwrap())
        .stdout(is_match(r"(?m)outline .* bypassed +0 %").unwrap());
    output
        .stdout(contains("to be listed: shapes::shape::Polygon"))
        .stdout(contains("4,000 shapes"));
}

#[test]
fn every_kind_of_shape_is_read() {
    shapes(
        "# a comment\n\ncircle 0 0 1 # another\n rectangle 10 0 2 4\nellipse 0 10 1 2\n\
         triangle 0 0 0 3 4 0\npolygon 0 0 2 0 2 2 0 2\n",
    )
    .success()
    // Before they are made twice as large: 3 pi, 8, 6 and 4.
    .stdout(contains(
        "5 shapes, twice as large as they were, have an area of 109.7 and fill 24.0 by 28.0. 2",
    ))
    .stdout(contains("outlines of 40.0 in all"));
}

#[test]
fn a_bad_line_is_named() {
    for (line, message) in [
        ("circle 1 2", "a circle takes 3: X Y RADIUS; there are 2"),
        (
            "polygon 0 0 1 1",
            "a polygon takes X Y for each of three corners or more; there are 4",
        ),
        (
            "polygon 0 0 1 1 2 2 3",
            "a polygon takes X Y for each of three corners or more; there are 7",
        ),
        ("rectangle 1 2 3 wide", "'wide' is not a number"),
        ("circle 1 2 inf", "'inf' is not a number"),
        ("circle 1 2 -3", "a length of -3 is less than nothing"),
        (
            "square 1 2 3",
            "there is no shape 'square', only circle, rectangle, ellipse, triangle and polygon",
        ),
    ] {
        shapes(&format!("circle 0 0 1\n{line}\n"))
            .code(1)
            .stderr(contains(format!("line 2: {line}")))
            .stderr(contains(message));
    }
}

#[test]
fn an_empty_scene_and_a_missing_file_are_refused() {
    shapes("# nothing\n")
        .code(1)
        .stderr(contains("the scene holds no shape"));
    support::example("shapes")
        .args(["--scene", "missing.txt"])
        .assert()
        .code(1)
        .stderr(contains("cannot read missing.txt"));
    support::example("shapes")
        .args(["--passes", "0"])
        .assert()
        .code(2);
}
