//! Projects and keys in the model.

use super::{Answer, Key, KeyState, Model, Op};

impl Model {
    pub(super) fn directory(&mut self, op: &Op) -> Answer {
        let now = self.now;
        match *op {
            Op::CreateProject { project } => {
                if self.projects.iter().any(|(other, _)| *other == project) {
                    return Answer::Rejected;
                }
                self.projects.push((project, true));
            }
            Op::Archive { project } => {
                let found = self
                    .projects
                    .iter_mut()
                    .find(|(other, _)| *other == project);
                let Some((_, active)) = found else {
                    return Answer::Rejected;
                };
                *active = false;
            }
            Op::CreateKey {
                key,
                project,
                expires_in,
                only_model,
            } => {
                let active = self.projects.contains(&(project, true));
                if !active || self.key(key).is_some() || expires_in.is_some_and(|in_| in_ <= 0) {
                    return Answer::Rejected;
                }
                let expires_at = expires_in.map(|micros| now + micros);
                let state = KeyState::Active;
                self.keys.push(Key {
                    number: key,
                    project,
                    state,
                    expires_at,
                    only_model,
                });
            }
            Op::Freeze { key }
            | Op::Unfreeze { key }
            | Op::Revoke { key }
            | Op::Expire { key, .. } => {
                let found = self.keys.iter_mut().find(|other| other.number == key);
                let revoke = matches!(op, Op::Revoke { .. });
                match found {
                    Some(key) if key.state != KeyState::Revoked || revoke => {
                        change_key(key, op, now);
                    }
                    _ => return Answer::Rejected,
                }
            }
            _ => unreachable!(),
        }
        Answer::Done
    }
}

fn change_key(key: &mut Key, op: &Op, now: i64) {
    match *op {
        Op::Freeze { .. } => key.state = KeyState::Frozen,
        Op::Unfreeze { .. } => key.state = KeyState::Active,
        Op::Revoke { .. } => key.state = KeyState::Revoked,
        Op::Expire { expires_in, .. } => key.expires_at = expires_in.map(|micros| now + micros),
        _ => unreachable!(),
    }
}
