//! The command's transcripts. `TRYCMD=overwrite cargo test -p trailkeeper` writes them anew.

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.trycmd")
        .case("tests/cmd/*.toml");
}
