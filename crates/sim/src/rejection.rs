//! Requests that the provider cannot serve: wrong, rather than refused by a fault. In the provider's envelope.

use http::StatusCode;

/// A request that is wrong, and what to say of it.
#[derive(Clone, Debug)]
pub(crate) struct Rejection {
    pub(crate) status: StatusCode,
    message: String,
    param: Option<&'static str>,
    code: Option<&'static str>,
    /// Whether it is told in Anthropic's envelope.
    anthropic: bool,
}

impl Rejection {
    /// A body that is not the JSON it should be.
    pub(crate) fn json(error: &serde_json::Error) -> Self {
        Self::sentence(format!(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP \
             library correctly. The parser said: {error})"
        ))
    }

    /// A model that is not sold.
    pub(crate) fn model(model: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: format!("The model `{model}` does not exist or you do not have access to it."),
            param: None,
            code: Some("model_not_found"),
            anthropic: false,
        }
    }

    /// A value that a member cannot have.
    pub(crate) fn value(param: &'static str, value: &str, supported: &str) -> Self {
        Self {
            param: Some(param),
            code: Some("invalid_value"),
            ..Self::sentence(format!(
                "Invalid value: '{value}'. Supported values are: {supported}."
            ))
        }
    }

    /// A number of tokens below one.
    pub(crate) fn below_one(param: &'static str) -> Self {
        Self {
            param: Some(param),
            code: Some("integer_below_min_value"),
            ..Self::sentence(format!(
                "Invalid '{param}': integer below minimum value. Expected a value >= 1, but got 0 instead."
            ))
        }
    }

    /// A path that does not exist.
    pub(crate) fn path(method: &http::Method, path: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::sentence(format!("Invalid URL ({method} {path})"))
        }
    }

    /// A path that exists, for another method.
    pub(crate) fn method(method: &http::Method, path: &str) -> Self {
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            ..Self::sentence(format!(
                "Not allowed to {method} on {path}. (HINT: Perhaps you meant to use a different HTTP method?)"
            ))
        }
    }

    /// A body beyond the bound.
    pub(crate) fn too_large() -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Self::sentence("The body is larger than 64 MiB, or broke off.".to_owned())
        }
    }

    /// Anything else that is wrong with a request.
    pub(crate) fn sentence(message: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message,
            param: None,
            code: None,
            anthropic: false,
        }
    }

    /// The same in Anthropic's envelope.
    pub(crate) fn in_anthropics_envelope(self) -> Self {
        Self {
            anthropic: true,
            ..self
        }
    }

    /// The bytes of the answer.
    pub(crate) fn body(&self) -> String {
        if self.anthropic {
            let kind = match self.status {
                StatusCode::NOT_FOUND => "not_found_error",
                StatusCode::PAYLOAD_TOO_LARGE => "request_too_large",
                _ => "invalid_request_error",
            };
            let error = serde_json::json!({"type": kind, "message": self.message});
            return serde_json::json!({"type": "error", "error": error}).to_string();
        }
        let error = serde_json::json!({"error": {
            "message": self.message,
            "type": "invalid_request_error",
            "param": self.param,
            "code": self.code,
        }});
        format!("{error:#}\n")
    }
}
