//! What came of a call's attempts that failed, as one column: an array of arrays, and nothing for most calls.

use crate::{LogError, Tried};

type Fields<Text> = (u8, Option<u16>, Option<Text>, Option<Text>);

/// The attempts as the column has them; `None` where there are none.
pub(crate) fn write_tried(tried: &[Tried]) -> Result<Option<String>, LogError> {
    if tried.is_empty() {
        return Ok(None);
    }
    let fields = tried.iter().map(|tried| -> Fields<&str> {
        let (code, cause) = (tried.code.as_deref(), tried.cause.as_deref());
        (tried.number, tried.status, code, cause)
    });
    let written = serde_json::to_string(&fields.collect::<Vec<_>>());
    written
        .map(Some)
        .map_err(|error| LogError::Damaged(error.to_string()))
}

pub(super) fn read_tried(text: Option<&str>) -> Result<Vec<Tried>, LogError> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let fields: Vec<Fields<Box<str>>> =
        serde_json::from_str(text).map_err(|error| LogError::Damaged(format!("tried: {error}")))?;
    let tried = fields
        .into_iter()
        .map(|(number, status, code, cause)| Tried {
            number,
            status,
            code,
            cause,
        });
    Ok(tried.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_takes_no_room() {
        assert_eq!(write_tried(&[]).unwrap(), None);
        assert_eq!(read_tried(None).unwrap(), []);
        let tried = vec![
            Tried {
                number: 1,
                status: Some(429),
                code: Some("insufficient_quota".into()),
                cause: Some("billing_unspecified".into()),
            },
            Tried {
                number: 2,
                status: None,
                code: Some("upstream_disconnected".into()),
                cause: None,
            },
        ];
        let written = write_tried(&tried).unwrap().unwrap();
        assert_eq!(read_tried(Some(&written)).unwrap(), tried);
        assert!(read_tried(Some("[[1]]")).is_err());
    }
}
