//! Reads a query.

use super::lexer::{Token, tokens};
use super::property::Path;

/// How deep conditions may be nested.
const DEEPEST: usize = 50;
/// Keywords of SQL that AWS Config does not understand.
const FOREIGN: [&str; 10] = [
    "ALL", "AS", "DISTINCT", "FROM", "HAVING", "IS", "JOIN", "LIMIT", "NULL", "UNION",
];
/// Functions over several rows.
const AGGREGATES: [&str; 5] = ["AVG", "COUNT", "MAX", "MIN", "SUM"];

/// A query as it was understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query {
    pub(super) selection: Selection,
    pub(super) condition: Option<Condition>,
    /// The properties to sort by, and whether from the last to the first.
    pub(super) order: Vec<(Path, bool)>,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Selection {
    All,
    Paths(Vec<Path>),
}

/// What a resource must fulfil.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// The property is one of these values.
    In(Path, Vec<String>),
    /// The property lies between these values, both included.
    Between(Path, String, String),
    /// The property begins with this text; the number of letters that follow, if that counts.
    Like(Path, String, Option<usize>),
}

/// Why a query is not answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Refusal {
    /// AWS Config does not understand it either.
    Syntax(String),
    /// AWS Config answers it, this model does not.
    NotModelled,
}

type Parsed<T> = Result<T, Refusal>;

fn syntax<T>(problem: impl Into<String>) -> Parsed<T> {
    Err(Refusal::Syntax(problem.into()))
}

pub(super) fn parse(text: &str) -> Parsed<Query> {
    let mut tokens = tokens(text).map_err(Refusal::Syntax)?;
    if tokens.last() == Some(&Token::Word(";".to_owned())) {
        tokens.pop();
    }
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
    };
    parser.query()
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Parser {
    fn query(&mut self) -> Parsed<Query> {
        self.need_word("SELECT")?;
        let selection = self.selection()?;
        let condition = match self.word("WHERE") {
            true => Some(self.any(0)?),
            false => None,
        };
        if self.word("GROUP") {
            return Err(Refusal::NotModelled);
        }
        let order = match self.word("ORDER") {
            true => self.order()?,
            false => Vec::new(),
        };
        match self.tokens.next() {
            None => Ok(Query {
                selection,
                condition,
                order,
            }),
            Some(token) => syntax(format!("unexpected {}", shown(&token))),
        }
    }

    fn selection(&mut self) -> Parsed<Selection> {
        if self.sign('*') {
            return Ok(Selection::All);
        }
        let mut paths = Vec::new();
        loop {
            paths.push(self.selected()?);
            if !self.sign(',') {
                return Ok(Selection::Paths(paths));
            }
        }
    }

    fn selected(&mut self) -> Parsed<Path> {
        let aggregate = matches!(self.tokens.peek(), Some(Token::Word(word))
            if AGGREGATES.contains(&word.to_ascii_uppercase().as_str()));
        if aggregate {
            return Err(Refusal::NotModelled);
        }
        self.path()
    }

    fn order(&mut self) -> Parsed<Vec<(Path, bool)>> {
        self.need_word("BY")?;
        let mut order = Vec::new();
        loop {
            let path = self.selected()?;
            let descending = !self.word("ASC") && self.word("DESC");
            order.push((path, descending));
            if !self.sign(',') {
                return Ok(order);
            }
        }
    }

    fn any(&mut self, depth: usize) -> Parsed<Condition> {
        if depth > DEEPEST {
            return syntax("the condition is nested too deep");
        }
        let mut parts = vec![self.all(depth)?];
        while self.word("OR") {
            parts.push(self.all(depth)?);
        }
        Ok(Condition::Any(parts))
    }

    fn all(&mut self, depth: usize) -> Parsed<Condition> {
        let mut parts = vec![self.one(depth)?];
        while self.word("AND") {
            parts.push(self.one(depth)?);
        }
        Ok(Condition::All(parts))
    }

    fn one(&mut self, depth: usize) -> Parsed<Condition> {
        if depth > DEEPEST {
            return syntax("the condition is nested too deep");
        }
        if self.word("NOT") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.sign('(') {
            let inner = self.any(depth + 1)?;
            self.need_sign(')')?;
            return Ok(inner);
        }
        let path = self.path()?;
        if self.sign('=') {
            return Ok(Condition::In(path, vec![self.value()?]));
        }
        let negated = self.word("NOT");
        let condition = self.comparison(path)?;
        Ok(match negated {
            true => Condition::Not(Box::new(condition)),
            false => condition,
        })
    }

    fn comparison(&mut self, path: Path) -> Parsed<Condition> {
        if self.word("IN") {
            return Ok(Condition::In(path, self.values()?));
        }
        if self.word("BETWEEN") {
            let low = self.value()?;
            self.need_word("AND")?;
            return Ok(Condition::Between(path, low, self.value()?));
        }
        if self.word("LIKE") {
            return like(path, &self.value()?);
        }
        syntax(format!(
            "`=`, IN, BETWEEN or LIKE must follow {path}, not {}",
            self.tokens.peek().map_or("the end".to_owned(), shown)
        ))
    }

    fn values(&mut self) -> Parsed<Vec<String>> {
        self.need_sign('(')?;
        let mut values = Vec::new();
        loop {
            values.push(self.value()?);
            if !self.sign(',') {
                self.need_sign(')')?;
                return Ok(values);
            }
        }
    }

    fn value(&mut self) -> Parsed<String> {
        match self.tokens.next() {
            Some(Token::Text(text) | Token::Number(text)) => Ok(text),
            Some(Token::Word(word)) if ["true", "false"].contains(&word.as_str()) => Ok(word),
            Some(token) => syntax(format!("a value is expected, not {}", shown(&token))),
            None => syntax("a value is expected, not the end"),
        }
    }

    fn path(&mut self) -> Parsed<Path> {
        match self.tokens.next() {
            Some(Token::Word(word)) if FOREIGN.contains(&word.to_ascii_uppercase().as_str()) => {
                syntax(format!("{word} is not supported"))
            }
            Some(Token::Word(word)) => Path::parse(&word).map_err(Refusal::Syntax),
            Some(token) => syntax(format!("a property is expected, not {}", shown(&token))),
            None => syntax("a property is expected, not the end"),
        }
    }

    /// Whether the keyword comes next, which is then behind.
    fn word(&mut self, keyword: &str) -> bool {
        let is = |token: &Token| matches!(token, Token::Word(w) if w.eq_ignore_ascii_case(keyword));
        self.tokens.next_if(is).is_some()
    }

    fn need_word(&mut self, keyword: &str) -> Parsed<()> {
        match self.word(keyword) {
            true => Ok(()),
            false => syntax(format!("{keyword} is expected")),
        }
    }

    fn sign(&mut self, sign: char) -> bool {
        self.tokens.next_if_eq(&Token::Sign(sign)).is_some()
    }

    fn need_sign(&mut self, sign: char) -> Parsed<()> {
        match self.sign(sign) {
            true => Ok(()),
            false => syntax(format!("`{sign}` is expected")),
        }
    }
}

/// Wildcards stand at the end, after at least three letters.
fn like(path: Path, pattern: &str) -> Parsed<Condition> {
    let start = pattern.trim_end_matches(['%', '_']);
    let wild = pattern.strip_prefix(start).unwrap_or_default();
    if start.contains(['%', '_']) || start.chars().count() < 3 && !wild.is_empty() {
        return syntax(format!(
            "'{pattern}': wildcards are supported at the end only, after three letters or more"
        ));
    }
    let exact = (!wild.contains('%')).then_some(wild.len());
    Ok(Condition::Like(path, start.to_owned(), exact))
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(text) | Token::Number(text) => format!("`{text}`"),
        Token::Text(text) => format!("'{text}'"),
        Token::Sign(sign) => format!("`{sign}`"),
    }
}
