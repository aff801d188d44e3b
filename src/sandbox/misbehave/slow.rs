//! Defines `slow`: the token endpoint answers after 30 seconds.

use std::time::Duration;

use super::about::About;

pub(super) const ABOUT: About =
    About { name: "slow", explain: "the token endpoint answers after 30 seconds" };

/// Longer than anybody should wait for a token.
const DELAY: Duration = Duration::from_secs(30);

pub(super) async fn wait() {
    tokio::time::sleep(DELAY).await;
}
