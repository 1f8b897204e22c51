//! Getting a port, and saying plainly why it cannot be had.

use std::io::ErrorKind;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::exit::{Exit, Failure};

/// Listens on an address. `setting` is what the remedy names.
pub(crate) async fn bind(address: &str, setting: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let message = match error.kind() {
            ErrorKind::AddrInUse => format!(
                "{address} is in use; stop what listens there, or use another port: {setting} {}",
                another(address)
            ),
            ErrorKind::PermissionDenied => {
                format!("{address} may not be listened on; use a port from 1024: {setting} {}", another(address))
            }
            ErrorKind::AddrNotAvailable => {
                format!("{address} is no address of this machine; use one that is: {setting} 127.0.0.1:8080")
            }
            ErrorKind::InvalidInput => {
                return Failure::usage(format!("`{address}` is not an address and a port, such as 127.0.0.1:8080"));
            }
            _ => format!("cannot listen on {address}: {error}"),
        };
        Failure::new(Exit::Unreachable, message)
    })
}

/// The same address with the next port, as an example.
fn another(address: &str) -> String {
    match address.parse::<SocketAddr>() {
        Ok(mut address) => {
            let next = address.port().checked_add(1).filter(|port| *port >= 1024);
            address.set_port(next.unwrap_or(8080));
            address.to_string()
        }
        Err(_by_name) => "127.0.0.1:8081".to_owned(),
    }
}

/// Where it listens, with the port that port 0 became.
pub(crate) fn address(listener: &TcpListener) -> Result<SocketAddr, Failure> {
    listener
        .local_addr()
        .map_err(|error| Failure::internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_names_the_address_and_the_remedy() {
        let first = bind("127.0.0.1:0", "--listen").await.unwrap();
        let taken = address(&first).unwrap();
        let failure = bind(&taken.to_string(), "--listen").await.unwrap_err();
        assert_eq!(failure.exit, Exit::Unreachable);
        let said = format!(
            "{taken} is in use; stop what listens there, or use another port: --listen 127.0.0.1:"
        );
        assert!(failure.message.starts_with(&said), "{failure}");
    }

    #[tokio::test]
    async fn what_is_no_address_is_called_wrongly() {
        let failure = bind("8080", "--listen").await.unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
    }

    #[test]
    fn another_port_is_the_next_one_that_anybody_may_use() {
        assert_eq!(another("127.0.0.1:8080"), "127.0.0.1:8081");
        assert_eq!(another("0.0.0.0:80"), "0.0.0.0:8080");
        assert_eq!(another("[::1]:65535"), "[::1]:8080");
    }
}
