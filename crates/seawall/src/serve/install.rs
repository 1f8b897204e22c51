//! The installation's secrets at the start, and the one case in which making them is refused.

use control::{AdminSecret, Installation};
use journal::Store;

use super::parts::Ids;
use crate::config::Config;
use crate::environment::Environment;
use crate::exit::{Exit, Failure};

/// The record under which an installation keeps its admin keys. Looked for, never read here.
const ADMIN_KEYS: &str = "admin_keys";

/// The admin key that the environment gives.
pub(super) fn admin_key(environment: &Environment) -> Result<Option<AdminSecret>, Failure> {
    let given = environment.get("SEAWALL_ADMIN_KEY");
    given
        .map(|text| AdminSecret::parse(text.to_owned()))
        .transpose()
        .map_err(|error| Failure::new(Exit::Configuration, format!("SEAWALL_ADMIN_KEY: {error}")))
}

/// Refuses a listener that others can reach while no admin key was ever set.
pub(super) async fn may_listen(
    config: &Config,
    given: bool,
    store: &dyn Store,
) -> Result<(), Failure> {
    let listen = config.server.listen;
    if listen.ip().is_loopback() || given {
        return Ok(());
    }
    let installed = store
        .record(ADMIN_KEYS)
        .await
        .map_err(|error| unread(&error))?;
    if installed.is_some() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Configuration,
        format!(
            "{listen} can be reached by others, and no admin key is set: set SEAWALL_ADMIN_KEY to at least 32 \
             characters of your own, such as the output of `openssl rand -hex 32`, or listen on 127.0.0.1"
        ),
    ))
}

/// Reads the installation's secrets, or makes them.
pub(super) async fn open(
    store: &dyn Store,
    given: Option<AdminSecret>,
) -> Result<Installation, Failure> {
    let installation = Installation::open(store, given, &Ids).await;
    installation.map_err(|error| unread(&error))
}

/// The store is there, and does not say what is in it.
pub(super) fn unread(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Exit::Configuration,
        format!("the store cannot be read: {error}"),
    )
}

#[cfg(test)]
mod tests {
    use journal::sqlite::{Durability, Sqlite};

    use super::*;
    use crate::config::Sources;

    #[test]
    fn an_admin_key_that_could_be_guessed_is_refused_without_being_repeated() {
        let environment = Environment::from([("SEAWALL_ADMIN_KEY", "hunter2")]);
        let failure = admin_key(&environment).err().unwrap();
        assert_eq!(failure.exit, Exit::Configuration);
        assert!(
            failure
                .message
                .starts_with("SEAWALL_ADMIN_KEY: an admin key needs at least 32 characters")
        );
        assert!(!failure.message.contains("hunter2"));
    }

    #[tokio::test]
    async fn a_listener_that_others_can_reach_needs_an_admin_key_that_was_set() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(&folder.path().join("s.db"), Durability::Full).unwrap();
        let config = |listen: &str| {
            let flags = vec![("server.listen", "--listen", listen.to_owned())];
            Config::load(Sources { file: None, flags }, &Environment::default()).unwrap()
        };
        let (local, open_to_all) = (config("127.0.0.1:8080"), config("0.0.0.0:8080"));
        assert!(may_listen(&local, false, &store).await.is_ok());
        let failure = may_listen(&open_to_all, false, &store).await.unwrap_err();
        assert_eq!(failure.exit, Exit::Configuration);
        assert!(
            failure
                .message
                .starts_with("0.0.0.0:8080 can be reached by others"),
            "{failure}"
        );
        assert!(may_listen(&open_to_all, true, &store).await.is_ok());
        let given = AdminSecret::parse("x".repeat(32)).unwrap();
        open(&store, Some(given)).await.unwrap();
        assert!(may_listen(&open_to_all, false, &store).await.is_ok());
    }
}
