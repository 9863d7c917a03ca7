//! The shapes of the services that speak query and ec2, read from `data` on first use.

mod read;

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Boolean,
    Integer,
    Float,
    Time,
    Blob,
    /// Percent-encoded JSON, which boto3 decodes in answers.
    Json,
    /// A list, a map or a structure.
    Shape(&'static str),
}

/// What is made of other things.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// What it holds, and the name of an item on the wire.
    List(Kind, &'static str),
    /// What its keys lead to, and the names of key and value on the wire.
    Map(Kind, &'static str, &'static str),
    Structure(Vec<Member>),
}

/// A member of a structure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Its name on the wire.
    pub(crate) wire: &'static str,
}

/// An operation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QueryOperation {
    pub(crate) name: &'static str,
    pub(crate) input: Option<&'static str>,
    pub(crate) output: Option<&'static str>,
    /// The element around the output.
    pub(crate) wrapper: Option<&'static str>,
}

/// What is known of a service.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    /// Whether every operation of the service is known.
    pub(crate) whole: bool,
    pub(crate) operations: Vec<QueryOperation>,
    shapes: BTreeMap<&'static str, Shape>,
}

struct Source {
    service: &'static str,
    text: &'static str,
    read: OnceLock<Shapes>,
}

const fn source(service: &'static str, text: &'static str) -> Source {
    Source {
        service,
        text,
        read: OnceLock::new(),
    }
}

static SOURCES: [Source; 11] = [
    source("autoscaling", include_str!("../../data/autoscaling.txt")),
    source(
        "cloudformation",
        include_str!("../../data/cloudformation.txt"),
    ),
    source("ec2", include_str!("../../data/ec2.txt")),
    source("elb", include_str!("../../data/elb.txt")),
    source("elbv2", include_str!("../../data/elbv2.txt")),
    source("iam", include_str!("../../data/iam.txt")),
    source("neptune", include_str!("../../data/neptune.txt")),
    source("rds", include_str!("../../data/rds.txt")),
    source("redshift", include_str!("../../data/redshift.txt")),
    source("sns", include_str!("../../data/sns.txt")),
    source("sts", include_str!("../../data/sts.txt")),
];

/// The services whose shapes are known.
pub(crate) fn services() -> Vec<&'static str> {
    SOURCES.iter().map(|source| source.service).collect()
}

impl Shapes {
    /// What is known of a service.
    pub(crate) fn of(service: &str) -> Option<&'static Self> {
        let source = SOURCES.iter().find(|source| source.service == service)?;
        Some(source.read.get_or_init(|| read::shapes(source.text)))
    }

    /// The shape of a name.
    pub(crate) fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Shape, Shapes, services};

    fn inner(shape: &Shape) -> Vec<Kind> {
        match shape {
            Shape::List(item, _) => vec![*item],
            Shape::Map(value, ..) => vec![*value],
            Shape::Structure(members) => members.iter().map(|member| member.kind).collect(),
        }
    }

    #[test]
    fn every_name_in_the_tables_leads_to_a_shape() {
        for service in services() {
            let shapes = Shapes::of(service).unwrap();
            assert!(!shapes.operations.is_empty(), "{service}");
            let named = shapes.operations.iter();
            let named = named.flat_map(|operation| operation.input.iter().chain(&operation.output));
            let named = named.map(|name| Kind::Shape(name));
            for kind in named.chain(shapes.shapes.values().flat_map(inner)) {
                if let Kind::Shape(name) = kind {
                    assert!(shapes.shape(name).is_some(), "{service} {name}");
                }
            }
        }
    }

    #[test]
    fn the_chosen_services_are_whole() {
        let whole = |service: &&str| Shapes::of(service).unwrap().whole;
        let whole: Vec<&str> = services().into_iter().filter(whole).collect();
        assert_eq!(whole, ["iam", "sns", "sts"]);
        assert_eq!(Shapes::of("iam").unwrap().operations.len(), 176);
    }
}
