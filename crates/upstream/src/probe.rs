//! Requests of ours to an account, beside its calls: lists, an administration API, a probe.
//!
//! Nothing of a client's is in them. So unlike a call they may name an organization and a project, and carry a credential
//! in a header of another name; like a call they go to the account's own address and follow no redirect.

use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::Full;

use crate::client::SendError;
use crate::{Account, Answer, Client};

impl Client {
    /// Asks a route of an account and waits for the beginning of the answer, whose headers come back as they are. The
    /// route may have a query.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn probe(
        &self,
        account: &Account,
        (method, route): (Method, &str),
        (headers, body): (HeaderMap, Bytes),
        patience: Duration,
    ) -> Result<Response<Answer>, SendError> {
        let path = account
            .path(route)
            .ok_or_else(|| SendError::NotSent(format!("{route} is not a path")))?;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path;
        *request.headers_mut() = headers;
        let headers = request.headers_mut();
        headers.insert(header::HOST, account.host_header().clone());
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        );
        if let Some(authorization) = account.authorization() {
            headers.insert(header::AUTHORIZATION, authorization.clone());
        }
        tokio::time::timeout(patience, self.answered(account, request))
            .await
            .map_err(|_elapsed| SendError::TimedOut(patience))?
    }
}
