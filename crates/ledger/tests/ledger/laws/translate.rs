//! The model's commands in the ledger's words, and the ledger's answers in the model's.

use ids::Subject;
use ledger::{
    AddCredit, Calls, ChangeBudget, ChangeKey, ChangeLimit, ChargeBack, CheckKind, Command,
    CreateBudget, CreateKey, DirectoryCommand, KeyProblem, LimitOrigin, LimitTerms, LotKind, Mode,
    OnTrip, Outcome, Patience as LedgerPatience, PresumeReason, Quantity, Refusal, ReleaseReason,
    Rolling, Scope as LedgerScope, Settlement, TakeHold, Time, Traits, UsedSoFar,
    Window as LedgerWindow,
};
use money::{Bound, Femtos, Nanos};

use crate::model::{self, Answer, Ask, Measure, Op, Patience, Scope, Window, percents};
use crate::world;

// Names with zeroes in front sort like their numbers.
pub(super) fn key(number: u8) -> ids::KeyId {
    world::key(&format!("k{number:03}"))
}

pub(super) fn lot(number: u8) -> ids::LotId {
    world::lot(&format!("a{number:03}"))
}

pub(super) fn limit(number: u8) -> ids::LimitId {
    world::limit(&format!("l{number:03}"))
}

pub(super) fn budget(number: u8) -> ids::BudgetId {
    world::budget(&format!("b{number:03}"))
}

fn hold(number: u16) -> ids::HoldId {
    world::hold(&format!("h{number:05}"))
}

fn project_name(number: u8) -> String {
    format!("p{number:03}")
}

fn after(now: Time, micros: i64) -> Time {
    Time::from_micros(now.micros() + micros)
}

pub(super) fn command(op: &Op, now: Time) -> Command {
    match *op {
        Op::AddCredit { .. } => Command::AddCredit(add_credit(op, now)),
        Op::ChargeBack {
            lot: number,
            amount,
        } => Command::ChargeBack(ChargeBack {
            lot: lot(number),
            amount: Nanos::new(amount),
            note: "".into(),
        }),
        Op::Void { lot: number } => Command::VoidCredit { lot: lot(number) },
        Op::CreateLimit { .. } | Op::ChangeLimit { .. } => limit_command(op, now),
        Op::DeleteLimit { limit: number } => Command::DeleteLimit { id: limit(number) },
        Op::CreateBudget { .. } | Op::ChangeBudget { .. } | Op::DeleteBudget { .. } => {
            budget_command(op)
        }
        Op::Take(ref ask) => Command::TakeHold(take(ask, now)),
        Op::Renew {
            first,
            count,
            lasts,
        } => Command::RenewHolds {
            holds: (first..first + count).map(hold).collect(),
            deadline: after(now, lasts),
        },
        Op::Settle {
            hold,
            charge,
            tokens,
        } => {
            let charge = world::charge(Nanos::new(charge));
            settle(
                hold,
                match tokens {
                    Some(tokens) => Settlement::Metered {
                        charge,
                        tokens: count(tokens),
                    },
                    None => Settlement::Charge(charge),
                },
            )
        }
        Op::Release { hold } => settle(hold, Settlement::Release(ReleaseReason::NotSent)),
        Op::Presume { hold } => settle(hold, Settlement::Presume(PresumeReason::TimedOut)),
        Op::PresumeBoots { node, boot, most } => Command::PresumeEarlierBoots {
            holder: holder(node, boot),
            most,
        },
        Op::PresumeOverdue { most } => Command::PresumeOverdue { most },
        Op::CreateProject { project } => world::create_project(&project_name(project)),
        Op::Archive { .. }
        | Op::CreateKey { .. }
        | Op::Freeze { .. }
        | Op::Unfreeze { .. }
        | Op::Revoke { .. }
        | Op::Expire { .. } => directory(op, now).into(),
    }
}

fn on(scope: Scope) -> LedgerScope {
    match scope {
        Scope::Organization => LedgerScope::Organization,
        Scope::Project(number) => LedgerScope::Project(world::project(&project_name(number))),
        Scope::Key(number) => LedgerScope::Key(key(number)),
    }
}

fn limit_command(op: &Op, now: Time) -> Command {
    match *op {
        Op::CreateLimit {
            limit: number,
            scope,
            amount,
            window,
            kind,
            ends_in,
        } => Command::CreateLimit(LimitTerms {
            id: limit(number),
            origin: if kind.guard {
                LimitOrigin::Guard
            } else {
                LimitOrigin::Owner
            },
            scope: on(scope),
            calls: calls(kind.calls),
            measure: match kind.measure {
                Measure::Usd => ledger::Measure::Usd,
                Measure::Requests => ledger::Measure::Requests,
                Measure::Tokens => ledger::Measure::Tokens,
            },
            mode: if kind.shadow {
                Mode::Shadow
            } else {
                Mode::Enforce
            },
            on_trip: if kind.freezes {
                OnTrip::FreezeKey
            } else {
                OnTrip::Refuse
            },
            amount: Quantity::new(amount),
            window: in_words(window),
            ends_at: ends_in.map(|micros| after(now, micros)),
        }),
        Op::ChangeLimit {
            limit: number,
            amount,
            reset,
            raised_for,
        } => Command::ChangeLimit(ChangeLimit {
            id: limit(number),
            amount: amount.map(Quantity::new),
            used: if reset {
                UsedSoFar::Reset
            } else {
                UsedSoFar::Keep
            },
            until: raised_for.map(|micros| after(now, micros)),
        }),
        _ => unreachable!(),
    }
}

fn budget_command(op: &Op) -> Command {
    match *op {
        Op::CreateBudget {
            budget: number,
            scope,
            amount,
            window,
            at,
        } => Command::CreateBudget(CreateBudget {
            id: budget(number),
            scope: on(scope),
            amount: Nanos::new(amount),
            window: in_words(window),
            thresholds: percents(at),
        }),
        Op::ChangeBudget {
            budget: number,
            amount,
            at,
        } => Command::ChangeBudget(ChangeBudget {
            id: budget(number),
            amount: amount.map(Nanos::new),
            thresholds: at.map(percents),
        }),
        Op::DeleteBudget { budget: number } => Command::DeleteBudget { id: budget(number) },
        _ => unreachable!(),
    }
}

fn add_credit(op: &Op, now: Time) -> AddCredit {
    let Op::AddCredit {
        lot: number,
        amount,
        lapses_in,
        priority,
    } = *op
    else {
        unreachable!()
    };
    AddCredit {
        lot: lot(number),
        kind: LotKind::Purchase,
        amount: Nanos::new(amount),
        lapses_at: lapses_in.map(|micros| after(now, micros)),
        priority,
        note: "".into(),
    }
}

fn directory(op: &Op, now: Time) -> DirectoryCommand {
    match *op {
        Op::Archive { project } => DirectoryCommand::ArchiveProject {
            id: world::project(&project_name(project)),
        },
        Op::CreateKey {
            key: number,
            project,
            expires_in,
            only_model,
        } => DirectoryCommand::CreateKey(CreateKey {
            expires_at: expires_in.map(|micros| after(now, micros)),
            models: only_model.map(|model| vec![model_name(model)]),
            ..world::create_key(&format!("k{number:03}"), &project_name(project))
        }),
        Op::Freeze { key: number } => DirectoryCommand::FreezeKey {
            id: key(number),
            reason: "why".into(),
        },
        Op::Unfreeze { key: number } => DirectoryCommand::UnfreezeKey { id: key(number) },
        Op::Revoke { key: number } => DirectoryCommand::RevokeKey { id: key(number) },
        Op::Expire {
            key: number,
            expires_in,
        } => DirectoryCommand::ChangeKey(ChangeKey {
            id: key(number),
            name: None,
            expires_at: Some(expires_in.map(|micros| after(now, micros))),
            models: None,
            ip_allow: None,
        }),
        _ => unreachable!(),
    }
}

fn in_words(window: Window) -> LedgerWindow {
    let zone = |tokyo| if tokyo { "Asia/Tokyo" } else { "UTC" }.into();
    match window {
        Window::Total => LedgerWindow::Total,
        Window::Day { tokyo } => LedgerWindow::Day {
            time_zone: zone(tokyo),
        },
        Window::Week { tokyo } => LedgerWindow::Week {
            time_zone: zone(tokyo),
        },
        Window::Month { tokyo } => LedgerWindow::Month {
            time_zone: zone(tokyo),
        },
        Window::Rolling { seconds } => LedgerWindow::Rolling(Rolling {
            seconds: u32::try_from(seconds).unwrap(),
        }),
    }
}

pub(super) fn model_name(number: u8) -> Box<str> {
    format!("model-{number}").into()
}

fn holder(node: u8, boot: u8) -> ledger::Holder {
    world::holder(&format!("n{node}"), &format!("b{boot}"))
}

fn settle(number: u16, settlement: Settlement) -> Command {
    Command::Settle {
        hold: hold(number),
        settlement,
    }
}

fn take(ask: &Ask, now: Time) -> TakeHold {
    let femtos = |amount: i64| Femtos::new(i128::from(amount));
    TakeHold {
        hold: hold(ask.hold),
        key: key(ask.key),
        bound: Bound::linear(
            femtos(ask.fixed),
            femtos(ask.per_unit),
            ask.units,
            ask.floor,
        )
        .unwrap(),
        patience: match ask.patience {
            Patience::Try => LedgerPatience::Try,
            Patience::Wait => LedgerPatience::Wait,
            Patience::Last => LedgerPatience::Last,
        },
        holder: holder(ask.node, ask.boot),
        deadline: after(now, ask.lasts),
        route: "/v1/chat/completions".into(),
        model: model_name(ask.model),
        upstream: "openai".into(),
        traits: traits(ask),
        others_wait: ask.others_wait,
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap()
}

pub(super) fn user(number: u8) -> Subject {
    world::subject(&format!("u{number}"))
}

pub(super) fn tag(number: u8) -> Subject {
    world::subject(&format!("t{number}"))
}

fn calls(calls: model::Calls) -> Calls {
    match calls {
        model::Calls::All => Calls::All,
        model::Calls::Model(number) => Calls::Model(model_name(number)),
        model::Calls::User(number) => Calls::EndUser(user(number)),
        model::Calls::EachUser => Calls::EachEndUser,
        model::Calls::Tag(number) => Calls::Tag(Box::new(ledger::Tag {
            subject: tag(number),
            name: "tag".into(),
        })),
        model::Calls::EachTag => Calls::EachTag,
    }
}

pub(super) fn traits(ask: &Ask) -> Traits {
    let tags = (0..8).filter(|number| ask.tags >> number & 1 == 1);
    Traits {
        tokens: count(ask.tokens),
        tokens_per_unit: count(ask.tokens_per_unit),
        end_user: ask.user.map(user),
        tags: tags.map(tag).collect(),
    }
}

pub(super) fn answer(outcome: &Outcome) -> Answer {
    match outcome {
        Outcome::Done { .. } => Answer::Done,
        Outcome::Rejected(_) => Answer::Rejected,
        Outcome::Granted(grant) => Answer::Granted {
            amount: grant.amount.get(),
            units: grant.units,
            fitted: grant.fitted,
        },
        Outcome::Wait => Answer::Wait,
        Outcome::Refused(refusal) => refused(refusal),
        Outcome::Closed(receipt) => Answer::Closed {
            charged: receipt.charged.get(),
            overrun: receipt.overrun.get(),
            changed: receipt.changed,
        },
        Outcome::Presumed {
            holds,
            amount,
            more,
        } => Answer::Presumed {
            holds: *holds,
            amount: amount.get(),
            more: *more,
        },
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let short = match refusal {
        Refusal::Key(problem) => {
            return Answer::KeyRefused(match problem {
                KeyProblem::Unknown => "unknown",
                KeyProblem::Revoked => "revoked",
                KeyProblem::Expired(_) => "expired",
                KeyProblem::Frozen(_) => "frozen",
                KeyProblem::ProjectArchived => "archived",
                KeyProblem::ModelNotAllowed(_) => "model",
            });
        }
        Refusal::Money(short) => short,
    };
    let binding = short.binding().expect("a check that binds");
    let binding = match binding.kind {
        CheckKind::HardLimit(id)
        | CheckKind::ModelLimit(id)
        | CheckKind::EndUserLimit(id)
        | CheckKind::TagLimit(id) => {
            let name = world::name_of(id.to_bytes());
            Some(name.trim_start_matches('l').parse().unwrap())
        }
        CheckKind::ApprovedUsageLimit(_) | CheckKind::UpstreamCap(_) => panic!("there is none"),
        CheckKind::CreditBalance => None,
    };
    Answer::MoneyRefused {
        binding,
        transient: short.transient,
    }
}
