//! Reading of the environment.

use tracing::Level;
use trailkeeper_lambda::{Mode, Settings};

fn read(variables: &[(&str, &str)]) -> Settings {
    Settings::read(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn modes() {
    assert_eq!(read(&[]).mode, Ok(Mode::Notify));
    let cases = [
        ("off", Some(Mode::Off)),
        ("notify", Some(Mode::Notify)),
        ("enforce", Some(Mode::Enforce)),
        ("", Some(Mode::Notify)),
        ("Enforce", None),
        ("loud", None),
    ];
    for (text, wanted) in cases {
        let mode = read(&[("TRAILKEEPER_MODE", text)]).mode;
        match wanted {
            Some(wanted) => assert_eq!(mode, Ok(wanted), "{text}"),
            None => assert_eq!(mode.unwrap_err().error_type, "bad-setting", "{text}"),
        }
    }
}

#[test]
fn log_levels_are_those_of_lambda() {
    assert_eq!(read(&[]).log_level, Level::INFO);
    let cases = [
        ("TRACE", Level::TRACE),
        ("DEBUG", Level::DEBUG),
        ("INFO", Level::INFO),
        ("warn", Level::WARN),
        ("ERROR", Level::ERROR),
        ("FATAL", Level::ERROR),
        ("SHOUT", Level::INFO),
    ];
    for (text, level) in cases {
        let read = read(&[("AWS_LAMBDA_LOG_LEVEL", text)]);
        assert_eq!(read.log_level, level, "{text}");
    }
}
