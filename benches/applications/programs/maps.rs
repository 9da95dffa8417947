//! Checks a map in the format GeoJSON by a JSON schema of that format.

mod serve;

use serde_json::{Value, json};

const FEATURES: u32 = 600;
const POINTS: u32 = 60;
const TIMES: u32 = 30;

fn main() {
    let schema = jsonschema::draft7::new(&schema()).expect("the schema is valid");
    let map = map();
    serve::serve(|| (0..TIMES).all(|_| schema.is_valid(&map)));
}

/// Lines and polygons as RFC 7946 describes them.
fn schema() -> Value {
    let geometry = |kind: &str, coordinates: Value| {
        json!({
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": { "type": { "enum": [kind] }, "coordinates": coordinates },
        })
    };
    let array = |least: u32, item: &str| {
        let item = format!("#/definitions/{item}");
        json!({ "type": "array", "minItems": least, "items": { "$ref": item } })
    };
    json!({
        "type": "object",
        "required": ["type", "features"],
        "properties": { "type": { "enum": ["FeatureCollection"] }, "features": array(0, "feature") },
        "definitions": {
            "feature": {
                "type": "object",
                "required": ["type", "properties", "geometry"],
                "properties": {
                    "type": { "enum": ["Feature"] },
                    "properties": { "type": ["object", "null"] },
                    "geometry": { "oneOf": [
                        geometry("LineString", array(2, "position")),
                        geometry("Polygon", array(0, "ring")),
                    ] },
                },
            },
            "ring": array(4, "position"),
            "position": { "type": "array", "minItems": 2, "items": { "type": "number" } },
        },
    })
}

/// Lines and polygons in turn.
fn map() -> Value {
    let feature = |number: u32| {
        let point = |point: u32| json!([f64::from(number) / 7.0, f64::from(point) / 3.0]);
        let points: Vec<_> = (0..POINTS).map(point).collect();
        let geometry = if number.is_multiple_of(2) {
            json!({ "type": "LineString", "coordinates": points })
        } else {
            json!({ "type": "Polygon", "coordinates": [points] })
        };
        json!({ "type": "Feature", "properties": { "name": number }, "geometry": geometry })
    };
    let features: Vec<_> = (0..FEATURES).map(feature).collect();
    json!({ "type": "FeatureCollection", "features": features })
}
