//! SelectResourceConfig: properties of the resources that are there, asked for in the subset of
//! SQL that AWS Config documents.
//!
//! Understood are lists of properties and `*`, `WHERE` with `=`, `IN`, `BETWEEN`, `LIKE`, `AND`,
//! `OR`, `NOT` and parentheses, and `ORDER BY`. Aggregation is not modelled. What AWS Config does
//! not understand is refused as AWS Config refuses it.

mod lexer;
mod matching;
mod parser;
mod property;

use std::cmp::Ordering;
use std::ops::Bound;

use serde_json::{Map, Value, json};

use super::super::input::Input;
use super::super::page::{after, first_page, page};
use super::{Item, Resource};
use crate::call::{ApiError, Call};
use crate::services::not_implemented;
use crate::world::World;
use matching::holds;
use parser::{Query, Refusal, Selection, parse};
use property::{Path, scalars};

/// What `SELECT *` stands for: the properties of the first level that are no structures.
const ALL: [&str; 10] = [
    "accountId",
    "arn",
    "availabilityZone",
    "awsRegion",
    "configurationItemCaptureTime",
    "resourceCreationTime",
    "resourceId",
    "resourceName",
    "resourceType",
    "version",
];
/// How many rows a page has unless the call says otherwise.
const PAGE: usize = 25;

pub(super) fn select(world: &World, call: &Call) -> Result<Value, ApiError> {
    let input = Input::of(&call.input)?;
    let expression = input.required_text("Expression", 1, 4096)?;
    let size = input.limit("Limit", 100)?.filter(|size| *size > 0);
    let token = input.text("NextToken", 0, usize::MAX)?;
    let query = parse(expression).map_err(|refusal| refused(call, refusal))?;
    let names: Vec<String> = match &query.selection {
        Selection::All => ALL.map(String::from).into(),
        Selection::Paths(paths) => paths.iter().map(Path::to_string).collect(),
    };
    let rows = Rows {
        world,
        call,
        query: &query,
        paths: paths(&query),
        size: size.unwrap_or(PAGE),
    };
    let (rows, next) = rows.page(token)?;
    let fields: Vec<Value> = names.iter().map(|name| json!({"Name": name})).collect();
    let mut members = Map::new();
    members.insert("Results".to_owned(), json!(rows));
    members.insert("QueryInfo".to_owned(), json!({"SelectFields": fields}));
    if let Some(token) = next {
        members.insert("NextToken".to_owned(), json!(token));
    }
    Ok(Value::Object(members))
}

fn refused(call: &Call, refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::Syntax(problem) => {
            let text = format!("The syntax of the query is incorrect: {problem}");
            ApiError::new("InvalidExpressionException", text)
        }
        Refusal::NotModelled => not_implemented(call),
    }
}

fn paths(query: &Query) -> Vec<Path> {
    match &query.selection {
        Selection::All => ALL.iter().map(|name| Path::of(name)).collect(),
        Selection::Paths(paths) => paths.clone(),
    }
}

/// The rows of a query.
struct Rows<'a> {
    world: &'a World,
    call: &'a Call,
    query: &'a Query,
    paths: Vec<Path>,
    size: usize,
}

impl Rows<'_> {
    fn page(&self, token: Option<&str>) -> Result<(Vec<String>, Option<String>), ApiError> {
        let operation = &self.call.operation;
        if self.query.order.is_empty() {
            let start = after(operation, token)?.unwrap_or(Bound::Unbounded);
            let rows = self.items(start).map(|(of, item)| (of, self.row(item)));
            return Ok(first_page(operation, rows, self.size));
        }
        let mut items: Vec<&Item> = self.items(Bound::Unbounded).map(|(_, item)| item).collect();
        items.sort_by(|one, other| self.compare(one, other));
        let (items, next) = page(operation, items, token, self.size)?;
        Ok((items.into_iter().map(|item| self.row(item)).collect(), next))
    }

    fn items(&self, start: Bound<Resource>) -> impl Iterator<Item = (&Resource, &Item)> {
        let inventory = &self.world.services.config.inventory;
        let present = inventory.present(&self.call.region, start);
        let condition = self.query.condition.as_ref();
        present
            .map(|(resource, item)| (resource, item.as_ref()))
            .filter(move |(_, item)| condition.is_none_or(|condition| holds(condition, item)))
    }

    fn row(&self, item: &Item) -> String {
        let mut row = Value::Null;
        for path in &self.paths {
            if let Some(found) = path.cut(item) {
                property::merge(&mut row, found);
            }
        }
        if row.is_null() {
            return "{}".to_owned();
        }
        row.to_string()
    }

    fn compare(&self, one: &Item, other: &Item) -> Ordering {
        let orders = self.query.order.iter().map(|(path, descending)| {
            let order = scalars(one, path).cmp(&scalars(other, path));
            if *descending { order.reverse() } else { order }
        });
        orders.fold(Ordering::Equal, Ordering::then)
    }
}
