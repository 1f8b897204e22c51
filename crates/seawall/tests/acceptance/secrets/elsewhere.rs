//! A credential goes to its own address and nowhere else: not where a redirect leads, not where a caller points.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::call::Call;
use crate::http::Ask;
use crate::stage::{PROVIDER_KEY, Setting};

const DOLLAR: i64 = 1_000_000_000;

/// Sends everybody on, and remembers who came.
struct Signpost {
    address: SocketAddr,
    came: Arc<Mutex<Vec<String>>>,
    _serving: JoinSet<()>,
}

impl Signpost {
    /// `to` is where it points; to itself without one.
    async fn raise(status: u16, to: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let came: Arc<Mutex<Vec<String>>> = Arc::default();
        let keeps = Arc::clone(&came);
        let to = to.unwrap_or(address);
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            while let Ok((mut stream, _peer)) = listener.accept().await {
                let mut head = vec![0; 65_536];
                let Ok(read) = stream.read(&mut head).await else {
                    continue;
                };
                let head = String::from_utf8_lossy(&head[..read]).into_owned();
                keeps.lock().unwrap().push(head);
                let answer = format!(
                    "HTTP/1.1 {status} Elsewhere\r\nlocation: http://{to}/v1/elsewhere\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                );
                stream.write_all(answer.as_bytes()).await.ok();
            }
        });
        Self {
            address,
            came,
            _serving: serving,
        }
    }

    fn came(&self) -> Vec<String> {
        self.came.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_call_follows_no_redirect_to_another_host_or_to_the_same_one() {
    for status in [301, 302, 303, 307, 308] {
        let there = Signpost::raise(200, None).await;
        for to in [Some(there.address), None] {
            let here = Signpost::raise(status, to).await;
            let config = format!(
                "[[upstream]]\nname = \"signpost\"\nkind = \"openai\"\nbase_url = \"http://{}/v1\"\napi_key = \"env:SIM_KEY\"\n\
                 [[route]]\nmodels = [\"gpt-5-nano\"]\nupstreams = [\"signpost\"]",
                here.address
            );
            let stage = Setting::default().config(&config).raise();
            let tenant = stage.tenant(DOLLAR).await;
            let answer = stage
                .call(&tenant.secret, &Call::chat().model("gpt-5-nano"))
                .await;
            assert_eq!(answer.status, 502, "{answer:?}");
            assert_eq!(answer.header("location"), None, "{answer:?}");
            let came = here.came();
            assert!(
                !came.is_empty()
                    && came
                        .iter()
                        .all(|head| head.starts_with("POST /v1/chat/completions ")),
                "{came:?}"
            );
            assert!(
                came[0].contains(PROVIDER_KEY),
                "its own address is shown it"
            );
            assert_eq!(there.came(), Vec::<String>::new(), "{status}");
        }
    }
}

#[tokio::test]
async fn a_caller_chooses_no_address_and_makes_no_account() {
    let trap = Signpost::raise(200, None).await;
    let stage = Setting::default().raise();
    let tenant = stage.tenant(DOLLAR).await;
    let to = format!("http://{}/v1", trap.address);
    let call = Call::chat()
        .with("base_url", json!(to))
        .with("api_base", json!(to));
    let headers = [
        "x-forwarded-host",
        "forwarded",
        "x-upstream",
        "x-base-url",
        "x-seawall-upstream",
        "x-original-url",
    ];
    let mut ask = call.ask(&tenant.secret);
    for name in headers {
        ask = ask.header(name, &trap.address.to_string());
    }
    assert_eq!(stage.send(&ask).await.must("x-seawall-upstream"), "openai");
    let foreign = Call::chat()
        .ask(&tenant.secret)
        .header("host", &trap.address.to_string());
    stage.send(&foreign).await;
    assert_eq!(trap.came(), Vec::<String>::new());

    let account = json!({"name": "mine", "kind": "openai", "base_url": to, "api_key": "sk-mine-0123456789abcdef"});
    for (method, path) in [
        (Method::POST, "/api/v1/upstreams"),
        (Method::PATCH, "/api/v1/upstreams/openai"),
        (Method::GET, "/api/v1/upstreams"),
    ] {
        let ask = Ask::new(method, path)
            .bearer(&tenant.secret)
            .json(account.to_string());
        let answer = stage.send(&ask).await;
        assert!(matches!(answer.status, 401 | 403), "{answer:?}");
    }
    // Also an administrator does not send the credential of one address to another.
    let moved = stage
        .administer(
            Method::PATCH,
            "upstreams/openai",
            Some(&json!({"base_url": to})),
        )
        .await;
    assert!((400..500).contains(&moved.status), "{moved:?}");
    assert_eq!(trap.came(), Vec::<String>::new());
}
