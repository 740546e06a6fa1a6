//! Replays recordings of `tools/record.py`: `cargo run -p taipan-sre --example replay -- FILE...`

#[path = "../tests/engine/replay.rs"]
mod replay;

fn main() {
    for path in std::env::args().skip(1) {
        let recording = match std::fs::read_to_string(&path) {
            Ok(recording) => recording,
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        let (cases, differences) = replay::replay(&recording);
        for difference in differences.iter().take(6) {
            println!("{difference}");
        }
        println!("{path}: {cases} cases, {} differences", differences.len());
    }
}
