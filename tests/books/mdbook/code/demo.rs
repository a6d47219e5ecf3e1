// The first line.
fn main() {
    // ANCHOR: middle
    let a = 1;
    // ANCHOR: inner
    let b = 2;
    // ANCHOR_END: inner
    // ANCHOR_END: middle
    println!("{}", a + b);
}
