//! The README shows what the demo prints, to the letter.

use std::path::Path;
use std::process::Command;

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let output = Command::new(env!("CARGO_BIN_EXE_trailkeeper"))
        .arg("demo")
        .output()
        .expect("the demo runs");
    assert!(output.status.success(), "{}", output.status);
    let printed = String::from_utf8(output.stdout).expect("the demo prints UTF-8");
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let readme = std::fs::read_to_string(readme).expect("the README is there");
    let shown = readme
        .split("```text\n")
        .find_map(|block| {
            block
                .split("```")
                .next()
                .filter(|block| block.starts_with("Trailkeeper:"))
        })
        .expect("the README has a block with the demo's output");
    assert_eq!(shown, printed);
}
