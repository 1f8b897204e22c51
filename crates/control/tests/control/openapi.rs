//! The description of the API, held against the router and against real answers.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::Request;
use serde_json::{Map, Value, json};

use crate::house::{ADMIN, House};
use crate::town::Town;

/// Where the description is kept, for people and for those who generate clients of it.
const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

/// What the router prints beside the routes: those of its fallbacks, and the description itself.
const NOT_DESCRIBED: [&str; 4] = ["/", "/openapi.json", "/api/v1", "/api/v1/"];

/// What is held against the description elsewhere: the gateway answers the one, and only a store that lost entries has the
/// other, which is tested beside its handler.
const ELSEWHERE: [&str; 2] = ["/v1/me/headroom", "/api/v1/organizations/{org}/rollback"];

fn document() -> Value {
    control::openapi(env!("CARGO_PKG_VERSION"))
}

#[test]
fn the_description_is_the_one_that_is_kept() {
    let text = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::var_os("SEAWALL_RENEW").is_some() {
        std::fs::write(KEPT, &text).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
    assert!(
        kept == text,
        "docs/openapi.json is not what the program says. If the change is meant, renew it with\n\
         SEAWALL_RENEW=1 cargo test -p control --test control openapi\nand read the difference."
    );
}

/// The methods of each path, as the description has them.
fn described() -> BTreeMap<String, BTreeSet<String>> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let paths = paths.iter().map(|(path, operations)| {
        let methods = operations.as_object().unwrap().keys();
        (
            path.clone(),
            methods.map(|method| method.to_uppercase()).collect(),
        )
    });
    paths.collect()
}

/// The methods of each path, as the router has them: what it prints of itself has the paths, and what it says to a method
/// that nobody takes has the methods.
async fn routed(house: &House) -> BTreeMap<String, BTreeSet<String>> {
    let printed = format!("{:?}", house.router());
    let mut routed = BTreeMap::new();
    for path in printed.split('"').filter(|part| part.starts_with('/')) {
        if NOT_DESCRIBED.contains(&path) || path.contains("__private") {
            continue;
        }
        let mut uri = path.to_owned();
        while let Some((before, rest)) = uri.split_once('{') {
            let (_name, after) = rest.split_once('}').unwrap();
            uri = format!("{before}x{after}");
        }
        let request = Request::builder().method("TRACE").uri(&uri);
        let request = request.header("x-api-key", ADMIN).body(Body::empty());
        let reply = house.send(request.unwrap()).await;
        if reply.code() == "not_available_yet" {
            continue;
        }
        assert_eq!(reply.status, 405, "{path}");
        let allowed = reply.headers["allow"].to_str().unwrap().split(',');
        let allowed = allowed.filter(|method| *method != "HEAD");
        routed.insert(path.to_owned(), allowed.map(str::to_owned).collect());
    }
    routed
}

#[tokio::test]
async fn every_route_is_described_and_everything_described_is_a_route() {
    let house = House::new().await;
    let routed = routed(&house).await;
    assert!(
        routed.len() > 25,
        "the router does not print its paths: {routed:?}"
    );
    let mut described = described();
    let own = described.remove("/v1/me/headroom");
    assert!(own.is_some(), "the gateway's own path is described");
    assert_eq!(routed, described);
}

#[test]
fn every_operation_has_a_name_of_its_own_and_every_schema_is_named() {
    let document = document();
    let mut names = BTreeSet::new();
    for operation in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} twice");
        assert!(
            operation["summary"].as_str().unwrap().ends_with('.'),
            "{name}"
        );
    }
    let mut schemas = Vec::new();
    walk(&document["components"]["schemas"], &mut |value| {
        schemas.push(value.clone());
    });
    for schema in &schemas {
        if schema.get("type") == Some(&json!("object")) {
            let shaped =
                schema.get("properties").is_some() || schema.get("additionalProperties").is_some();
            assert!(shaped, "an object of which nothing is said: {schema}");
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let target = document.pointer(target.trim_start_matches('#'));
            assert!(target.is_some(), "nothing at {schema}");
        }
        assert!(
            schema.get("allOf").is_none(),
            "clients make poor types of {schema}"
        );
    }
}

fn operations(document: &Value) -> Vec<Value> {
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values().cloned());
    operations.collect()
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Object(object) => object.values().for_each(|value| walk(value, visit)),
        Value::Array(array) => array.iter().for_each(|value| walk(value, visit)),
        _ => {}
    }
}

/// As the description, but that no object may have a field it does not name.
fn closed() -> Value {
    fn close(value: &mut Value) {
        match value {
            Value::Object(object) => {
                if object.contains_key("properties") && object.get("type") == Some(&json!("object"))
                {
                    object.insert("additionalProperties".to_owned(), json!(false));
                }
                object.values_mut().for_each(close);
            }
            Value::Array(array) => array.iter_mut().for_each(close),
            _ => {}
        }
    }
    let mut document = document();
    close(&mut document["components"]["schemas"]);
    close(&mut document["paths"]);
    document
}

/// What is wrong with an answer, in the words of the schema.
fn problems(document: &Value, schema: &Value, answer: &Value) -> Vec<String> {
    let mut whole: Map<String, Value> = schema.as_object().unwrap().clone();
    whole.insert("components".to_owned(), document["components"].clone());
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&Value::Object(whole))
        .unwrap();
    let errors = validator.iter_errors(answer);
    errors
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect()
}

/// Asks for what a path describes and holds the answer against its schema.
struct Reader<'a> {
    house: &'a House,
    document: Value,
    read: BTreeSet<String>,
}

impl Reader<'_> {
    async fn read(&mut self, path: &str, uri: &str) -> Value {
        let request = Request::get(uri).header("x-api-key", ADMIN);
        let reply = self.house.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, 200, "{uri}: {}", reply.body);
        let answer = "responses/200/content/application~1json/schema";
        let place = format!("/paths/{}/get/{answer}", path.replace('/', "~1"));
        let schema = self.document.pointer(&place);
        let schema = schema.unwrap_or_else(|| panic!("{path} is not described"));
        let problems = problems(&self.document, schema, &reply.body);
        assert!(
            problems.is_empty(),
            "{uri}: {problems:#?}\n{:#}",
            reply.body
        );
        self.read.insert(path.to_owned());
        reply.body
    }
}

#[tokio::test]
async fn what_is_answered_is_what_is_described() {
    let house = House::new().await;
    let town = Town::new(&house).await;
    let mut reader = Reader {
        house: &house,
        document: closed(),
        read: BTreeSet::new(),
    };
    for (path, uri) in town.uris() {
        reader.read(path, &uri).await;
    }
    let answered: BTreeSet<String> = described()
        .into_iter()
        .filter(|(path, methods)| methods.contains("GET") && !ELSEWHERE.contains(&path.as_str()))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(reader.read, answered, "each GET is asked for at least once");
}

#[tokio::test]
async fn an_answer_that_is_not_described_so_is_seen() {
    let house = House::new().await;
    let organization = house.organization("Acme").await;
    let mut answer = house
        .get(&format!("/organizations/{organization}"))
        .await
        .body;
    let document = closed();
    let schema = json!({"$ref": "#/components/schemas/Organization"});
    assert_eq!(problems(&document, &schema, &answer), Vec::<String>::new());
    for (field, value) in [
        ("id", json!("proj_00000000000000000000000000")),
        ("name", json!(null)),
        ("approved_usage_limit_usd", json!(12.5)),
        ("created_at", json!("yesterday")),
        ("colour", json!("blue")),
    ] {
        let before = answer.get(field).cloned();
        answer[field] = value;
        assert_ne!(
            problems(&document, &schema, &answer),
            Vec::<String>::new(),
            "{field}"
        );
        match before {
            Some(before) => answer[field] = before,
            None => drop(answer.as_object_mut().unwrap().remove(field)),
        }
    }
    answer.as_object_mut().unwrap().remove("time_zone");
    assert_ne!(
        problems(&document, &schema, &answer),
        Vec::<String>::new(),
        "a field is missing"
    );
}

#[test]
fn examples_are_what_their_schemas_say() {
    let document = closed();
    let mut seen = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let several = schema["examples"].as_array().into_iter().flatten();
        for example in several.chain(schema.get("example")) {
            assert_eq!(
                problems(&document, schema, example),
                Vec::<String>::new(),
                "{name}"
            );
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen}");
}

#[tokio::test]
async fn errors_are_described_too() {
    let house = House::new().await;
    let document = closed();
    let schema = json!({"$ref": "#/components/schemas/Error"});
    for (path, body) in [
        ("/nowhere", None),
        ("/organizations", Some(json!({"title": "x"}))),
        ("/organizations", Some(json!({"name": 1}))),
        ("/limits", Some(json!({"scope": {"kind": "tag"}}))),
    ] {
        let reply = house.call("POST", path, body).await;
        assert!(reply.status.is_client_error(), "{path}");
        assert_eq!(
            problems(&document, &schema, &reply.body),
            Vec::<String>::new()
        );
    }
}
