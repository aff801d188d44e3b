//! `tieline` alone: what to do next.

use super::{App, accounts};
use crate::error::Result;

pub(crate) fn run(app: &App) -> Result<()> {
    let print = |text: &str| app.terminal.print(text);
    print("tieline connects your terminal to any app's API.\n\n")?;
    if app.accounts().files.list().is_empty() {
        print(concat!(
            "Nothing is connected yet. To begin:\n\n",
            "  tieline demo              watch the whole story in a minute, nothing is kept\n",
            "  tieline apps              find your app\n",
            "  tieline connect github    connect one\n",
        ))?;
    } else {
        accounts::print_table(app)?;
    }
    print("\ntieline --help lists every command.\n")
}
