//! The standard library is embedded: its changes rebuild `snowc`.

fn main() {
    println!("cargo:rerun-if-changed=../../stdlib");
}
