//! The form of `data`, as tools/shape_table.py describes it.

use super::{Kind, Member, QueryOperation, Shape, Shapes};

pub(super) fn shapes(text: &'static str) -> Shapes {
    let mut shapes = Shapes::default();
    let mut current = None;
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix('#') {
            shapes.whole |= comment.ends_with(", every operation");
            continue;
        }
        let words: Vec<&'static str> = line.split_ascii_whitespace().collect();
        if !line.starts_with(' ') {
            current = declaration(&words, &mut shapes);
        } else if let Some(Shape::Structure(members)) =
            current.and_then(|name| shapes.shapes.get_mut(name))
        {
            members.extend(member(&words));
        }
    }
    shapes
}

/// Takes a line that begins something; the structure whose members follow, if it is one.
fn declaration(words: &[&'static str], shapes: &mut Shapes) -> Option<&'static str> {
    match words {
        ["op", name, input, output, wrapper] => {
            shapes.operations.push(QueryOperation {
                name,
                input: some(input),
                output: some(output),
                wrapper: some(wrapper),
            });
            None
        }
        ["list", name, item, wire @ ..] => {
            let shape = Shape::List(kind(item), renamed(wire).unwrap_or("member"));
            shapes.shapes.insert(name, shape);
            None
        }
        ["map", name, value, wire @ ..] => {
            let names = renamed(wire).and_then(|names| names.split_once(','));
            let (key, inner) = names.unwrap_or(("key", "value"));
            shapes
                .shapes
                .insert(name, Shape::Map(kind(value), key, inner));
            None
        }
        ["struct", name] => {
            shapes.shapes.insert(name, Shape::Structure(Vec::new()));
            Some(name)
        }
        _ => None,
    }
}

fn member(words: &[&'static str]) -> Option<Member> {
    let (name, rest) = words.split_first()?;
    let (form, wire) = rest.split_first()?;
    Some(Member {
        name,
        kind: kind(form),
        wire: renamed(wire).unwrap_or(name),
    })
}

fn some(word: &'static str) -> Option<&'static str> {
    (word != "-").then_some(word)
}

fn renamed(words: &[&'static str]) -> Option<&'static str> {
    words.first()?.strip_prefix('=')
}

fn kind(word: &'static str) -> Kind {
    match word {
        "str" => Kind::Text,
        "bool" => Kind::Boolean,
        "int" => Kind::Integer,
        "float" => Kind::Float,
        "time" => Kind::Time,
        "blob" => Kind::Blob,
        "json" => Kind::Json,
        name => Kind::Shape(name),
    }
}
