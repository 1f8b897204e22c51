//! How projects are described to clients.

use utoipa::ToSchema;

use super::View;
use crate::openapi::operation::{Operation, get, patch, post};
use crate::openapi::schema::words;

words! {
    /// Whether keys of the project may call.
    ProjectState = &["active", "archived"];
}

/// A new project.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
#[schema(example = json!({"name": "chat", "default_max_output": 1000}))]
struct NewProject {
    name: String,
    /// Output tokens for calls that name no maximum. Default: the model's.
    default_max_output: Option<u64>,
}

/// What to change; what is left out stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "requests are read field by field")]
struct ProjectChange {
    #[schema(nullable = false)]
    name: Option<String>,
    /// Null: the model's.
    default_max_output: Option<u64>,
    /// Output tokens below which a call is refused instead of fitted. Null: the setting's.
    fit_floor: Option<u64>,
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get(
            "/organizations/{org}/projects",
            "listProjects",
            "An organization's projects.",
        )
        .paged(100, 1000)
        .lists::<View>(),
        post(
            "/organizations/{org}/projects",
            "createProject",
            "Creates a project.",
        )
        .once()
        .takes::<NewProject>()
        .creates::<View>(),
        get("/projects/{project}", "getProject", "A project.").answers::<View>(),
        patch("/projects/{project}", "updateProject", "Changes a project.")
            .takes::<ProjectChange>()
            .answers::<View>(),
        post(
            "/projects/{project}/archive",
            "archiveProject",
            "Ends a project: no key of it may call.",
        )
        .answers::<View>(),
    ]
}
