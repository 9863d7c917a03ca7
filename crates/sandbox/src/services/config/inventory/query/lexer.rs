//! The words of a query.

use std::iter::Peekable;
use std::str::Chars;

/// A word, a value or a sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A keyword or the name of a property.
    Word(String),
    /// A text in single quotes.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// `=`, `,`, `(`, `)`, `*`
    Sign(char),
}

/// Splits a query into its words.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut letters = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(letter) = letters.next() {
        match letter {
            _ if letter.is_whitespace() => {}
            '=' | ',' | '(' | ')' | '*' => tokens.push(Token::Sign(letter)),
            '\'' => tokens.push(Token::Text(quoted(&mut letters)?)),
            _ if letter.is_ascii_digit() || letter == '-' => {
                tokens.push(number(&word(letter, &mut letters))?);
            }
            _ if letter.is_alphabetic() || letter == '_' => {
                tokens.push(Token::Word(word(letter, &mut letters)));
            }
            _ => return Err(format!("unexpected `{letter}`")),
        }
    }
    Ok(tokens)
}

/// The rest of a quoted text; two quotes in it stand for one.
fn quoted(letters: &mut Peekable<Chars<'_>>) -> Result<String, String> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        if letter != '\'' {
            text.push(letter);
        } else if letters.next_if_eq(&'\'').is_some() {
            text.push('\'');
        } else {
            return Ok(text);
        }
    }
    Err("a quote is not closed".to_owned())
}

fn word(first: char, letters: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::from(first);
    let inner = |letter: &char| letter.is_alphanumeric() || "._-:/".contains(*letter);
    while let Some(letter) = letters.next_if(inner) {
        word.push(letter);
    }
    word
}

fn number(text: &str) -> Result<Token, String> {
    match text.parse::<f64>() {
        Ok(_) => Ok(Token::Number(text.to_owned())),
        Err(_) => Err(format!("`{text}` is neither a number nor a property")),
    }
}
