//! The real binary as a child process: started, listened to, asked to end, or killed. Ready is what the process itself
//! says on stderr; nothing here waits for a time to pass.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a process says once it takes requests.
const READY: &str = "listening on http://";
/// A process that is not ready, or has not ended, after so long has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the machine's own environment could add to a configuration, beside whatever begins with `SEAWALL_`.
const FOREIGN: [&str; 8] = [
    "OPENAI_API_KEY",
    "OPENAI_ADMIN_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_ORG_ID",
    "OPENAI_ORGANIZATION",
    "OPENROUTER_API_KEY",
    "ANTHROPIC_API_KEY",
    "RUST_LOG",
];

/// What a process is started with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Start {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Start {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        Self {
            arguments: arguments.iter().map(|word| (*word).to_owned()).collect(),
            environment: Vec::new(),
        }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
        let ours = std::env::vars_os().map(|(name, _)| name);
        let ours = ours.filter(|name| name.as_encoded_bytes().starts_with(b"SEAWALL_"));
        for name in ours.chain(FOREIGN.map(OsString::from)) {
            command.env_remove(name);
        }
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end, which must come by itself.
    pub(crate) fn run(&self, folder: &Path) -> Ended {
        let output = self.command().current_dir(folder).output().unwrap();
        Ended {
            status: output.status,
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts it and waits until it takes requests.
    pub(crate) fn serve(&self) -> Process {
        let mut child = self
            .command()
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (ready, address) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let kept = Arc::clone(&said);
        let reader = std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once(READY) {
                    let address = rest.split_whitespace().next().unwrap_or_default();
                    ready.send(address.trim_end_matches('/').to_owned()).ok();
                }
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let mut process = Process {
            child,
            address: SocketAddr::from(([0, 0, 0, 0], 0)),
            said,
            reader: Some(reader),
        };
        process.address = process.read_address(&address);
        process
    }
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A process that takes requests. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    said: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Process {
    fn read_address(&mut self, ready: &Receiver<String>) -> SocketAddr {
        match ready.recv_timeout(PATIENCE) {
            Ok(address) => address.parse().unwrap(),
            Err(_ended_or_late) => {
                self.kill();
                panic!("not ready; it said:\n{}", self.said());
            }
        }
    }

    /// All it said on stderr so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory it has had so far, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        kib.unwrap().trim().parse::<u64>().unwrap() * 1024
    }

    /// Asks it to end, with SIGTERM, and does not wait.
    pub(crate) fn ask_to_end(&self) {
        // The shell's own `kill` is there on every machine.
        let sent = Command::new("sh")
            .args(["-c", &format!("kill -TERM {}", self.child.id())])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for the end that was asked for.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        crate::patience::eventually("the process to end", async || {
            self.child.try_wait().unwrap()
        })
        .await
    }

    /// Asks it to end and waits until it has. It must have ended well.
    pub(crate) async fn stop(mut self) {
        self.ask_to_end();
        let status = self.ended().await;
        assert!(status.success(), "{status}; it said:\n{}", self.said());
    }

    /// Kills it, with SIGKILL, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
        if let Some(reader) = self.reader.take() {
            reader.join().ok();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
