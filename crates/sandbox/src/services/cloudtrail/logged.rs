//! Which events trails record.

use serde_json::Value;

use super::class::{self, Class};
use super::trail::Trail;
use crate::call::Call;
use crate::seed::EventSelectors;
use crate::world::World;

/// What selectors ask of an event, before the call's answer is known.
pub(super) struct Asked<'a> {
    region: &'a str,
    source: String,
    name: String,
    class: &'a Class,
    global: bool,
    caller: &'a str,
}

impl<'a> Asked<'a> {
    pub(super) fn of(world: &'a World, call: &Call, class: &'a Class, region: &'a str) -> Self {
        let actor = world.services.cloudtrail.actor.as_ref();
        let caller = actor.and_then(|actor| actor.user_identity.get("arn"));
        Self {
            region,
            source: class::event_source(&call.service),
            name: class::event_name(call),
            class,
            global: class::is_global(&call.service),
            caller: caller.and_then(Value::as_str).unwrap_or_default(),
        }
    }

    /// Whether some trail of the account, or of its organization, records such an event now.
    pub(super) fn is_logged(&self, world: &World) -> bool {
        let mut trails = world.visible_trails(self.region);
        trails.any(|trail| {
            let global = !self.global || trail.settings.include_global_service_events;
            global && trail.is_logging_in(self.region) && self.is_selected(&trail.selectors)
        })
    }

    fn is_selected(&self, selectors: &EventSelectors) -> bool {
        match selectors {
            EventSelectors::Basic(list) => list.iter().any(|one| self.basic(one)),
            EventSelectors::Advanced(list) => list.iter().any(|one| self.advanced(one)),
        }
    }

    fn basic(&self, selector: &Value) -> bool {
        let member = |name: &str| selector.get(name);
        let wanted = match member("ReadWriteType").and_then(Value::as_str) {
            Some("ReadOnly") => self.class.read_only(),
            Some("WriteOnly") => !self.class.read_only(),
            _ => true,
        };
        let Class::Data { kind, arn, .. } = self.class else {
            let management = member("IncludeManagementEvents").and_then(Value::as_bool);
            let excluded = member("ExcludeManagementEventSources").and_then(Value::as_array);
            let mut excluded = excluded.into_iter().flatten();
            let excluded = excluded.any(|source| source.as_str() == Some(&self.source));
            return wanted && management.unwrap_or(true) && !excluded;
        };
        let resources = member("DataResources").and_then(Value::as_array);
        let mut values = resources
            .into_iter()
            .flatten()
            .filter(|resource| resource.get("Type").and_then(Value::as_str) == Some(kind))
            .filter_map(|resource| resource.get("Values").and_then(Value::as_array))
            .flatten()
            .filter_map(Value::as_str);
        wanted && values.any(|value| arn.starts_with(value))
    }

    fn advanced(&self, selector: &Value) -> bool {
        let fields = selector.get("FieldSelectors").and_then(Value::as_array);
        let Some(fields) = fields else {
            return false;
        };
        fields.iter().all(|field| self.holds(field))
    }

    fn holds(&self, condition: &Value) -> bool {
        let field = condition.get("Field").and_then(Value::as_str);
        let value = self.value(field.unwrap_or_default());
        let values = |operator: &str| {
            let list = condition.get(operator).and_then(Value::as_array);
            list.map(|list| list.iter().filter_map(Value::as_str))
        };
        let any = |operator: &str, test: fn(&str, &str) -> bool| {
            values(operator).map(|mut list| list.any(|wanted| test(value, wanted)))
        };
        let wanted = [
            any("Equals", |value, wanted| value == wanted),
            any("StartsWith", |value, wanted| value.starts_with(wanted)),
            any("EndsWith", |value, wanted| value.ends_with(wanted)),
        ];
        let unwanted = [
            any("NotEquals", |value, wanted| value == wanted),
            any("NotStartsWith", |value, wanted| value.starts_with(wanted)),
            any("NotEndsWith", |value, wanted| value.ends_with(wanted)),
        ];
        // several operators of a field: each must hold
        !wanted.contains(&Some(false)) && !unwanted.contains(&Some(true))
    }

    fn value(&self, field: &str) -> &str {
        match (field, self.class) {
            ("eventCategory", Class::Management { .. }) => "Management",
            ("eventCategory", Class::Data { .. }) => "Data",
            ("readOnly", class) if class.read_only() => "true",
            ("readOnly", _) => "false",
            ("eventSource", _) => &self.source,
            ("eventName", _) => &self.name,
            ("eventType", _) => "AwsApiCall",
            ("userIdentity.arn", _) => self.caller,
            ("sessionCredentialFromConsole", _) => "false",
            ("resources.type", Class::Data { kind, .. }) => kind,
            ("resources.ARN", Class::Data { arn, .. }) => arn,
            _ => "",
        }
    }
}

impl Trail {
    fn is_logging_in(&self, region: &str) -> bool {
        let found = self.status.get(region);
        let found = found.or_else(|| self.status.get(&self.home_region));
        found.is_some_and(|status| status.is_logging)
    }
}
