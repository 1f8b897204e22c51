//! One method of one path, described where its handler is.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::schema;
use crate::show::{At, KeyRef, OrganizationRef, ProjectRef};

/// A schema with its name.
type Named = (String, RefOr<Schema>);

/// What a method of a path takes and answers.
pub(crate) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) object: Map<String, Value>,
    /// Of answers: whatever they have is always there.
    pub(super) answered: Vec<Named>,
    /// Of requests.
    pub(super) asked: Vec<Named>,
}

/// An operation below `/api/v1`; `id` becomes the name of a function in generated clients.
pub(crate) fn get(path: &str, id: &str, about: &str) -> Operation {
    Operation::new("get", format!("/api/v1{path}"), id, about)
}

/// See [`get`].
pub(crate) fn post(path: &str, id: &str, about: &str) -> Operation {
    Operation::new("post", format!("/api/v1{path}"), id, about)
}

/// See [`get`].
pub(crate) fn put(path: &str, id: &str, about: &str) -> Operation {
    Operation::new("put", format!("/api/v1{path}"), id, about)
}

/// See [`get`].
pub(crate) fn patch(path: &str, id: &str, about: &str) -> Operation {
    Operation::new("patch", format!("/api/v1{path}"), id, about)
}

/// See [`get`].
pub(crate) fn delete(path: &str, id: &str, about: &str) -> Operation {
    Operation::new("delete", format!("/api/v1{path}"), id, about)
}

impl Operation {
    pub(super) fn new(method: &'static str, path: String, id: &str, about: &str) -> Self {
        let mut object = Map::new();
        object.insert("operationId".to_owned(), json!(id));
        object.insert("summary".to_owned(), json!(about));
        object.insert("tags".to_owned(), json!([tag(&path)]));
        let params: Vec<Value> = path_params(&path);
        object.insert("parameters".to_owned(), json!(params));
        let error = json!({"default": {"$ref": "#/components/responses/Error"}});
        object.insert("responses".to_owned(), error);
        Self {
            method,
            path,
            object,
            answered: Vec::new(),
            asked: Vec::new(),
        }
    }

    fn push_param(&mut self, param: Value) {
        if let Some(Value::Array(params)) = self.object.get_mut("parameters") {
            params.push(param);
        }
    }

    /// A parameter behind the question mark, of a type's schema.
    pub(crate) fn query<T: ToSchema>(mut self, name: &str, about: &str) -> Self {
        let schema = reference::<T>(&mut self.asked);
        self.push_param(
            json!({"name": name, "in": "query", "description": about, "schema": schema}),
        );
        self
    }

    /// A parameter behind the question mark that must be there.
    pub(crate) fn query_required<T: ToSchema>(mut self, name: &str, about: &str) -> Self {
        let schema = reference::<T>(&mut self.asked);
        self.push_param(json!({
            "name": name, "in": "query", "required": true, "description": about, "schema": schema,
        }));
        self
    }

    /// A parameter behind the question mark that is any text.
    pub(crate) fn query_text(mut self, name: &str, about: &str) -> Self {
        let schema = json!({"type": "string"});
        self.push_param(
            json!({"name": name, "in": "query", "description": about, "schema": schema}),
        );
        self
    }

    /// A header that may be left out.
    pub(crate) fn header_text(mut self, name: &str, about: &str) -> Self {
        let schema = json!({"type": "string"});
        self.push_param(
            json!({"name": name, "in": "header", "description": about, "schema": schema}),
        );
        self
    }

    /// `cursor` and `limit`, which is at most `most`.
    pub(crate) fn paged(mut self, usual: usize, most: usize) -> Self {
        self = self.query_text("cursor", "The `next_cursor` of the page before.");
        let schema = json!({"type": "integer", "minimum": 1, "maximum": most, "default": usual});
        self.push_param(json!({
            "name": "limit", "in": "query", "description": "How many on a page.", "schema": schema,
        }));
        self
    }

    /// Exactly one of `organization`, `project` and `key`.
    pub(crate) fn one_place(self) -> Self {
        self.query::<OrganizationRef>(
            "organization",
            "Of this one. Give exactly one of the three.",
        )
        .query::<ProjectRef>("project", "Of this one.")
        .query::<KeyRef>("key", "Of this one.")
    }

    /// `from` and `to`.
    pub(crate) fn between(self) -> Self {
        self.query::<At>("from", "Not before this time.")
            .query::<At>("to", "Before this time.")
    }

    /// The body that is taken.
    pub(crate) fn takes<T: ToSchema>(self) -> Self {
        self.body::<T>(true)
    }

    /// The body that may be sent.
    pub(crate) fn may_take<T: ToSchema>(self) -> Self {
        self.body::<T>(false)
    }

    fn body<T: ToSchema>(mut self, required: bool) -> Self {
        let schema = reference::<T>(&mut self.asked);
        let content = json!({"application/json": {"schema": schema}});
        let body = json!({"required": required, "content": content});
        self.object.insert("requestBody".to_owned(), body);
        self
    }

    /// It takes an `Idempotency-Key`, with which it cannot happen twice.
    pub(crate) fn once(mut self) -> Self {
        self.push_param(json!({"$ref": "#/components/parameters/IdempotencyKey"}));
        self
    }

    /// 200 with this.
    pub(crate) fn answers<T: ToSchema>(mut self) -> Self {
        let schema = reference::<T>(&mut self.answered);
        self.answer("200", "The answer.", Some(&schema));
        self
    }

    /// 201 with what was created.
    pub(crate) fn creates<T: ToSchema>(mut self) -> Self {
        let schema = reference::<T>(&mut self.answered);
        self.answer("201", "It was created.", Some(&schema));
        self
    }

    /// 202 with how far it has come; it goes on beside the calls.
    pub(crate) fn accepts<T: ToSchema>(mut self) -> Self {
        let schema = reference::<T>(&mut self.answered);
        self.answer("202", "It has begun.", Some(&schema));
        self
    }

    /// 200 with a page of these.
    pub(crate) fn lists<T: ToSchema>(mut self) -> Self {
        let one = reference::<T>(&mut self.answered);
        let cursor = json!({
            "type": ["string", "null"],
            "description": "What to ask for as `cursor` to get the next page; null on the last one.",
        });
        let page = json!({
            "type": "object", "required": ["data", "next_cursor"],
            "properties": {"data": {"type": "array", "items": one}, "next_cursor": cursor},
        });
        self.answer("200", "A page of the list.", Some(&page));
        self
    }

    /// 204 without a body.
    pub(crate) fn ends(mut self) -> Self {
        self.answer("204", "It was done.", None);
        self
    }

    /// Who may ask, where it is not an administrator; nobody in particular with an empty list.
    pub(super) fn open_to(mut self, schemes: &[&str]) -> Self {
        let schemes = schemes.iter().map(|scheme| json!({*scheme: []}));
        let schemes: Vec<Value> = schemes.collect();
        self.object.insert("security".to_owned(), json!(schemes));
        self
    }

    fn answer(&mut self, status: &str, about: &str, schema: Option<&Value>) {
        let mut answer = json!({"description": about});
        if let (Some(schema), Value::Object(answer)) = (schema, &mut answer) {
            let content = json!({"application/json": {"schema": schema}});
            answer.insert("content".to_owned(), content);
        }
        if let Some(Value::Object(responses)) = self.object.get_mut("responses") {
            responses.insert(status.to_owned(), answer);
        }
    }
}

/// A reference to a type's schema, which is kept with all that it refers to itself.
fn reference<T: ToSchema>(kept: &mut Vec<Named>) -> Value {
    kept.push((T::name().into_owned(), T::schema()));
    T::schemas(kept);
    json!({"$ref": format!("#/components/schemas/{}", T::name())})
}

/// What the path is about: its last word that is not a verb of ours belongs to its first one.
fn tag(path: &str) -> &str {
    let below = path.strip_prefix("/api/v1/");
    let first = below.and_then(|below| below.split('/').next());
    first.unwrap_or("operations")
}

fn path_params(path: &str) -> Vec<Value> {
    let ids = schema::ids();
    let params = path.split('/').filter_map(|part| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        let id = ids.iter().find(|(param, _, _)| *param == name);
        let schema = match id {
            Some((_, id, _)) => json!({"$ref": format!("#/components/schemas/{id}")}),
            None => json!({"type": "string"}),
        };
        Some(json!({"name": name, "in": "path", "required": true, "schema": schema}))
    });
    params.collect()
}
