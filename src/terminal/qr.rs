//! A QR code in the terminal, so that a telephone need not be typed on.

use qrcode::{Color, EcLevel, QrCode};

/// Modules of white around the code that scanners want (ISO/IEC 18004: four; two are enough on a
/// screen).
const QUIET: usize = 2;

/// The lines of a QR code, two rows a line in half blocks; `None` where the text is too long. Dark on
/// light, whatever the terminal's colors: scanners do not read the other way round.
#[must_use]
pub fn qr_code(text: &str) -> Option<Vec<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let size = width + 2 * QUIET;
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| (QUIET..QUIET + width).contains(&at);
        inside(x) && inside(y) && code[(x - QUIET, y - QUIET)] == Color::Dark
    };
    let line = |y: usize| -> String {
        let blocks = (0..size).map(|x| match (is_dark(x, y), is_dark(x, y + 1)) {
            (true, true) => ' ',
            (true, false) => '\u{2584}',
            (false, true) => '\u{2580}',
            (false, false) => '\u{2588}',
        });
        // White on black, said in full: what is not drawn is dark then.
        format!("\u{1b}[97;40m{}\u{1b}[0m", blocks.collect::<String>())
    };
    Some((0..size).step_by(2).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_and_has_its_three_corners() {
        let lines = qr_code("https://example.com/device?user_code=WDJB-MJHT").unwrap();
        let rows: Vec<String> = lines
            .iter()
            .map(|line| line.trim_start_matches("\u{1b}[97;40m").replace("\u{1b}[0m", ""))
            .collect();
        assert_eq!(rows.len(), rows[0].chars().count().div_ceil(2));
        // The finder pattern's upper edge: seven dark modules behind two of white.
        let first: String = rows[1].chars().skip(QUIET).take(7).collect();
        assert_eq!(first, " \u{2584}\u{2584}\u{2584}\u{2584}\u{2584} ");
        assert!(qr_code(&"x".repeat(5000)).is_none());
    }
}
