//! The mail server that alerts are handed to.

use alerts::MailServer;

use super::secret::SecretRef;
use super::values::Values;
use super::{Config, ConfigError};
use crate::environment::Environment;

/// Refuses a password that stands in the configuration itself, before anything of it is shown.
pub(super) fn check(values: &Values) -> Result<(), ConfigError> {
    if let Some(password) = values.optional("alerts.email.password") {
        SecretRef::parse(password)
            .map_err(|message| values.wrong("alerts.email.password", message))?;
    }
    let url = values.text("alerts.email.smtp");
    let user = url.split_once("://").map_or(url, |(_, rest)| rest);
    match user.rsplit_once('@') {
        Some((user, _)) if user.contains(':') => Err(values.wrong(
            "alerts.email.smtp",
            "has a password in it: give it by reference, in alerts.email.password",
        )),
        _ => Ok(()),
    }
}

impl Config {
    /// The mail server with its password; `None` where none is configured.
    pub(crate) fn open_mail(
        &self,
        environment: &Environment,
    ) -> Result<Option<MailServer>, ConfigError> {
        let values = self.values();
        let password = values.optional("alerts.email.password");
        let from = values.optional("alerts.email.from");
        let Some(url) = values.optional("alerts.email.smtp") else {
            let alone = [
                ("alerts.email.password", password),
                ("alerts.email.from", from),
            ];
            return match alone.into_iter().find(|(_, value)| value.is_some()) {
                Some((name, _)) => {
                    Err(values.wrong(name, "means nothing without alerts.email.smtp"))
                }
                None => Ok(None),
            };
        };
        let password = password
            .map(|text| SecretRef::parse(text)?.resolve(environment))
            .transpose()
            .map_err(|message| values.wrong("alerts.email.password", message))?;
        let password = password.map(|secret| secret.reveal().to_owned());
        let from = from.ok_or_else(|| {
            values.wrong(
                "alerts.email.smtp",
                "needs alerts.email.from, the address that mail comes from",
            )
        })?;
        MailServer::parse(url, password, from)
            .map(Some)
            .map_err(|message| values.wrong("alerts.email.smtp", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    fn opened(pairs: &[(&'static str, &str)]) -> Result<bool, String> {
        let flags = pairs
            .iter()
            .map(|(name, value)| (*name, "--flag", (*value).to_owned()))
            .collect();
        let environment = Environment::from([("MAIL_PASSWORD", "hunter2")]);
        Config::load(Sources { file: None, flags }, &environment)
            .and_then(|config| config.open_mail(&environment))
            .map(|mail| mail.is_some())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_mail_server_is_there_whole_or_not_at_all() {
        let smtp = ("alerts.email.smtp", "smtp://me@mail.example.org:587");
        let password = ("alerts.email.password", "env:MAIL_PASSWORD");
        let from = ("alerts.email.from", "seawall@example.org");
        assert_eq!(opened(&[]), Ok(false));
        assert_eq!(opened(&[smtp, password, from]), Ok(true));
        for (pairs, said) in [
            (vec![from], "means nothing without alerts.email.smtp"),
            (vec![smtp, password], "needs alerts.email.from"),
            (vec![smtp, from], "a user needs a password"),
            (
                vec![smtp, from, ("alerts.email.password", "hunter2")],
                "a secret is given by reference",
            ),
            (
                vec![
                    from,
                    ("alerts.email.smtp", "smtp://me:hunter2@mail.example.org"),
                ],
                "by reference",
            ),
        ] {
            let error = opened(&pairs).unwrap_err();
            assert!(
                error.contains(said) && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
