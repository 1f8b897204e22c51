//! Mail, over SMTP.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use super::{Letter, Sent};
use crate::OpenError;

/// How long the server may take to say anything.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where mail is handed in.
#[derive(Clone)]
pub struct MailServer {
    host: String,
    port: u16,
    security: Security,
    user: Option<String>,
    password: Option<String>,
    from: Mailbox,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Wrapped,
    /// TLS before anything is said.
    StartTls,
    /// None, which only this very machine may hear.
    Plain,
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailServer")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

impl MailServer {
    /// Reads `smtp://user@host:587` (STARTTLS, but nothing on a loopback address) or `smtps://user@host:465`.
    ///
    /// # Errors
    /// What is wrong, as a sentence that repeats no secret.
    pub fn parse(url: &str, password: Option<String>, from: &str) -> Result<Self, String> {
        let wrong = || {
            "must be like smtp://user@mail.example.org:587 or smtps://user@mail.example.org:465"
                .to_owned()
        };
        let (secure, rest) = match url.split_once("://") {
            Some(("smtp", rest)) => (false, rest),
            Some(("smtps", rest)) => (true, rest),
            _ => return Err(wrong()),
        };
        let (user, place) = match rest.trim_end_matches('/').rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest.trim_end_matches('/')),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(
                "has a password in it: give it by reference, in alerts.email.password".to_owned(),
            );
        }
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_not_a_port| wrong())?),
            None => (place, if secure { 465 } else { 587 }),
        };
        if host.is_empty() || host.contains(['/', '?', '#']) {
            return Err(wrong());
        }
        let local = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        let from = from.parse().map_err(
            |_not_one| "alerts.email.from must be a mail address, such as seawall@example.org",
        )?;
        if user.is_some() != password.is_some() {
            return Err(
                "a user needs a password (alerts.email.password), and a password a user".to_owned(),
            );
        }
        Ok(Self {
            host: host.to_owned(),
            port,
            security: match (secure, local) {
                (true, _) => Security::Wrapped,
                (false, true) => Security::Plain,
                (false, false) => Security::StartTls,
            },
            user: user.map(str::to_owned),
            password,
            from,
        })
    }
}

/// A mail server that is ready to be talked to.
pub(super) struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    pub(super) fn new(server: MailServer) -> Result<Self, OpenError> {
        let tls = || {
            TlsParameters::builder(server.host.clone())
                .build_rustls()
                .map_err(|error| {
                    OpenError::Mail(format!("the mail server's name cannot be used: {error}"))
                })
        };
        let tls = match server.security {
            Security::Wrapped => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::Plain => Tls::None,
        };
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.as_str())
                .port(server.port)
                .tls(tls)
                .timeout(Some(TIMEOUT));
        if let (Some(user), Some(password)) = (server.user, server.password) {
            transport = transport.credentials(Credentials::new(user, password));
        }
        Ok(Self {
            transport: transport.build(),
            from: server.from,
        })
    }

    pub(super) async fn send(&self, letter: &Letter) -> Sent {
        let Some(message) = self.message(letter) else {
            return Sent::Refused {
                error: "the mail cannot be written: look at the address".to_owned(),
            };
        };
        match self.transport.send(message).await {
            Ok(_accepted) => Sent::Delivered,
            // The server's own words may repeat the address, which its owner knows.
            Err(error) if error.is_permanent() => Sent::Refused {
                error: format!("the mail server refused it: {error}"),
            },
            Err(error) => Sent::later(format!("the mail server did not take it: {error}")),
        }
    }

    /// A mail's id is the alert's, so that a mailbox can tell a second one of the same.
    fn message(&self, letter: &Letter) -> Option<Message> {
        let at = letter.alert.at.micros().div_euclid(1_000_000);
        let date = std::time::UNIX_EPOCH + Duration::from_secs(u64::try_from(at).ok()?);
        Message::builder()
            .from(self.from.clone())
            .to(letter.target.address.parse().ok()?)
            .subject(one_line(&letter.alert.subject))
            .message_id(Some(format!("<{}@seawall>", letter.alert.id)))
            .date(date)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.alert.text.clone())
            .ok()
    }
}

/// A name with a line break in it must not begin another header.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<MailServer, String> {
        let password = url.contains('@').then(|| "hunter2".to_owned());
        MailServer::parse(url, password, "Seawall <seawall@example.org>")
    }

    #[test]
    fn mail_is_never_sent_in_the_clear_but_to_this_machine() {
        for (url, port, security) in [
            ("smtp://me@mail.example.org", 587, Security::StartTls),
            (
                "smtp://me@example.org@mail.example.org:2525",
                2525,
                Security::StartTls,
            ),
            ("smtps://me@mail.example.org", 465, Security::Wrapped),
            ("smtp://127.0.0.1:1025", 1025, Security::Plain),
            ("smtp://localhost:25/", 25, Security::Plain),
        ] {
            let server = parse(url).unwrap();
            assert_eq!((server.port, server.security), (port, security), "{url}");
        }
    }

    #[test]
    fn a_server_that_makes_no_sense_is_refused_without_repeating_a_password() {
        for url in [
            "",
            "mail.example.org",
            "http://x",
            "smtp://",
            "smtp://x:y",
            "smtp://h/p",
        ] {
            assert!(parse(url).is_err(), "{url}");
        }
        let said = parse("smtp://me:hunter2@mail.example.org").unwrap_err();
        assert!(
            said.contains("by reference") && !said.contains("hunter2"),
            "{said}"
        );
        let said = MailServer::parse("smtp://me@mail.example.org", None, "a@b.c").unwrap_err();
        assert!(said.contains("needs a password"), "{said}");
    }
}
