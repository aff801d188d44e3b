//! Defines which misbehaviours are on, and which of them have had their one time.

use std::collections::HashSet;
use std::sync::Mutex;

use crate::sandbox::lock::lock;

use super::misbehaviour::Misbehaviour;

/// What goes wrong now, and what has already gone wrong the one time that it should.
pub(in crate::sandbox) struct Switches(Mutex<State>);

#[derive(Default)]
struct State {
    on: Vec<Misbehaviour>,
    spent: HashSet<Misbehaviour>,
}

impl Switches {
    pub(in crate::sandbox) fn new(on: Vec<Misbehaviour>) -> Self {
        Self(Mutex::new(State { on, ..State::default() }))
    }

    pub(in crate::sandbox) fn on(&self) -> Vec<Misbehaviour> {
        lock(&self.0).on.clone()
    }

    /// Takes the place of what went wrong so far; every one time is to come again.
    pub(in crate::sandbox) fn replace(&self, on: Vec<Misbehaviour>) {
        *lock(&self.0) = State { on, ..State::default() };
    }

    /// True once per misbehaviour.
    pub(super) fn first_time(&self, misbehaviour: Misbehaviour) -> bool {
        lock(&self.0).spent.insert(misbehaviour)
    }
}
