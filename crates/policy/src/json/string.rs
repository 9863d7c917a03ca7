//! Strings and their escapes.

use std::borrow::Cow;

use super::Reader;
use crate::error::Fault;

impl<'a> Reader<'a> {
    /// Borrows the text unless an escape makes a copy necessary.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let mut start = self.at;
        let mut owned: Option<String> = None;
        loop {
            match self.peek() {
                None => return Err(self.fault("a string does not end")),
                Some(b'"') => {
                    let piece = self.slice(start, self.at);
                    self.at += 1;
                    return Ok(match owned {
                        Some(text) => Cow::Owned(text + piece),
                        None => Cow::Borrowed(piece),
                    });
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_default();
                    text.push_str(self.text.get(start..self.at).unwrap_or_default());
                    let character = self.escape()?;
                    text.push(character);
                    start = self.at;
                }
                Some(0..=0x1F) => {
                    return Err(self.fault("a control character in a string must be escaped"));
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        self.at += 1;
        let simple = match self.peek() {
            Some(mark @ (b'"' | b'\\' | b'/')) => char::from(mark),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.expected("an escape such as `\\n` or `\\u0041`")),
        };
        self.at += 1;
        Ok(simple)
    }

    fn unicode(&mut self) -> Result<char, Fault> {
        let first = self.unit()?;
        let code = if (0xD800..0xDC00).contains(&first) && self.peek() == Some(b'\\') {
            self.at += 1;
            let second = self.unit()?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(self.fault("half of a surrogate pair in a string"));
            }
            0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.fault("half of a surrogate pair in a string"))
    }

    /// `uXXXX`, the reader standing on the `u`.
    fn unit(&mut self) -> Result<u32, Fault> {
        if !self.eat(b'u') {
            return Err(self.expected("`u` and four hexadecimal digits"));
        }
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.expected("a hexadecimal digit"))?;
            self.at += 1;
        }
        Ok(code)
    }
}
