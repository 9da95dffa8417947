#[static_dispatch(devirt, inline(Circle, Square))]
pub trait Shape: Debug {
    fn area(&self) -> f64;
    fn scale(&mut self, by: f64);
}
