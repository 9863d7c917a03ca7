//! Texts into selectors.

use serde_json::{Number, Value};

use super::{Filter, Relation, Segment, Selector, SelectorError};

/// Filters within filters go no deeper than this.
const DEEPEST: usize = 8;

impl Selector {
    /// Reads a selector.
    ///
    /// # Errors
    /// Where the text stops being one.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut reader = Reader {
            rest: text.trim(),
            depth: 0,
        };
        let length = reader.rest.len();
        let segments = reader.whole().map_err(|reason| SelectorError {
            selector: text.to_owned(),
            at: text
                .trim()
                .get(..length.saturating_sub(reader.rest.len()))
                .map_or(1, |read| read.chars().count() + 1),
            reason,
        })?;
        Ok(Self {
            written: text.to_owned(),
            segments,
        })
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
}

type Read<T> = Result<T, String>;

impl Reader<'_> {
    fn whole(&mut self) -> Read<Vec<Segment>> {
        if self.rest.is_empty() {
            return Err("it is empty".to_owned());
        }
        let mut segments = Vec::new();
        // The service takes `Stacks[0]` for `$.Stacks[0]`.
        if !self.take("$") && !self.rest.starts_with(['.', '[']) {
            segments.push(Segment::Child(self.name()?));
        }
        self.segments(&mut segments)?;
        if self.rest.is_empty() {
            return Ok(segments);
        }
        Err("a . or a [ is missing".to_owned())
    }

    fn segments(&mut self, segments: &mut Vec<Segment>) -> Read<()> {
        loop {
            if self.take("..") {
                segments.push(Segment::Descend);
                segments.push(self.behind_dot()?);
            } else if self.take(".") {
                segments.push(self.behind_dot()?);
            } else if self.take("[") {
                segments.push(self.bracket()?);
            } else {
                return Ok(());
            }
        }
    }

    fn behind_dot(&mut self) -> Read<Segment> {
        if self.take("[") {
            return self.bracket();
        }
        if self.take("*") {
            return Ok(Segment::All);
        }
        match self.quoted()? {
            Some(name) => Ok(Segment::Child(name)),
            None => Ok(Segment::Child(self.name()?)),
        }
    }

    fn name(&mut self) -> Read<String> {
        let ends = |c: char| c.is_whitespace() || ".[]()'\"=!<>&|?,".contains(c);
        let name: String = self.rest.chars().take_while(|c| !ends(*c)).collect();
        if name.is_empty() {
            return Err("a name is missing".to_owned());
        }
        self.skip(name.len());
        if self.rest.starts_with('(') {
            return Err("functions are not supported".to_owned());
        }
        Ok(name)
    }

    fn bracket(&mut self) -> Read<Segment> {
        self.spaces();
        let segment = if self.take("*") {
            Segment::All
        } else if self.take("?") {
            self.filter()?
        } else if let Some(name) = self.quoted()? {
            Segment::Child(name)
        } else {
            self.index_or_slice()?
        };
        self.spaces();
        self.expect("]")?;
        Ok(segment)
    }

    fn index_or_slice(&mut self) -> Read<Segment> {
        let from = self.number();
        self.spaces();
        if self.take(":") {
            self.spaces();
            return Ok(Segment::Slice(from, self.number()));
        }
        match from {
            Some(index) => Ok(Segment::Index(index)),
            None => Err("an index, a name in quotes or a filter is missing".to_owned()),
        }
    }

    fn number(&mut self) -> Option<i64> {
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        let count = digits.chars().take_while(char::is_ascii_digit).count();
        let length = self.rest.len() - digits.len() + count;
        let number = self.rest.get(..length)?.parse().ok()?;
        self.skip(length);
        Some(number)
    }

    fn filter(&mut self) -> Read<Segment> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("filters are nested too deeply".to_owned());
        }
        self.spaces();
        self.expect("(")?;
        self.spaces();
        self.expect("@")?;
        let mut path = Vec::new();
        self.segments(&mut path)?;
        self.spaces();
        let test = match self.relation() {
            Some(relation) => {
                self.spaces();
                Some((relation, self.literal()?))
            }
            None => None,
        };
        self.spaces();
        if self.rest.starts_with("&&") || self.rest.starts_with("||") {
            return Err("a filter takes one comparison only".to_owned());
        }
        self.expect(")")?;
        self.depth -= 1;
        Ok(Segment::Filter(Filter { path, test }))
    }

    fn relation(&mut self) -> Option<Relation> {
        let known = [
            ("==", Relation::Equal),
            ("!=", Relation::NotEqual),
            ("<=", Relation::LessOrEqual),
            (">=", Relation::GreaterOrEqual),
            ("<", Relation::Less),
            (">", Relation::Greater),
        ];
        let (_, relation) = known.into_iter().find(|(sign, _)| self.take(sign))?;
        Some(relation)
    }

    fn literal(&mut self) -> Read<Value> {
        if let Some(text) = self.quoted()? {
            return Ok(Value::String(text));
        }
        let word: String = self
            .rest
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c))
            .collect();
        let value = match word.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            number => number
                .parse::<Number>()
                .map(Value::Number)
                .map_err(|_| "a number, a text in quotes, true or false is missing".to_owned())?,
        };
        self.skip(word.len());
        Ok(value)
    }

    /// A text in single or double quotes.
    fn quoted(&mut self) -> Read<Option<String>> {
        let Some(quote) = self.rest.chars().next().filter(|c| "'\"".contains(*c)) else {
            return Ok(None);
        };
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            if character == quote {
                self.skip(at + 1);
                return Ok(Some(text));
            }
            let escaped = (character == '\\').then(|| characters.next()).flatten();
            text.push(escaped.map_or(character, |(_, escaped)| escaped));
        }
        Err("a quote is not closed".to_owned())
    }

    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, sign: &str) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, sign: &str) -> Read<()> {
        if self.take(sign) {
            return Ok(());
        }
        Err(format!("{sign} is missing"))
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}
