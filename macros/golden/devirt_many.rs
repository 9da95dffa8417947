#[static_dispatch(devirt, inline(Circle, Square, Star))]
trait Shape {
    fn area(&self) -> f64;
}
