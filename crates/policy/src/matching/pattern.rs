//! Case-sensitive patterns: what they match, cover and touch.

use crate::context::{Context, ContextValue};

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// This character.
    Literal(char),
    /// `?`: any one character.
    One,
    /// `*`: any characters, or none.
    Run,
    /// A `*` that ends before the next colon.
    Part,
    /// A text without a colon that is not known.
    Some,
}

/// A case-sensitive pattern (a resource, a `StringLike` value) with its policy
/// variables filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    tokens: Vec<Token>,
}

/// Why a pattern has no meaning for a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// It names a variable the request does not have.
    Absent,
    /// It names a variable whose value is not known.
    Unknown,
}

impl Pattern {
    /// A text that stands for itself, wildcard characters included.
    #[must_use]
    pub fn literal(text: &str) -> Self {
        Self {
            tokens: text.chars().map(Token::Literal).collect(),
        }
    }

    /// A pattern without policy variables; `${` is plain text.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self::build(text.chars().map(wildcard).collect())
    }

    /// A pattern with policy variables, filled in from a request context.
    ///
    /// # Errors
    /// A variable without a default value is absent from the request, or its
    /// one value is not known.
    pub fn resolve(text: &str, context: &Context) -> Result<Self, Unresolved> {
        let mut tokens = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((variable, behind)) = after.split_once('}') else {
                break;
            };
            tokens.extend(before.chars().map(wildcard));
            tokens.extend(
                variable_value(variable, context)?
                    .chars()
                    .map(Token::Literal),
            );
            rest = behind;
        }
        tokens.extend(rest.chars().map(wildcard));
        Ok(Self::build(tokens))
    }

    /// A `Resource` of a statement about any request: `*` goes past a colon only as the last
    /// character of a segment, and policy variables stand for texts that are not known.
    #[must_use]
    pub fn resource(text: &str, variables: bool) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = variables.then(|| rest.split_once("${")).flatten() {
            let Some((variable, behind)) = after.split_once('}') else {
                break;
            };
            push_segments(&mut tokens, before, Token::Part);
            tokens.push(match variable {
                "*" => Token::Literal('*'),
                "?" => Token::Literal('?'),
                "$" => Token::Literal('$'),
                _ => Token::Some,
            });
            rest = behind;
        }
        push_segments(&mut tokens, rest, Token::Run);
        Self::build(tokens)
    }

    /// All ARNs of a shape such as `arn:${Partition}:s3:::${BucketName}`, given in pieces. No
    /// variable is ever empty, and an account is twelve characters.
    pub(crate) fn shape(pieces: [&str; 2], partition: &str) -> Self {
        let mut tokens = Vec::with_capacity(80);
        for piece in pieces {
            let mut rest = piece;
            while let Some((before, (name, behind))) = rest
                .split_once("${")
                .and_then(|(before, after)| Some((before, after.split_once('}')?)))
            {
                tokens.extend(before.chars().map(Token::Literal));
                match name {
                    "Partition" => tokens.extend(partition.chars().map(Token::Literal)),
                    "Account" | "AccountId" | "ManagementAccountId" | "VpcOwnerAccount" => {
                        tokens.extend([Token::One; 12])
                    }
                    _ => tokens.extend([Token::One, Token::Part]),
                }
                rest = behind;
            }
            tokens.extend(rest.chars().map(Token::Literal));
        }
        Self::build(tokens)
    }

    /// All ARNs of a partition.
    pub(crate) fn every_arn(partition: &str) -> Self {
        let start = ["arn:", partition, ":"].concat();
        let mut tokens: Vec<Token> = start.chars().map(Token::Literal).collect();
        // Of these parts some may be empty, as a bucket's Region is.
        for _ in ["service", "region", "account"] {
            tokens.extend([Token::Part, Token::Literal(':')]);
        }
        tokens.push(Token::Run);
        Self::build(tokens)
    }

    /// How many steps it has, which is what matching takes time by.
    pub(crate) fn steps(&self) -> usize {
        self.tokens.len()
    }

    /// Puts runs of wildcards in one order (`?` before `*`, one `*`), so that
    /// [`Pattern::covers`] need not look at equal patterns written differently.
    fn build(mut tokens: Vec<Token>) -> Self {
        for group in tokens.chunk_by_mut(|a, b| is_wild(*a) && is_wild(*b)) {
            group.sort_by_key(|token| *token != Token::One);
        }
        tokens.dedup_by(|a, b| a == b && matches!(a, Token::Run | Token::Part));
        Self { tokens }
    }

    /// This pattern and then another one.
    #[must_use]
    pub fn join(mut self, mut other: Self) -> Self {
        self.tokens.append(&mut other.tokens);
        Self::build(self.tokens)
    }

    /// Whether everything the other pattern stands for matches this one.
    ///
    /// For a literal this is plain matching. It never says yes wrongly.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let (mut pattern, mut subject) = (self.tokens.as_slice(), other.tokens.as_slice());
        let (mut run, mut part): (Retry<'_>, Retry<'_>) = (None, None);
        loop {
            match (pattern.split_first(), subject.split_first()) {
                (None, None) => return true,
                (Some((Token::Run, rest)), _) => {
                    (run, part) = (Some((rest, subject)), None);
                    pattern = rest;
                }
                (Some((Token::Part, rest)), _) => {
                    part = Some((rest, subject));
                    pattern = rest;
                }
                (Some((p, rest_p)), Some((s, rest_s))) if takes(*p, *s) => {
                    (pattern, subject) = (rest_p, rest_s);
                }
                _ => {
                    let colon = Token::Literal(':');
                    let again = longer(&mut part, |token| token != colon && token != Token::Run)
                        .or_else(|| longer(&mut run, |_| true));
                    let Some(again) = again else {
                        return false;
                    };
                    (pattern, subject) = again;
                }
            }
        }
    }

    /// Whether some text matches both patterns.
    #[must_use]
    pub fn touches(&self, other: &Self) -> bool {
        let Some((own, other)) = between_literals(&self.tokens, &other.tokens) else {
            return false;
        };
        let is_run = |token: &Token| loosened(*token) == Token::Run;
        match (own, other) {
            ([], rest) | (rest, []) => rest.iter().all(is_run),
            ([token], _) | (_, [token]) if is_run(token) => true,
            _ => meet(own, other),
        }
    }

    /// Whether the text matches.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.covers(&Self::literal(text))
    }

    /// The pattern read as a plain text, its wildcards as characters.
    pub(crate) fn as_text(&self) -> String {
        let character = |token: &Token| match token {
            Token::Literal(character) => *character,
            Token::One => '?',
            Token::Run | Token::Part | Token::Some => '*',
        };
        self.tokens.iter().map(character).collect()
    }

    /// The six parts of an ARN, wildcards never crossing from one to the next.
    fn arn_parts(&self) -> Option<Vec<Self>> {
        let parts = self.tokens.splitn(6, |token| *token == Token::Literal(':'));
        let parts: Vec<Self> = parts
            .map(|part| Self {
                tokens: part.to_vec(),
            })
            .collect();
        (parts.len() == 6).then_some(parts)
    }

    /// Whether an ARN matches part by part, as the Arn operators match;
    /// nothing if this pattern does not have the six parts of an ARN.
    #[must_use]
    pub fn matches_arn(&self, arn: &str) -> Option<bool> {
        let parts = self.arn_parts()?;
        let Some(subject) = Self::literal(arn).arn_parts() else {
            return Some(false);
        };
        Some(
            parts
                .iter()
                .zip(&subject)
                .all(|(part, text)| part.covers(text)),
        )
    }
}

fn is_wild(token: Token) -> bool {
    matches!(token, Token::One | Token::Run | Token::Part)
}

/// Where to go on if what follows a star does not fit: behind the star, and there in the subject.
type Retry<'t> = Option<(&'t [Token], &'t [Token])>;

/// Lets a star take one more token of the subject. A star whose characters after it fitted
/// before never has to give any back, so the last star of each kind is enough to remember.
fn longer<'t>(
    retry: &mut Retry<'t>,
    takes: impl Fn(Token) -> bool,
) -> Option<(&'t [Token], &'t [Token])> {
    let (after_star, from) = (*retry)?;
    let (taken, next) = from.split_first()?;
    *retry = takes(*taken).then_some((after_star, next));
    *retry
}

/// What is left of two patterns without the literals that both begin and both end with; nothing
/// where they begin or end with different ones, for then no text matches both. It spares most of
/// the table that [`meet`] fills.
fn between_literals<'t>(
    mut one: &'t [Token],
    mut other: &'t [Token],
) -> Option<(&'t [Token], &'t [Token])> {
    while let ([a @ Token::Literal(_), one_rest @ ..], [b @ Token::Literal(_), other_rest @ ..]) =
        (one, other)
    {
        if a != b {
            return None;
        }
        (one, other) = (one_rest, other_rest);
    }
    while let ([one_rest @ .., a @ Token::Literal(_)], [other_rest @ .., b @ Token::Literal(_)]) =
        (one, other)
    {
        if a != b {
            return None;
        }
        (one, other) = (one_rest, other_rest);
    }
    Some((one, other))
}

/// Whether one text can be read by both lists of tokens.
fn meet(own: &[Token], other: &[Token]) -> bool {
    // reachable[j]: the tokens of `own` read so far and the first j tokens of `other` can stand
    // for one text.
    let other: Vec<Token> = other.iter().copied().map(loosened).collect();
    let mut reachable = vec![false; other.len() + 1];
    if let Some(start) = reachable.first_mut() {
        *start = true;
    }
    spread(&mut reachable, &other);
    for token in own {
        reachable = step(loosened(*token), &reachable, &other);
    }
    reachable.last().copied().unwrap_or(false)
}

/// What stands for at least as many texts, in the tokens of plain patterns.
fn loosened(token: Token) -> Token {
    match token {
        Token::Part | Token::Some => Token::Run,
        other => other,
    }
}

/// Appends a piece of a resource; `last` is a star at its very end.
fn push_segments(tokens: &mut Vec<Token>, piece: &str, last: Token) {
    let mut rest = piece.chars();
    while let Some(character) = rest.next() {
        let token = match character {
            '*' => {
                let mut ahead = rest.clone();
                match ahead.find(|next| !matches!(next, '*' | '?')) {
                    None => last,
                    Some(':') => Token::Run,
                    Some(_) => Token::Part,
                }
            }
            other => wildcard(other),
        };
        tokens.push(token);
    }
}

fn wildcard(character: char) -> Token {
    match character {
        '*' => Token::Run,
        '?' => Token::One,
        other => Token::Literal(other),
    }
}

/// Whether one step of a pattern takes one step of a subject.
fn takes(pattern: Token, subject: Token) -> bool {
    match subject {
        Token::Run | Token::Part | Token::Some => false,
        Token::One => pattern == Token::One,
        Token::Literal(_) => pattern == Token::One || pattern == subject,
    }
}

/// A `*` of the other pattern may stand for nothing.
fn spread(reachable: &mut [bool], other: &[Token]) {
    let mut previous = false;
    for (index, slot) in reachable.iter_mut().enumerate() {
        let run = index.checked_sub(1).and_then(|at| other.get(at)) == Some(&Token::Run);
        *slot |= run && previous;
        previous = *slot;
    }
}

/// The states after one more token of this pattern.
fn step(token: Token, before: &[bool], other: &[Token]) -> Vec<bool> {
    let mut after: Vec<bool> = Vec::with_capacity(before.len());
    let mut left = false;
    for (index, here) in before.iter().copied().enumerate() {
        let last = index.checked_sub(1).and_then(|at| other.get(at).copied());
        let diagonal = index.checked_sub(1).and_then(|at| before.get(at)).copied() == Some(true);
        let reached = match (token, last) {
            (Token::Run, None) => here,
            // This star takes nothing, or one more token of the other.
            (Token::Run, Some(_)) => here || left,
            (_, None) => false,
            // The other's star takes this character, or is over.
            (_, Some(Token::Run)) => here || left,
            (Token::Literal(a), Some(Token::Literal(b))) => diagonal && a == b,
            (_, Some(_)) => diagonal,
        };
        after.push(reached);
        left = reached;
    }
    after
}

/// The value of `${…}`, the braces taken off.
fn variable_value(variable: &str, context: &Context) -> Result<String, Unresolved> {
    if matches!(variable, "*" | "?" | "$") {
        return Ok(variable.to_owned());
    }
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => (key, Some(default.trim().trim_matches('\''))),
        None => (variable, None),
    };
    match (context.get(key.trim()), default) {
        (ContextValue::Absent, Some(default)) => Ok(default.to_owned()),
        (ContextValue::Absent, None) => Err(Unresolved::Absent),
        (ContextValue::Values(values), _) if values.len() == 1 => Ok(values.concat()),
        _ => Err(Unresolved::Unknown),
    }
}
